"""Pairs proposed to people: ranked, with the reason in words, never applied."""

from pathlib import Path

import pandas as pd
from click.testing import CliRunner

from analysis.cli import main
from analysis.forms.propose import PROPOSAL_COLUMNS, propose_matches
from analysis.survey.collect import collect_survey
from analysis.survey.store import load_surveys

from workbooks import make_cycle, make_two_cycles, procedure

HEAD = "previous_id,current_id,decided_by,decided_on,reason\n"
BEFORE = [
    procedure(1),
    procedure(2, name="粗大ごみの収集の申込", law="廃棄物条例"),
    procedure(3, name="墓地の使用許可", law="墓地条例"),
]
NOW = [
    procedure(1),
    procedure(4, name="粗大ごみの持込の申込", law="廃棄物条例", section="清掃課"),
    procedure(5, name="粗大ごみの収集申込", law="清掃条例"),
    procedure(6, name="浄化槽の設置届", law="浄化槽法"),
]


def propose(root: Path, *, matches: str = "") -> pd.DataFrame:
    cycle = make_two_cycles(root, [NOW], [BEFORE], matches)
    return propose_matches(*load_surveys(cycle, collect_survey))


def test_alike_names_are_ranked_with_the_reason_in_words(tmp_path: Path) -> None:
    proposals = propose(tmp_path)
    assert tuple(proposals.columns) == PROPOSAL_COLUMNS
    columns = ["previous_id", "current_id", "rank", "score", "grounds"]
    assert proposals[columns].to_numpy().tolist() == [
        ["K-002", "K-004", 1, 80, "名称の類似 80、根拠法令等が同じ"],
        ["K-002", "K-005", 2, 95, "名称の類似 95、課が同じ"],
    ]
    assert proposals[["decided_by", "decided_on", "reason"]].isna().all(axis=None)


def test_of_what_is_confirmed_nothing_is_proposed(tmp_path: Path) -> None:
    matches = f"{HEAD}K-002,,DX戦略課,2024-10-01,廃止\n"
    assert propose(tmp_path, matches=matches).empty


def test_another_departments_procedures_are_not_proposed(tmp_path: Path) -> None:
    elsewhere = procedure(5, name="粗大ごみの収集申込", law="清掃条例")
    cycle = make_two_cycles(tmp_path, [[procedure(1)], [elsewhere]], [BEFORE, [procedure(9)]])
    assert propose_matches(*load_surveys(cycle, collect_survey)).empty


def test_a_first_cycle_has_nothing_to_propose(tmp_path: Path) -> None:
    survey = collect_survey(make_cycle(tmp_path, NOW))
    proposals = propose_matches(survey, None)
    assert proposals.empty
    assert tuple(proposals.columns) == PROPOSAL_COLUMNS


def test_check_prints_the_proposals_and_writes_them_to_be_copied(
    tmp_path: Path, monkeypatch
) -> None:
    cycle = make_two_cycles(tmp_path, [NOW], [BEFORE])
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["check"]).output
    assert told.endswith(
        "\n\n前回と今回とで同じかもしれない手続き 1件（対応させていません）\n"
        "  ・環境部: 前回 K-002「粗大ごみの収集の申込」 → 今回 K-004「粗大ごみの持込の申込」"
        "（名称の類似 80、根拠法令等が同じ）\n"
        "同じ手続きであれば、data/processed/2024-09-01/proposals.csv の行に決定者、決定日、理由を"
        "書き加え、data/raw/2024-09-01/matches.csv に写してください。\n"
    )
    # Taken over as it is, with what the person who decides adds.
    text = (cycle.processed_folder / "proposals.csv").read_bytes().decode("utf-8-sig")
    copied = text.replace("K-002,K-005,,,", "K-002,K-005,DX戦略課,2024/10/1,電話で確認")
    kept = [line for line in copied.splitlines(keepends=True) if "K-004" not in line]
    (cycle.raw_folder / "matches.csv").write_bytes("".join(kept).encode("cp932"))
    survey, _ = load_surveys(cycle, collect_survey)
    assert survey.matches.to_numpy().tolist() == [
        ["2", "K-002", "K-005", "DX戦略課", "2024-10-01", "電話で確認"]
    ]
    assert not survey.problems["severity"].eq("error").any()


def test_hostile_names_become_no_formula_and_no_new_line(tmp_path: Path, monkeypatch) -> None:
    now = [procedure(4, name="+1の\n申込の届出その①", procedure_id="@A-4")]
    before = [procedure(2, name="+1の\n申込の届出その②", procedure_id="@A-2")]
    cycle = make_two_cycles(tmp_path, [now], [before])
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["check"]).output
    assert "前回 @A-2「+1の申込の届出その②」 → 今回 @A-4" in told
    text = (cycle.processed_folder / "proposals.csv").read_bytes().decode("utf-8-sig")
    assert "'@A-2,'@A-4,,,,1," in text
    assert "'+1の" in text
    # The apostrophe is no part of the id.
    decided = text.replace(",,,,1", ",DX戦略課,2024-10-01,電話で確認,1")
    (cycle.raw_folder / "matches.csv").write_text(decided, encoding="utf-8")
    survey, _ = load_surveys(cycle, collect_survey)
    assert survey.matches[["previous_id", "current_id"]].to_numpy().tolist() == [["@A-2", "@A-4"]]
