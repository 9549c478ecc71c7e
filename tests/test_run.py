"""Parameters are checked before a notebook runs; a failing cell is named."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError

from analysis.errors import ReportError
from analysis.report import run
from analysis.report.kernels.warm import INPUTS
from analysis.report.run import check_parameters, run_notebook

from conftest import ROOT


def write_notebook(folder: Path, *cells: tuple[str, list[str]]) -> Path:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, metadata={"tags": tags}, id=f"cell-{place}")
            for place, (source, tags) in enumerate(cells)
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    path = folder / "sample.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return write_notebook(
        tmp_path,
        ('cycle: str = "latest"  # 調査回\ncount: int = 1  # 件数', ["parameters"]),
        ("cycle * count", []),
    )


def test_an_unknown_parameter_is_refused_and_the_known_ones_are_listed(sample: Path) -> None:
    with pytest.raises(ReportError) as caught:
        check_parameters(sample, {"cycel": "2024-09-01"})
    assert "「cycel」という引数はありません" in str(caught.value)
    assert "cycle: str  調査回" in str(caught.value)


def test_a_parameter_of_another_type_is_refused(sample: Path) -> None:
    with pytest.raises(
        ReportError, match="「count」は int で指定してください（'3' が渡されました）"
    ):
        check_parameters(sample, {"count": "3"})


def test_all_that_is_wrong_is_said_at_once(sample: Path) -> None:
    with pytest.raises(ReportError) as caught:
        check_parameters(sample, {"count": True, "cycel": "x"})
    assert "cycel" in str(caught.value)
    assert "count" in str(caught.value)


def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, ('cycle: str = "latest"', []))
    with pytest.raises(ReportError, match="parameters というタグの付いたセルがちょうど1つ必要"):
        check_parameters(path, {})


@pytest.mark.parametrize("text", [None, "", "{}", "これはノートブックではない"])
def test_a_notebook_that_is_missing_or_broken_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "sample.ipynb"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"notebooks/sample\.ipynb がないか"):
        check_parameters(path, {})


@pytest.mark.slow
def test_a_kernel_that_dies_is_told_without_a_traceback(tmp_path: Path) -> None:
    path = write_notebook(
        tmp_path, ('cycle: str = "x"', ["parameters"]), ("import os; os._exit(1)", [])
    )
    with pytest.raises(ReportError, match="途中で終わりました"):
        run_notebook(path, {}, tmp_path)


def test_an_untyped_parameter_is_refused(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, ('cycle = "latest"', ["parameters"]))
    with pytest.raises(ReportError, match="cycle に型がありません"):
        check_parameters(path, {})


def test_the_parameters_given_are_the_ones_used(sample: Path, tmp_path: Path) -> None:
    executed = run_notebook(sample, {"cycle": "ab", "count": 2}, tmp_path)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "'abab'"


@pytest.mark.parametrize("inputs", ["hash", None])
def test_a_kernel_is_told_of_the_inputs_that_a_build_watches(
    tmp_path: Path, inputs: str | None
) -> None:
    path = write_notebook(
        tmp_path,
        ('cycle: str = "x"', ["parameters"]),
        (f"import os; os.environ.get({INPUTS!r})", []),
    )
    outputs = run_notebook(path, {}, tmp_path, inputs).cells[-1].outputs
    assert [output.data["text/plain"] for output in outputs] == ([repr(inputs)] if inputs else [])
    assert INPUTS not in os.environ


@pytest.mark.parametrize("parameters", [{}, {"cycle": "2024-09-01"}])
def test_a_failing_cell_is_named_as_the_notebook_counts_it_with_its_message(
    tmp_path: Path, parameters: dict[str, str]
) -> None:
    path = write_notebook(
        tmp_path, ('cycle: str = "latest"', ["parameters"]), ('raise ValueError("だめです")', [])
    )
    with pytest.raises(ReportError) as caught:
        run_notebook(path, parameters, tmp_path)
    assert "sample.ipynb の2番目のセル「raise ValueError(" in str(caught.value)
    assert "だめです" in str(caught.value)


def test_a_kernel_that_never_answers_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    tries, done = [], nbformat.v4.new_notebook()

    def execute(*words: object, **options: object) -> nbformat.NotebookNode:
        tries.append(words)
        if len(tries) == 1:
            raise RuntimeError("Kernel didn't respond in 60 seconds")
        return done

    monkeypatch.setattr(run.papermill, "execute_notebook", execute)
    path = ROOT / "notebooks" / "overview.ipynb"
    assert run_notebook(path, {}, ROOT) is done


@pytest.mark.parametrize(
    ("error", "count"), [(RuntimeError("no answer"), 2), (DeadKernelError("Kernel died"), 1)]
)
def test_a_kernel_that_does_not_live_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, error: Exception, count: int
) -> None:
    tries = []

    def execute(*words: object, **options: object) -> None:
        tries.append(words)
        raise error

    monkeypatch.setattr(run.papermill, "execute_notebook", execute)
    with pytest.raises(ReportError, match="もう一度実行してください"):
        run_notebook(ROOT / "notebooks" / "overview.ipynb", {}, ROOT)
    assert len(tries) == count
