"""Rules across fields, rows, departments and cycles: each breach with the exact words it gets."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.errors import SurveyError
from analysis.figures.findings import load_findings
from analysis.forms.status import describe_status
from analysis.survey.alike import describe_alike
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.store import load_surveys

from workbooks import (
    FIELDS,
    TITLES,
    Line,
    build_workbook,
    make_cycle,
    make_two_cycles,
    not_started,
    procedure,
    save_bytes,
    sheet_of,
)

TWINS = [procedure(1, name="同じ届出"), procedure(2, name="同じ 届出")]

WITHIN: dict[str, tuple[Sequence[Line], list[str]]] = {
    "a required answer is blank": (
        [procedure(status=None, online_date=None)],
        [
            "環境部.xlsx 調査票!G6: オンライン化の状況が記入されていません。記入してください。",
        ],
    ),
    "a row that shows how to fill in the others": (
        [procedure(1, procedure_id="（記入例）"), procedure(2, procedure_id="例１", name="別")],
        [
            f"環境部.xlsx 調査票!A{row}: 手続きIDが「{key}」の行です。"
            "記入例か手続きか分かりません。"
            "記入例であれば行を削除し、手続きであれば手続きIDを記入してください。"
            for row, key in ((6, "（記入例）"), (7, "例１"))
        ],
    ),
    "not started without a reason": (
        [not_started(reason=None)],
        [
            "環境部.xlsx 調査票!J6: 未着手ですが、未着手の理由が記入されていません。"
            "次のいずれかを入力してください: 未検討、他機関の事務（市は受付のみ）、"
            "現行法制度上不可、その他理由で不可",
        ],
    ),
    "a reason where none is due": (
        [procedure(reason="未検討")],
        [
            "環境部.xlsx 調査票!J6: 未着手ではありませんが、未着手の理由「未検討」"
            "が記入されています。"
            "オンライン化の状況か理由の、どちらかを直してください。",
        ],
    ),
    "another reason without its detail": (
        [not_started(reason="その他理由で不可")],
        [
            "環境部.xlsx 調査票!K6: 未着手の理由が「その他理由で不可」ですが、"
            "理由の詳細が記入されていません。"
            "どのような理由かを記入してください。",
        ],
    ),
    "online without a date": (
        [procedure(online_date=None)],
        [
            "環境部.xlsx 調査票!H6: オンライン化済ですが、"
            "オンライン化時期が記入されていません。時期を記入してください。",
        ],
    ),
    "online after the as-of date": (
        [procedure(online_date="2024-09-02")],
        [
            "環境部.xlsx 調査票!H6: オンライン化済ですが、オンライン化時期「2024-09-02」"
            "が調査の時点（2024-09-01）より後です。"
            "時期か、オンライン化の状況を直してください。",
        ],
    ),
    "a date where nothing is online": (
        [procedure(status="着手済", online_date="令和7年4月")],
        [
            "環境部.xlsx 調査票!H6: 着手済ですが、オンライン化時期「令和7年4月」"
            "が記入されています。"
            "オンライン化の状況か時期の、どちらかを直してください。"
            "予定の時期は備考に書いてください。",
        ],
    ),
    "an id in two rows": (
        [procedure(1), procedure(1, name="別の届出")],
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」"
            "が重複しています（ほかに 環境部.xlsx 調査票!A7）。"
            "手続きごとに別の手続きIDを付けてください。",
            "環境部.xlsx 調査票!A7: 手続きID「K-001」"
            "が重複しています（ほかに 環境部.xlsx 調査票!A6）。"
            "手続きごとに別の手続きIDを付けてください。",
        ],
    ),
    "an id in two rows, in other letters": (
        [procedure(procedure_id="a-01"), procedure(procedure_id="Ａ－０１", name="別")],
        [
            "環境部.xlsx 調査票!A6: 手続きID「a-01」"
            "が重複しています（ほかに 環境部.xlsx 調査票!A7）。"
            "手続きごとに別の手続きIDを付けてください。",
            "環境部.xlsx 調査票!A7: 手続きID「A-01」"
            "が重複しています（ほかに 環境部.xlsx 調査票!A6）。"
            "手続きごとに別の手続きIDを付けてください。",
        ],
    ),
    "a name in two rows of a section": (
        TWINS,
        [
            "環境部.xlsx 調査票!C6: 同じ課に同じ手続き名「同じ届出」があり、根拠法令等も同じです"
            "（ほかに 環境部.xlsx 調査票!C7）。"
            "重複していれば行を一つにし、別の手続きであれば区別できる名称にしてください。",
            "環境部.xlsx 調査票!C7: 同じ課に同じ手続き名「同じ届出」があり、根拠法令等も同じです"
            "（ほかに 環境部.xlsx 調査票!C6）。"
            "重複していれば行を一つにし、別の手続きであれば区別できる名称にしてください。",
        ],
    ),
    "a total that differs": (
        [procedure(1), ["合計", "総手続き数", 2]],
        [
            "環境部.xlsx 調査票!C7: 表の下の合計「総手続き数 2」が、行を数えた件数（1）と違います。"
            "行の漏れや重複がないか確かめてください。",
        ],
    ),
}


@pytest.mark.parametrize("fault", WITHIN)
def test_a_breach_within_a_cycle_gets_these_words(tmp_path: Path, fault: str) -> None:
    lines, told = WITHIN[fault]
    found = collect_survey(make_cycle(tmp_path, lines)).problems
    assert [describe(problem) for problem in problems_from_frame(found)] == told


def test_of_many_rows_with_one_id_some_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    lines = [procedure(1, name=f"届出{place}") for place in range(8)]
    found = collect_survey(make_cycle(tmp_path, lines)).problems
    others = "、".join(f"環境部.xlsx 調査票!A{row}" for row in range(6, 11))
    assert f"（ほかに {others} ほか2か所）" in found["message"].iloc[-1]


@pytest.mark.parametrize(
    "other",
    [
        procedure(2, name="同じ届出", section="保全課"),
        procedure(2, name="同じ届出", law="水質汚濁防止法"),
        procedure(2, name="同じ届出②"),
    ],
)
def test_a_name_may_stand_twice_in_other_sections_or_by_other_laws(
    tmp_path: Path, other: Line
) -> None:
    cycle = make_cycle(tmp_path, [procedure(1, name="同じ届出"), other])
    assert collect_survey(cycle).problems.empty


@pytest.mark.parametrize(
    "title",
    ["オンライン化の状況（前回）", "オンライン化の状況（予定）", "オンライン化の状況（他市の例）"],
)
def test_a_title_of_other_answers_is_no_column_of_this_cycles(tmp_path: Path, title: str) -> None:
    fields = [*FIELDS, "今回の状況"]
    line = procedure(1) | {"今回の状況": "未着手"}
    workbook = build_workbook([line], fields=fields, titles={"status": title})
    found = collect_survey(make_cycle(tmp_path, workbook)).problems
    assert "必須の列「オンライン化の状況」がありません。" in found["message"].tolist()


def test_a_group_of_other_answers_has_no_column_of_this_cycles(tmp_path: Path) -> None:
    workbook = build_workbook([procedure(1)])
    sheet_of(workbook).cell(4, FIELDS.index("status") + 1).value = "前回（2024年3月）"
    found = collect_survey(make_cycle(tmp_path, workbook)).problems
    assert "必須の列「オンライン化の状況」がありません。" in found["message"].tolist()


# Title of the case: this cycle's departments, the previous one's, matches.csv, what is told.
Departments = list[Sequence[Line]]
BETWEEN: dict[str, tuple[Departments, Departments, str, list[str]]] = {
    "an id that was another department's": (
        [[procedure(1)], [procedure(2), procedure(3)]],
        [[procedure(1), procedure(2)], [procedure(3)]],
        "",
        [
            "こども部.xlsx 調査票!A6: 手続きID「K-002」は、環境部の手続きIDです（前回調査）。"
            "移管などであれば、調査担当が matches.csv に書きます。"
            "そうでなければ、手続きIDを直してください。",
        ],
    ),
    "a new id that begins as only another department's": (
        [
            [procedure(1, procedure_id="07-1")],
            [procedure(2, procedure_id="09-1"), procedure(3, procedure_id="07-9")],
        ],
        [[procedure(1, procedure_id="07-1")], [procedure(2, procedure_id="09-1")]],
        "",
        [
            "こども部.xlsx 調査票!A7: 手続きID「07-9」は、環境部の手続きIDです"
            "（前回調査で「07-」を使った部局）。"
            "移管などであれば、調査担当が matches.csv に書きます。"
            "そうでなければ、手続きIDを直してください。",
        ],
    ),
    "an id that vanished without a word": (
        [[procedure(1)]],
        [[procedure(1), procedure(2)]],
        "",
        [
            "環境部.xlsx: 前回調査にあった手続き「K-002 届出その2」がありません。"
            "漏れていれば行を戻し、廃止や統合であれば、"
            "その手続きIDを統合先の備考に書いてください。"
            "調査担当が matches.csv に書いても構いません。",
        ],
    ),
    "an id of a department that is no more": (
        [[procedure(1)]],
        [[procedure(1)], [procedure(2)]],
        "",
        [
            "cycle.toml: 前回調査の部局「こども部」（手続き1件）が、"
            "この調査回の departments にありません。"
            "引き継いだ部局を [[succession]]（from、to、date）に書いてください。"
            "漏れていれば departments に書き足し、"
            "手続きがすべてなくなったのであれば matches.csv に書いてください。",
        ],
    ),
    "an id used for another procedure": (
        [[procedure(1, name="犬の登録申請", law="狂犬病予防法")]],
        [[procedure(1, name="墓地使用許可証の再交付", law="墓地条例")]],
        "",
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」の手続きが、"
            "前回調査の「墓地使用許可証の再交付」から"
            "「犬の登録申請」に変わり、根拠法令等も違います。"
            "同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
        ],
    ),
    "an id of another procedure whose name ends alike": (
        [[procedure(1, name="犬の登録の申請", law="狂犬病予防法", online_date="2024-08")]],
        [[not_started(1, name="墓地使用の申請", law="墓地条例")]],
        "",
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」の手続きが、"
            "前回調査の「墓地使用の申請」から「犬の登録の申請」に変わり、根拠法令等も違います。"
            "同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
        ],
    ),
    "an id whose procedure was abolished, as its remark said": (
        [[procedure(1, name="墓地の返還の届出", online_date="2024-08")]],
        [[not_started(1, name="墓地の改葬の届出", remarks="令和6年3月末で廃止")]],
        "",
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」の手続きが、"
            "前回調査の「墓地の改葬の届出」から「墓地の返還の届出」に変わり、"
            "前回の手続きは備考で廃止や統合としています。"
            "同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
        ],
    ),
    "an id whose procedure was abolished, as people confirmed": (
        [[procedure(1, name="墓地の返還の届出", online_date="2024-08")]],
        [[not_started(1, name="墓地の改葬の届出")]],
        "previous_id,current_id,decided_by,decided_on,reason\nK-001,,DX戦略課,2024-10-01,廃止\n",
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」の手続きが、"
            "前回調査の「墓地の改葬の届出」から「墓地の返還の届出」に変わり、"
            "前回の手続きは廃止と確認しています。"
            "同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
            "matches.csv 2行目のprevious_id「K-001」（「K-001」と対応）: "
            "手続きIDが同じ手続きと、すでに対応しています。"
            "廃止や統合であれば調査票の行を削り、別の手続きであれば調査票の手続きIDを改め、"
            "そうでなければこの行を削ってください。",
        ],
    ),
    "an id of another department's other procedure": (
        [[procedure(2)], [procedure(1, name="保育料の減免の申請")]],
        [[procedure(1, name="ごみ集積所の設置届"), procedure(2)], [procedure(3)]],
        "previous_id,current_id,decided_by,decided_on,reason\nK-003,,DX戦略課,2024-10-01,廃止\n",
        [
            "こども部.xlsx 調査票!A6: 手続きID「K-001」は、環境部の手続きIDです（前回調査）。"
            "移管などであれば、調査担当が matches.csv に書きます。"
            "そうでなければ、手続きIDを直してください。",
            "こども部.xlsx 調査票!A6: 手続きID「K-001」の手続きが、"
            "前回調査の「ごみ集積所の設置届」から「保育料の減免の申請」に変わり、部局も違います。"
            "同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
        ],
    ),
    "ids given anew, so that each is the next procedure's": (
        [[procedure(1, name="届出①"), procedure(2, name="届出②")]],
        [[procedure(1, name="届出②"), procedure(2, name="届出③")]],
        "previous_id,current_id,decided_by,decided_on,reason\nK-002,K-002,DX戦略課,2024-10-01,同\n",
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」の手続きが、"
            "前回調査の「届出②」から「届出①」に変わり、前回の手続きは手続きID「K-002」"
            "になっています。同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
        ],
    ),
    "a name beyond recognition by the same law": (
        [[procedure(1, name="犬の登録申請")]],
        [[procedure(1, name="鑑札の再交付")]],
        "",
        [
            "環境部.xlsx 調査票!A6: 手続きID「K-001」の手続き名が、"
            "前回調査の「鑑札の再交付」から「犬の登録申請」に大きく変わっています。"
            "同じ手続きであれば、調査担当が matches.csv に書きます。"
            "別の手続きであれば、新しい手続きIDを付けてください。",
        ],
    ),
    "online since before it was not": (
        [[procedure(1, online_date="令和6年3月")]],
        [[not_started(1)]],
        "",
        [
            "環境部.xlsx 調査票!H6: オンライン化時期「令和6年3月」が、"
            "前回調査（2024-04-30）の状況「未着手」と食い違います。"
            "時期を確かめてください。前回調査の回答が誤りであれば、対応は要りません。",
        ],
    ),
    "online since after it was": (
        [[procedure(1, online_date="2024-05-01")]],
        [[procedure(1)]],
        "",
        [
            "環境部.xlsx 調査票!H6: オンライン化時期「2024-05-01」が、"
            "前回調査（2024-04-30）の状況「オンライン化済」と食い違います。"
            "時期を確かめてください。前回調査の回答が誤りであれば、対応は要りません。",
        ],
    ),
    "a number that vanished, of which a remark has only a date": (
        [[procedure(procedure_id="1", remarks="2026/2/10追加")]],
        [[procedure(procedure_id="1"), procedure(procedure_id="2", name="埋火葬の許可")]],
        "",
        [
            "環境部.xlsx: 前回調査にあった手続き「2 埋火葬の許可」がありません。"
            "漏れていれば行を戻し、廃止や統合であれば、"
            "その手続きIDを統合先の備考に書いてください。"
            "調査担当が matches.csv に書いても構いません。",
        ],
    ),
    "what was online and is not": (
        [[procedure(1, status="着手済", online_date=None)]],
        [[procedure(1, online_date="2024-01")]],
        "",
        [
            "環境部.xlsx 調査票!G6: 前回調査ではオンライン化済でしたが、着手済になっています。"
            "オンライン化の状況を確かめてください。取りやめたのであれば、対応は要りません。",
        ],
    ),
    "a volume ten times the last": (
        [[procedure(1, annual_volume="1,200件")]],
        [[procedure(1, annual_volume=120)]],
        "",
        [
            "環境部.xlsx 調査票!F6: 年間件数が、前回調査の120件から1,200件に約10倍に増えています"
            "（差は1,080件）。桁や単位の誤りであれば直してください。",
        ],
    ),
    "a volume a hundredth of the last": (
        [[procedure(1, annual_volume=120)]],
        [[procedure(1, annual_volume=12000)]],
        "",
        [
            "環境部.xlsx 調査票!F6: 年間件数が、"
            "前回調査の12,000件から120件に約100分の1に減っています"
            "（差は11,880件）。桁や単位の誤りであれば直してください。",
        ],
    ),
    "a volume out of nothing": (
        [[procedure(1, annual_volume=100)]],
        [[procedure(1, annual_volume=0)]],
        "",
        [
            "環境部.xlsx 調査票!F6: 年間件数が、前回調査の0件から100件に増えています（差は100件）。"
            "桁や単位の誤りであれば直してください。",
        ],
    ),
    "a previous cycle with an error": (
        [[procedure(1)]],
        [[procedure(1, status="謎")]],
        "",
        [
            "cycle.toml: 前回調査（2024-04-30）の調査票に誤りがあるため、"
            "前回調査と比べる検査をしていません。"
            "前回調査を直してから、もう一度確かめてください。",
        ],
    ),
}


@pytest.mark.parametrize("fault", BETWEEN)
def test_a_breach_between_cycles_gets_these_words(tmp_path: Path, fault: str) -> None:
    current, previous, matches, told = BETWEEN[fault]
    assert tell(tmp_path, current, previous, matches) == told


def tell(
    root: Path, current: Departments, previous: Departments, matches: str | bytes = ""
) -> list[str]:
    survey, _ = load_surveys(make_two_cycles(root, current, previous, matches), collect_survey)
    return [describe(problem) for problem in problems_from_frame(survey.problems)]


def test_an_id_that_vanished_is_told_of_the_file_that_came_in(tmp_path: Path) -> None:
    blank = procedure(3, name=None)
    before = [[procedure(1), procedure(2)], [procedure(3)]]
    cycle = make_two_cycles(tmp_path, [None, [blank]], before)
    values = [str(procedure(1).get(field) or "") for field in FIELDS]
    lines = (["部局名", "環境部"], [*TITLES.values()], values)
    text = "\n".join(",".join(line) for line in lines)
    (cycle.raw_folder / "環境部.csv").write_text(text, encoding="utf-8")
    survey, _ = load_surveys(cycle, collect_survey)
    assert [str(problem.place) for problem in problems_from_frame(survey.problems)] == [
        "環境部.csv",
        "こども部.xlsx 調査票!C6",
    ]


HEAD = "previous_id,current_id,decided_by,decided_on,reason\n"
DECIDED = "DX戦略課,2024-10-01,電話で確認"
CONFIRMED: dict[str, tuple[Departments, Departments, str]] = {
    "another department's id, confirmed": (
        [[procedure(1)], [procedure(2), procedure(3)]],
        [[procedure(1), procedure(2)], [procedure(3)]],
        f"K-002,K-002,{DECIDED}\n",
    ),
    "another department's beginning, confirmed as new": (
        [
            [procedure(1, procedure_id="07-1")],
            [procedure(2, procedure_id="09-1"), procedure(3, procedure_id="07-9")],
        ],
        [[procedure(1, procedure_id="07-1")], [procedure(2, procedure_id="09-1")]],
        f",07-9,{DECIDED}\n",
    ),
    "abolished, confirmed": (
        [[procedure(1)]],
        [[procedure(1), procedure(2)]],
        f"K-002,,{DECIDED}\n",
    ),
    "merged, as a remark says": (
        [[procedure(1, remarks="K-002（届出その２）を統合")]],
        [[procedure(1), procedure(2)]],
        "",
    ),
    "named otherwise under its id, confirmed": (
        [[procedure(1, name="犬の登録申請", law="狂犬病予防法")]],
        [[procedure(1, name="墓地使用許可証の再交付", law="墓地条例")]],
        f"K-001,K-001,{DECIDED}\n",
    ),
    "merged, as a remark says of a number": (
        [[procedure(procedure_id="1", remarks="2026/2/10 「2」を統合")]],
        [[procedure(procedure_id="1"), procedure(procedure_id="2")]],
        "",
    ),
    "abolished as a remark said, and there again under its name": (
        [[procedure(1)]],
        [[procedure(1, remarks="令和6年3月末で廃止")]],
        "",
    ),
    "named otherwise, by a law stated more exactly": (
        [[procedure(1, name="飼い犬の登録申請", law="狂犬病予防法第4条")]],
        [[procedure(1, name="犬の登録", law="狂犬病予防法")]],
        "",
    ),
    "online since a month in which the previous cycle lies": (
        [[procedure(1, online_date="2024-04"), procedure(2, online_date="2024-04")]],
        [[procedure(1), not_started(2)]],
        "",
    ),
    "a volume nine times the last": (
        [[procedure(1, annual_volume=1079)]],
        [[procedure(1, annual_volume=108)]],
        "",
    ),
    "few more than none": (
        [[procedure(1, annual_volume=99)]],
        [[procedure(1, annual_volume=0)]],
        "",
    ),
    "a volume unknown": (
        [[procedure(1, annual_volume="不明")]],
        [[procedure(1, annual_volume=12000)]],
        "",
    ),
}


@pytest.mark.parametrize("case", CONFIRMED)
def test_what_is_confirmed_or_within_bounds_is_not_told(tmp_path: Path, case: str) -> None:
    current, previous, lines = CONFIRMED[case]
    assert tell(tmp_path, current, previous, HEAD + lines if lines else "") == []


def test_an_id_used_for_another_procedure_stops_a_build(tmp_path: Path) -> None:
    now = [[procedure(1, name="犬の登録の申請", law="狂犬病予防法", online_date="2024-08")]]
    before = [[not_started(1, name="墓地使用の申請", law="墓地条例")]]
    with pytest.raises(SurveyError, match=r"墓地使用の申請」から「犬の登録の申請」"):
        load_findings(make_two_cycles(tmp_path, now, before), collect_survey)


def test_an_id_that_the_previous_cycle_lacks_pairs_with_nothing_older(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = procedure(2, online_date="2023-04")
    older = [not_started(1, name="墓地使用の申請", law="墓地条例"), kept]
    make_cycle(tmp_path, older, name="2023-09-30")
    now = [procedure(1, name="墓地使用の 申請", law="墓地条例"), kept]
    cycle = make_two_cycles(tmp_path, [now], [[kept]])
    between = tmp_path / "data/raw/2024-04-30"
    text = (between / "cycle.toml").read_text(encoding="utf-8")
    (between / "cycle.toml").write_text(f'previous = "2023-09-30"\n{text}', encoding="utf-8")
    (between / "matches.csv").write_text(f"{HEAD}K-001,,{DECIDED}\n", encoding="utf-8")
    found = load_findings(cycle, collect_survey)
    names = ("paired_id", "new", "went_online")
    assert [found.ledger.figure(name).value for name in names] == [1, 1, 0]
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["diff", "2023-09-30", "2024-09-01"]).output
    assert "K-001 墓地使用の" in told
    other = [procedure(1, name="犬の登録の申請", law="狂犬病予防法"), kept]
    build_workbook(other).save(cycle.raw_folder / "環境部.xlsx")
    with pytest.raises(SurveyError, match=r"「墓地使用の申請」.*今回は「犬の登録の申請」"):
        load_findings(cycle, collect_survey)


def test_a_longer_id_in_a_remark_is_no_word_on_a_shorter_one(tmp_path: Path) -> None:
    current = [[procedure(1, remarks="K-0021 と XK-002 は別")]]
    (told,) = tell(tmp_path, current, [[procedure(1), procedure(2)]])
    assert "「K-002 届出その2」がありません" in told


def test_of_a_workbook_that_is_not_there_no_id_is_told_to_vanish(tmp_path: Path) -> None:
    (told,) = tell(tmp_path, [[procedure(1)], None], [[procedure(1)], [procedure(2)]])
    assert told.startswith("こども部.xlsx: 調査票が未提出です。")


def test_a_previous_cycle_that_is_not_there_is_told_and_stops_a_build(tmp_path: Path) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    (tmp_path / "data/raw/2024-04-30/cycle.toml").unlink()
    survey, previous = load_surveys(cycle, collect_survey)
    assert previous is None
    (problem,) = problems_from_frame(survey.problems)
    assert (problem.severity, problem.code) == ("notice", "previous_unusable")
    assert problem.message.startswith("前回調査（2024-04-30）を読めない（調査回「2024-04-30」は")


# Lines of matches.csv: what is told of them. The cycles: K-001 in both, K-002 then, K-003 now.
LINES: dict[str, tuple[str | bytes, list[str]]] = {
    "other columns": (
        "前回,今回\nK-002,K-003\n",
        [
            "matches.csv: 列が違います（前回、今回）。先頭の行に次の列を並べてください: "
            "previous_id、current_id、decided_by、decided_on、reason",
        ],
    ),
    "neither UTF-8 nor CP932": (
        HEAD.encode() + b"\x81\xff,\xfe\n",
        [
            "matches.csv: CSV として読めません（2行目に文字として読めないバイトがあります）。"
            "Excel で開き、「CSV UTF-8（コンマ区切り）」として保存し直してください。",
        ],
    ),
    "a quotation that never ends": (
        HEAD + 'K-002,"K-003\n',
        [
            'matches.csv: CSV として読めません（2行目から始まる引用符「"」が閉じていないか、'
            "引用符の後に余分な文字があります）。"
            "Excel で開き、「CSV UTF-8（コンマ区切り）」として保存し直してください。",
        ],
    ),
    "a comma too many, no ids, no reason, and no date, all at once": (
        HEAD
        + f"K-002,K-003,{DECIDED},余分\n"
        + f",,{DECIDED}\n"
        + "K-002,K-003,,2024-10-01,\n"
        + "K-002,K-003,DX戦略課,2024-02-30,確認\n",
        [
            "matches.csv 2行目: 値が6個ありますが、列は5個です。"
            'コンマの数を直してください。コンマを含む文は「"」で囲んでください。',
            "matches.csv 3行目: 前回（previous_id）にも今回（current_id）"
            "にも手続きIDがありません。"
            "手続きIDを書くか、行を削ってください。",
            "matches.csv 4行目: 次の列が空です（decided_by、reason）。"
            "だれが（decided_by）、いつ（decided_on）、なぜ（reason）"
            "そう判断したかを書いてください。",
            "matches.csv 5行目の決定日（decided_on）「2024-02-30」: 年月日として読めません。"
            "「2024-10-01」のように書いてください。",
        ],
    ),
    "procedures that are not there": (
        HEAD + f"K-008,K-009,{DECIDED}\n",
        [
            "matches.csv 2行目のprevious_id「K-008」: 調査回 2024-04-30 の調査票にありません。"
            "手続きIDを確かめるか、要らなくなった行を削ってください。",
            "matches.csv 2行目のcurrent_id「K-009」: 調査回 2024-09-01 の調査票にありません。"
            "手続きIDを確かめるか、要らなくなった行を削ってください。",
        ],
    ),
    "a procedure in two lines": (
        HEAD + f"K-002,K-003,{DECIDED}\n\nK-002,,{DECIDED}\n",
        [
            "matches.csv 4行目のprevious_id「K-002」（2行目と同じ）: "
            "同じ手続きが前の行にもあります。"
            "どちらかの行を削ってください。",
        ],
    ),
    "procedures that their ids pair": (
        HEAD + f"K-001,K-003,{DECIDED}\n",
        [
            "matches.csv 2行目のprevious_id「K-001」（「K-001」と対応）: "
            "手続きIDが同じ手続きと、すでに対応しています。"
            "別の手続きであれば調査票の手続きIDを改め、そうでなければこの行を削ってください。",
        ],
    ),
    "another procedure's successor that its id pairs": (
        HEAD + f"K-002,K-001,{DECIDED}\n",
        [
            "matches.csv 2行目のcurrent_id「K-001」（「K-001」と対応）: "
            "手続きIDが同じ手続きと、すでに対応しています。"
            "前回の手続きの廃止や統合であれば今回（current_id）を空にし、"
            "そうでなければこの行を削ってください。",
        ],
    ),
    "what is said to be new and is not": (
        HEAD + f",K-001,{DECIDED}\n",
        [
            "matches.csv 2行目のcurrent_id「K-001」（「K-001」と対応）: "
            "手続きIDが同じ手続きと、すでに対応しています。"
            "別の手続きであれば調査票の手続きIDを改め、そうでなければこの行を削ってください。",
        ],
    ),
    "an abolition of what is still there": (
        HEAD + f"K-001,,{DECIDED}\n",
        [
            "matches.csv 2行目のprevious_id「K-001」（「K-001」と対応）: "
            "手続きIDが同じ手続きと、すでに対応しています。"
            "廃止や統合であれば調査票の行を削り、別の手続きであれば調査票の手続きIDを改め、"
            "そうでなければこの行を削ってください。",
        ],
    ),
}


@pytest.mark.parametrize("fault", LINES)
def test_a_wrong_line_of_the_confirmed_pairs_gets_these_words(tmp_path: Path, fault: str) -> None:
    matches, told = LINES[fault]
    current = [[procedure(1), procedure(3, name="新しい届出")]]
    found = tell(tmp_path, current, [[procedure(1), procedure(2)]], matches)
    assert [text for text in found if text.startswith("matches.csv")] == told


@pytest.mark.parametrize(
    ("line", "mended", "current"),
    [
        ("K-002,K-001", "K-002,", [procedure(1), procedure(3, name="新しい届出")]),
        (",K-001", ",K-004", [procedure(4, name="別の届出"), procedure(3, name="新しい届出")]),
        ("K-001,", "K-001,", [procedure(3, name="新しい届出")]),
    ],
)
def test_what_is_advised_of_a_confirmed_pair_that_is_paired_mends_it(
    tmp_path: Path, line: str, mended: str, current: list[dict[str, object]]
) -> None:
    now = [procedure(1), procedure(3, name="新しい届出")]
    previous = [[procedure(1), procedure(2)]]
    found = tell(tmp_path / "wrong", [now], previous, f"{HEAD}{line},{DECIDED}\n")
    assert any(text.startswith("matches.csv") for text in found)
    found = tell(tmp_path / "mended", [current], previous, f"{HEAD}{mended},{DECIDED}\n")
    assert not any(text.startswith("matches.csv") for text in found)


def test_a_confirmed_pair_against_a_pair_by_name_is_told(tmp_path: Path) -> None:
    current = [[procedure(3, name="届出その2"), procedure(4)]]
    found = tell(tmp_path, current, [[procedure(2)]], HEAD + f"K-002,K-004,{DECIDED}\n")
    assert found == [
        "matches.csv 2行目のprevious_id「K-002」（「K-003」と対応）: "
        "名称と根拠法令等が同じ手続きと、すでに対応しています。"
        "別の手続きであれば調査票の名称と根拠法令等を改め、そうでなければこの行を削ってください。",
    ]


def test_confirmed_pairs_that_can_not_be_opened_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]], HEAD)
    opened = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "matches.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = problems_from_frame(collect_survey(cycle).problems)
    assert describe(problem) == (
        "matches.csv: ファイルを開けません。"
        "ほかの人が開いていれば閉じ、読み取りの権限を確かめてください。"
    )


def test_an_empty_file_of_confirmed_pairs_confirms_nothing(tmp_path: Path) -> None:
    assert tell(tmp_path, [[procedure(1)]], [[procedure(1)]], b"\xef\xbb\xbf" + HEAD.encode()) == []
    assert tell(tmp_path, [[procedure(1)]], [[procedure(1)]], b"\n") == []


def test_in_a_first_cycle_confirmed_pairs_name_nothing(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    text = HEAD + f"K-002,K-001,{DECIDED}\n"
    (cycle.raw_folder / "matches.csv").write_text(text, encoding="utf-8")
    survey, _ = load_surveys(cycle, collect_survey)
    assert survey.problems[["cell", "message"]].to_numpy().tolist() == [
        ["2行目のprevious_id「K-002」", "調査回 （前回調査なし） の調査票にありません。"]
    ]


def test_wrong_lines_of_one_cause_are_one_line(tmp_path: Path) -> None:
    lines = "".join(f"K-{number},,{DECIDED}\n" for number in range(900, 1000))
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]], HEAD + lines)
    survey, _ = load_surveys(cycle, collect_survey)
    places = "、".join(f"{n}行目のprevious_id「K-{n + 898}」" for n in range(2, 7))
    assert list(describe_alike(problems_from_frame(survey.problems), survey.asked.rules)) == [
        f"100件（matches.csv {places} ほか95件）: 調査回 2024-04-30 の調査票にありません。"
        "手続きIDを確かめるか、要らなくなった行を削ってください。"
    ]


def test_a_previous_cycle_whose_settings_are_wrong_is_told_in_one_line(tmp_path: Path) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    (tmp_path / "data/raw/2024-04-30/cycle.toml").write_text("title = 3\n", encoding="utf-8")
    survey, _ = load_surveys(cycle, collect_survey)
    (message,) = survey.problems["message"]
    assert "cycle.toml に誤りが" in message
    assert "\n" not in message
    assert "\ufffd" not in describe_status(survey, cycle.name)


def test_a_wrong_line_stops_a_build_and_a_warning_does_not(tmp_path: Path) -> None:
    current = [[procedure(1, status="着手済", online_date=None)]]
    cycle = make_two_cycles(
        tmp_path, current, [[procedure(1, online_date="2024-01")]], HEAD + f"K-009,,{DECIDED}\n"
    )
    with pytest.raises(SurveyError, match=r"誤りが1件(?s:.*)matches\.csv(?s:.*)2行目") as error:
        load_findings(cycle, collect_survey)
    assert "オンライン化済でしたが" not in str(error.value)


def test_the_previous_cycles_file_handed_in_again_is_told_with_both_names(tmp_path: Path) -> None:
    content = save_bytes(build_workbook([procedure(1)]))
    other = save_bytes(build_workbook([procedure(2, status="謎")], department="こども部"))
    cycle = make_two_cycles(tmp_path, [content, [procedure(2)]], [content, other])
    survey, _ = load_surveys(cycle, collect_survey)
    assert describe(problems_from_frame(survey.problems)[0]) == (
        "環境部.xlsx: 前回調査の「2024-04-30/環境部.xlsx」と中身がまったく同じファイルです。"
        "この調査回の回答か、部局に確かめてください。変わりがないのであれば、対応は要りません。"
    )
    assert survey.problems["code"].tolist() == ["workbook_again", "previous_unusable"]
