"""Whatever is altered in a delivered set is found by building it again, and named by its place."""

from pathlib import Path

import pytest

from edits import EDITS, Edit, fit_record, group_edits, list_missing

from deliveries import copy_delivery, reports_of, run, verify_against

pytestmark = pytest.mark.slow

GROUPS = group_edits()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: next(iter(group)))
def test_an_edit_is_found_and_named_with_its_place_whatever_the_record_says(
    delivery: Path, tmp_path: Path, group: dict[str, Edit]
) -> None:
    copy = copy_delivery(delivery, tmp_path)
    for edit in group.values():
        edit.change(reports_of(copy))
    plain = verify_against(delivery, copy)
    fit_record(reports_of(copy))
    fitted = verify_against(delivery, copy)
    for verdict in (plain, fitted):
        assert not verdict.agrees
        assert list_missing(group, reports_of(delivery), verdict.text) == []


def test_the_command_builds_again_and_finds_what_was_altered(
    delivery: Path, tmp_path: Path
) -> None:
    copy = copy_delivery(delivery, tmp_path)
    for edit in GROUPS[0].values():
        edit.change(reports_of(copy))
    fit_record(reports_of(copy))
    code, output = run(copy, "verify")
    assert code == 1
    assert list_missing(GROUPS[0], reports_of(delivery), output) == []


def test_there_are_as_many_edits_as_were_tried() -> None:
    assert len(EDITS) >= 52
