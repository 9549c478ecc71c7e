"""Parameters are checked before a notebook runs; a failing cell is named."""

from pathlib import Path

import nbformat
import pytest

from analysis.build.run import check_parameters, run_notebook
from analysis.errors import ReportError


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


def test_an_untyped_parameter_is_refused(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, ('cycle = "latest"', ["parameters"]))
    with pytest.raises(ReportError, match="cycle に型がありません"):
        check_parameters(path, {})


def test_the_parameters_given_are_the_ones_used(sample: Path) -> None:
    executed = run_notebook(sample, {"cycle": "ab", "count": 2})
    assert executed.cells[-1].outputs[0].data["text/plain"] == "'abab'"


@pytest.mark.parametrize("parameters", [{}, {"cycle": "2024-09-01"}])
def test_a_failing_cell_is_named_as_the_notebook_counts_it_with_its_message(
    tmp_path: Path, parameters: dict[str, str]
) -> None:
    path = write_notebook(
        tmp_path, ('cycle: str = "latest"', ["parameters"]), ('raise ValueError("だめです")', [])
    )
    with pytest.raises(ReportError) as caught:
        run_notebook(path, parameters)
    assert "sample.ipynb の2番目のセル「raise ValueError(" in str(caught.value)
    assert "だめです" in str(caught.value)


def test_a_notebook_whose_kernel_nobody_chose_is_named(sample: Path) -> None:
    notebook = nbformat.read(sample, as_version=4)
    del notebook.metadata["kernelspec"]
    nbformat.write(notebook, sample)
    with pytest.raises(ReportError, match=r"notebooks/sample\.ipynb のカーネルが決まっていません"):
        run_notebook(sample, {})
