"""Whatever befalls a survey's files: the build stops and names one, or its numbers are right."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from accidents import ACCIDENTS, DEPARTMENTS, NOW, Accident, Procedure, Survey, surveys
from analysis.cycle import open_cycle
from analysis.document.blocks import Block
from analysis.errors import AnalysisError
from analysis.figures.findings import Findings, load_findings
from analysis.reports import collection, department, guideline, overview, reasons
from analysis.survey.collect import collect_survey

from conftest import DEMO
from reports import figures_in


def show_all(findings: Findings) -> list[Block]:
    """What the reports' notebooks show but for the list of all rules."""
    return [
        overview.headline(findings),
        overview.departments(findings),
        overview.reasons(findings),
        reasons.by_department(findings),
        collection.show_collection(findings),
        guideline.sections(findings),
        *(department.sections(findings, name) for name in DEPARTMENTS.values()),
        *(department.reasons(findings, name) for name in DEPARTMENTS.values()),
        *(department.changes(findings, name) for name in DEPARTMENTS.values()),
    ]


@pytest.mark.parametrize("happen", ACCIDENTS, ids=lambda happen: happen.__name__)
# To shrink what failed would take minutes: a survey is small as it is.
@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(answers=surveys(), data=st.data())
def test_an_accident_is_told_or_does_no_harm(
    happen: Accident, answers: dict[str, list[Procedure]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        survey = Survey(Path(folder), answers)
        guidelines = Path("data", "raw", "guideline")
        shutil.copytree(DEMO / guidelines, survey.root / guidelines)
        survey.write()
        names = happen(survey, data)
        try:
            findings = load_findings(open_cycle(NOW, survey.root), collect_survey)
            shown = [figure for block in show_all(findings) for figure in figures_in(block)]
        except AnalysisError as error:
            assert any(name in str(error) for name in names), str(error)
            return
        truth = survey.count()
        printed = {figure.id: figure.exact for figure in shown}
        assert {key: printed[key] for key in truth.keys() & printed.keys()} == {
            key: truth[key] for key in truth.keys() & printed.keys()
        }
        assert f"{NOW}/all/total" in printed
        figures = findings.ledger.figures
        assert {key: int(figures[key].exact or 0) for key in truth if key in figures} == {
            key: truth[key] for key in truth if key in figures
        }
