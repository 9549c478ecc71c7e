"""A survey begun from a list that an office has: what is counted of it is what the list says."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.cycle import open_cycle
from analysis.document import html, typst
from analysis.figures.findings import Findings, load_findings
from analysis.forms import first
from analysis.intake.record import READING_NAME
from analysis.reports import department, long_list, procedure_table

from conftest import find_national
from deliveries import run

DAY = "2025-07-29"
STATUS, REASON = "オンライン化の実施状況", "オンライン化の実施予定及び検討時の懸念点"
OWNER, VOLUME = "所管府省庁", "総手続件数"
ROLES = {
    "1 実施済": "online",
    "2 未実施": "not_started",
    "3 適用除外": "excluded",
    "4 その他": "not_started",
    "5 一部実施済": "started",
}
REASONS = ("1 制度改正が必要", "2 費用対効果が小さい又は不明", "3 性質上、電子化すべきでない")


def invent(rows: int = 320) -> pd.DataFrame:
    """Return a list of the national inventory's shape: answers given several at once, blanks."""
    dice = random.Random(7)  # noqa: S311
    offices = ["経済産業省", "経済産業局", "デジタル庁", "環境省"]
    lines = []
    for number in range(rows):
        status = None if number % 100 == 50 else dice.choice([*ROLES])
        told = dice.sample(REASONS, dice.choice((1, 1, 2))) if status != "1 実施済" else []
        lines.append(
            {
                "手続ID": f"P{number:05}",
                OWNER: dice.choice(offices) if number > 3 else offices[number],
                "手続名": f"届出の{dice.randrange(90)}",
                "法令名": dice.choice(["旅券法", "種苗法"]),
                "法令番号": dice.choice(["平成十年法律第八十三号", None]),
                "根拠条項号": dice.choice(["第4条第1項", None]),
                STATUS: status,
                REASON: "; ".join(sorted(told)) or None,
                VOLUME: dice.choice([0, 0, 12, 1_200]),
                "手数料の有無": dice.choice(["1 有り", "2 無し", None]),
                "備考": dice.choice(["特になし。", None]),
            }
        )
    return pd.DataFrame(lines)


def save(frame: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".csv":
        frame.to_csv(path, index=False, encoding="cp932")
    else:
        frame.to_excel(path, index=False, sheet_name="一覧")
    return path


def write_lines(path: Path, lines: Iterable[Sequence[object]], title: str = "一覧") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


def begin(folder: Path, source: Path) -> tuple[Path, str]:
    code, said = run(folder, "init", "city", "--from", str(source), "--as-of", DAY)
    assert code == 0, said
    return folder / "city", said


def read(folder: Path) -> Findings:
    findings = load_findings(open_cycle(None, folder))
    assert "error" not in set(findings.survey.problems["severity"])
    return findings


def count(findings: Findings, name: str, scope: str = "all") -> int:
    value = findings.ledger.figure(name, scope).value
    assert value is not None
    return int(value)


def require_counts(findings: Findings, frame: pd.DataFrame, roles: Mapping[str, str]) -> None:
    """Compare what a survey counts of a list, by department and reason, with pandas alone."""
    frame = frame.astype({STATUS: "str", OWNER: "str"})
    role = frame[STATUS].map(roles).fillna("not_started")
    slugs = {own.name: own.slug for own in findings.cycle.departments}
    assert [*slugs] == [*frame[OWNER].drop_duplicates()]
    by_office = pd.crosstab(frame[OWNER], role)
    for name, slug in slugs.items():
        for own in ("online", "started", "not_started", "excluded"):
            assert count(findings, own, slug) == by_office.loc[name].get(own, 0), (name, own)
        in_total = by_office.loc[name].sum() - by_office.loc[name].get("excluded", 0)
        assert count(findings, "total", slug) == in_total
    assert count(findings, "total") == len(frame) - (role == "excluded").sum()
    waiting = frame.loc[role == "not_started", REASON]
    told = waiting.dropna().str.split("; ").explode().value_counts()
    codes = {label: code for code, label in findings.cycle.questionnaire.reasons.items()}
    assert len(codes) == frame[REASON].dropna().str.split("; ").explode().nunique()
    for word, code in ((word, codes[word.partition(" ")[2]]) for word in told.index):
        assert count(findings, f"reason_{code}") == told[word], word
    assert count(findings, "no_reason") == waiting.isna().sum()


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_every_count_of_a_list_is_as_pandas_counts_it(tmp_path: Path, kind: str) -> None:
    frame = invent()
    source = save(frame, tmp_path / f"一覧.{kind}")
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    folder, said = begin(tmp_path, source)
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    findings = read(folder)
    require_counts(findings, frame, ROLES)
    rows = findings.survey.rows.set_index("procedure_id")
    frame = frame.set_index("手続ID")
    assert rows["annual_volume"].to_dict() == frame[VOLUME].to_dict()
    assert rows["name"].to_dict() == frame["手続名"].to_dict()
    law = rows.loc[frame[frame["法令番号"].notna() & frame["根拠条項号"].notna()].index[0], "law"]
    assert law.endswith("法（平成十年法律第八十三号）第4条第1項")
    # Nothing is doubtful of what was written, and no answer was changed by reading it.
    assert set(findings.survey.problems["code"]) <= {"name_twice", "settings_unfilled"}
    assert findings.survey.rows["steps"].isna().all()
    assert (folder / READING_NAME).read_text("utf-8") in said
    assert str(tmp_path) not in said


def test_the_record_says_what_was_taken_for_what_and_what_is_not_decided(tmp_path: Path) -> None:
    _, said = begin(tmp_path, save(invent(), tmp_path / "一覧.xlsx"))
    for line in (
        "G列「オンライン化の実施状況」 → status",
        "H列「オンライン化の実施予定及び検討時の懸念点」 → reason（選択。見出しが同じ意味の語。"
        "「;」で区切った複数の回答）: 制度改正が必要／費用対効果が小さい又は不明／",
        "B列「所管府省庁」 → 部局",
        "E列「法令番号」 → law に続けた",
        "「実施済」 ",
        "「一部実施済」 ",
        "状況「その他」の役割は決められません。まだ（not_started）としました。"
        "survey.toml の status の roles の not_started_2 で直せます。",
        "「（回答なし）」 3件 → まだ（not_started）",
        "課の列がないため、課名には部局の名前を入れました",
        "経済産業局（d02、経済産業局.xlsx） ",
    ):
        assert line in said


@pytest.mark.parametrize("slip", [False, True])
def test_ids_that_begin_anew_in_each_department_stay(tmp_path: Path, slip: bool) -> None:
    head = ["No", "部局", "手続名", "状況"]
    owners = ["A部", "A部", "B部", "B部", "C部", None]
    ids: list[int | None] = [1, 2, 1, 1 if slip else 2, 1, None]
    lines = [[own, *rest, "届出", "済"] for own, *rest in zip(ids, owners, strict=True)]
    folder, said = begin(tmp_path, write_lines(tmp_path / "list.xlsx", [head, *lines]))
    findings = read(folder)
    assert findings.cycle.settings.ids_per_department is not slip
    assert ("ids_per_department = true と書きました" in said) is not slip
    expected = (
        ["1", "2", "1-2", "1-3", "1-4", "D03-0001"]
        if slip
        else ["d01-1", "d01-2", "d02-1", "d02-2", "d03-1", "d03-D03-0001"]
    )
    assert findings.survey.rows["procedure_id"].tolist() == expected


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("課・係", "手続・届出の名称"),
        ("課（係）", "届出・申請名"),
        ("課・室名", "手続（届出）の名称"),
    ],
)
def test_a_title_of_two_words_joined_is_known(tmp_path: Path, section: str, name: str) -> None:
    lines = [["No", "部", section, name, "状況"], ["1", "A部", "a課", "転入届", "済"]]
    folder, said = begin(tmp_path, write_lines(tmp_path / "list.xlsx", lines))
    rows = read(folder).survey.rows
    assert rows[["department", "section", "name"]].to_numpy().tolist() == [["A部", "a課", "転入届"]]
    assert "見出しが似ている" not in said


def test_the_choice_that_blanks_are_is_taken_out_as_the_record_says(tmp_path: Path) -> None:
    lines = [["1", "a課", "b", "済"], ["2", "a課", "c", None], ["3", "a課", "d", "未"]]
    folder, said = begin(tmp_path, write_lines(tmp_path / "list.xlsx", [HEAD, *lines]))
    assert "次の調査票の選択肢にも出ます" in said
    assert "choices と roles から not_started_2 を消し" in said
    survey = folder / "data" / "raw" / "survey.toml"
    text = survey.read_text("utf-8")
    for part in (', not_started_2 = "（回答なし）"', ', not_started_2 = "not_started"'):
        assert text.count(part) == 1
        text = text.replace(part, "")
    survey.write_text(text, "utf-8")
    cycle = folder / "data" / "raw" / DAY / "cycle.toml"
    added = '[answers.status]\n"（回答なし）" = "未"\n'
    cycle.write_text(cycle.read_text("utf-8") + added, "utf-8")
    assert read(folder).survey.rows["status"].tolist() == ["online", "not_started", "not_started"]


def test_a_second_row_of_the_header_is_no_procedure_and_no_column_vanishes(tmp_path: Path) -> None:
    source = write_lines(
        tmp_path / "list.xlsx",
        [
            ["No", "課名", "手続名", "状況", None, "備考"],
            [None, None, "名称", "現状", "予定年度", None],
            ["1", "a課", "転入届", "済", "R6", None],
            ["2", "a課", "転出届", "未", "R9", None],
        ],
    )
    book = openpyxl.load_workbook(source)
    book.active.merge_cells("D1:E1")
    book.save(source)
    folder, said = begin(tmp_path, source)
    assert read(folder).survey.rows["name"].tolist() == ["転入届", "転出届"]
    doubts = said[said.index("■ 確かめること") :]
    assert "見出しの続きとみた行 1行（2行目: 名称、現状）は、手続きとして数えませんでした" in doubts
    assert "見出しがないので読まなかった列: E列（3セル）" in doubts


BY_PART = {
    "窓口で実施済": "online",
    "R8実施済予定": "started",
    "対応済(R8年度末予定)": "started",
    "可（一部）": "started",
    "システム整備中": "started",
    "実施予定なし": "not_started",
    "対象外の見込み": "",
    "対応済み見込み": "",
    "導入済(停止中)": "",
    "可能性あり": "",
    "実施済(住民票のみ)": "",
    "使用不可能": "",
    "検討完了": "",
    "準備完了": "",
    "全部紙": "",
}


def test_a_part_of_a_word_makes_it_online_only_where_nothing_takes_it_back(tmp_path: Path) -> None:
    lines = [[f"{at}", "a課", "b", word] for at, word in enumerate(BY_PART, start=1)]
    folder, said = begin(tmp_path, write_lines(tmp_path / "list.xlsx", [HEAD, *lines]))
    field = open_cycle(None, folder).questionnaire.named["status"]
    assert field.roles is not None
    codes = {label: code for code, label in field.choices.items()}
    doubts = said[said.index("■ 確かめること") : said.index("■ 部局ごと")]
    for word, role in BY_PART.items():
        assert field.roles[codes[word]] == (role or "not_started"), word
        told = "」は、「" if role else "」の役割は決められません"
        assert f"・状況「{word}{told}" in doubts


@pytest.mark.parametrize(
    ("told", "labels"),
    [
        ("対面での確認が必要、未整備", ["対面での確認が必要", "未整備"]),
        ("対面での確認が必要；未整備", ["対面での確認が必要", "未整備"]),
        # What stands in no other cell is a reason of its own.
        ("対面での確認が必要、要綱", ["対面での確認が必要", "対面での確認が必要、要綱", "未整備"]),
    ],
)
def test_one_kind_of_combined_reasons_is_parted_where_each_stands_alone(
    tmp_path: Path, told: str, labels: list[str]
) -> None:
    reasons = [
        told,
        "対面での確認が必要",
        told,
        "未整備",
        told,
        "未整備",
        "対面での確認が必要",
        told,
    ]
    lines = [[f"{at}", "a課", "b", "未", own] for at, own in enumerate(reasons, start=1)]
    source = write_lines(tmp_path / "list.xlsx", [[*HEAD, "理由"], *lines])
    findings = read(begin(tmp_path, source)[0])
    codes = {label: code for code, label in findings.cycle.questionnaire.reasons.items()}
    assert sorted(codes) == labels
    whole = len(labels) > 2
    assert count(findings, f"reason_{codes['未整備']}") == (2 if whole else 6)
    assert count(findings, f"reason_{codes['対面での確認が必要']}") == (2 if whole else 6)


def test_a_role_that_was_not_decided_is_changed_in_the_settings(tmp_path: Path) -> None:
    frame = invent()
    folder, _ = begin(tmp_path, save(frame, tmp_path / "一覧.xlsx"))
    path = folder / "data" / "raw" / "survey.toml"
    text = path.read_text("utf-8")
    assert text.count('not_started_2 = "not_started"') == 1
    path.write_text(text.replace('not_started_2 = "not_started"', 'not_started_2 = "excluded"'))
    require_counts(read(folder), frame, ROLES | {"4 その他": "excluded"})


def test_a_city_office_s_sheet_is_read_as_it_is_drawn(tmp_path: Path) -> None:
    source = write_lines(
        tmp_path / "list.xlsx",
        [
            ["オンライン化の一覧"],
            [],
            [
                "No",
                "部局",
                "担当課",
                "手続名称",
                "電子申請の状況",
                "未対応の理由",
                "担当者",
                "利用料",
            ],
            [1, "総務部", "総務課", "情報公開の請求", "済", None, "山田", "=1+1"],
            [2, "〃", "〃", "個人情報の請求", "検討中", None, "山田", "+2"],
            [3, "市民部", "市民課", "転入届", "未対応", "法令", "鈴木", "@x"],
            [3, "市民部", "市民課", "転出届", "対象外", None, "鈴木", "-1"],
            [None, "市民部", "市民課", "印鑑登録", "済", None, "鈴木", '"; DROP'],
            ["合計", None, None, None, 5],
            ["※ 令和6年度末の状況"],
        ],
    )
    book = openpyxl.load_workbook(source)
    # As texts: openpyxl would make a formula of the first.
    book.active["H4"].data_type = "s"
    book.save(source)
    folder, said = begin(tmp_path, source)
    findings = read(folder)
    rows = findings.survey.rows
    assert rows["department"].tolist() == ["総務部"] * 2 + ["市民部"] * 3
    assert rows["section"].tolist() == ["総務課"] * 2 + ["市民課"] * 3
    assert rows["procedure_id"].tolist() == ["1", "2", "3", "3-2", "D02-0001"]
    assert rows["column_08"].tolist() == ["=1+1", "+2", "@x", "-1", '"; DROP']
    assert [count(findings, name) for name in ("total", "online", "started", "excluded")] == [
        4, 2, 1, 1,
    ]  # fmt: skip
    for line in (
        "シート「一覧」の3行目の見出しから、5件の手続きを読みました。",
        "G列「担当者」 → 除く",
        "「同上」など、上の行の値を続く行の値とした所 2か所",
        "手続きとして数えなかった合計の行 1行（A9）",
        "手続きとして数えなかった注記の行 1行（A10）",
        "手続きIDのない 1行",
        "重複した手続きID 1行には、枝番を付けました（3 → 3-2）",
    ):
        assert line in said
    assert "山田" not in said + "".join(
        path.read_text("utf-8") for path in folder.rglob("*.t*") if path.is_file()
    )


def test_what_a_list_holds_stays_text_whatever_it_is(tmp_path: Path) -> None:
    hostile = [
        "=HYPERLINK(1)",
        '"]\n[[field]]',
        "<script>1</script>",
        "<r>x</r>",
        "a\x01b",
        "'" * 3,
    ]
    frame = pd.DataFrame(
        {
            "部局": ['=1+1"/..\\', "all", "全体", "CON", "ALL", "部局"],
            "手続名": hostile,
            "状況": ["済", "済", "未", "済", "未", '未"'],
            '題"\n名 = 1': hostile[::-1],
        }
    )
    source = tmp_path / "x.parquet"
    frame.to_parquet(source)
    folder, said = begin(tmp_path, source)
    rows = read(folder).survey.rows
    expected = [*hostile[:1], '"] [[field]]', *hostile[2:4], "a\ufffdb", hostile[5]]
    assert sorted(rows["name"]) == sorted(expected)
    assert len(open_cycle(None, folder).departments) == 5
    assert "\x01" not in said
    assert "部局「ALL」は「all（部局）」と同じとみなしました" in said
    assert not [path for path in tmp_path.iterdir() if path.name not in ("city", "x.parquet")]


HEAD = ["手続ID", "課名", "手続名", "状況"]
MANY = [[f"{number}", "a課", "b", f"状況{number}号"] for number in range(30)]
NO_STATUS = [[*HEAD[:3], "費用"], ["1", "a課", "b", "c"]]
NO_NAME = [[*HEAD[:2], "件数", "状況"], ["1", "a課", 3, "済"]]
UNUSABLE: dict[str, tuple[str, list[list[object]] | None, str]] = {
    "no workbook": ("list.xlsx", None, "list.xlsx: "),
    "no table": ("list.xlsx", [["a", "b"], [1, 2]], "手続きの一覧の表が見つかりません"),
    "no status": ("list.xlsx", NO_STATUS, "「オンライン化の状況」に当たる列がありません"),
    "no name": ("list.xlsx", NO_NAME, "「手続き名」に当たる列がありません"),
    "no rows": ("list.xlsx", [HEAD], "見出しの下に手続きの行がありません"),
    "too many": ("list.xlsx", [HEAD, *MANY], "30種類の言葉があります"),
    "no parquet": ("list.parquet", None, "list.parquet: "),
    "no such file": ("missing.xlsx", None, "missing.xlsx: "),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_list_that_can_not_be_begun_with_is_one_message(tmp_path: Path, case: str) -> None:
    name, lines, told = UNUSABLE[case]
    if lines is not None:
        write_lines(tmp_path / name, lines)
    elif case != "no such file":
        (tmp_path / name).write_bytes(b"PK\x03\x04 not really")
    there = sorted(tmp_path.iterdir())
    code, said = run(tmp_path, "init", "city", "--from", name, "--as-of", DAY)
    assert (code, said.count("Error: ")) == (1, 1)
    assert told in said
    assert sorted(tmp_path.iterdir()) == there


def test_two_tables_are_not_chosen_between(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "list.xlsx", [HEAD, ["1", "a課", "b", "済"]])
    book = openpyxl.load_workbook(source)
    book.create_sheet("別表").append(HEAD)
    book["別表"].append(["2", "a課", "c", "済"])
    book.save(source)
    code, said = run(tmp_path, "init", "city", "--from", "list.xlsx", "--as-of", DAY)
    assert code == 1
    assert "2枚のシートにあります（「一覧」、「別表」）" in said
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "list.xlsx"], "--as-of"),
        (["--as-of", DAY], "--from"),
        (["--demo", "--from", "list.xlsx", "--as-of", DAY], "--demo とは一緒に使えません"),
        (["--from", "list.xlsx", "--as-of", "20250729"], "調査回の名前になりません"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    tmp_path: Path, words: list[str], told: str
) -> None:
    write_lines(tmp_path / "list.xlsx", [HEAD, ["1", "a課", "b", "済"]])
    code, said = run(tmp_path, "init", "city", *words)
    assert code == 1
    assert told in said
    assert not (tmp_path / "city").exists()


def test_nothing_that_stands_is_touched_by_a_list(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "list.xlsx", [HEAD, ["1", "a課", "b", "済"]])
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "メモ.txt").write_text("kept")
    code, said = run(tmp_path, "init", "city", "--from", source.name, "--as-of", DAY)
    assert code == 1
    assert "既に何かあります。何も変更していません。" in said
    assert [path.name for path in (tmp_path / "city").iterdir()] == ["メモ.txt"]


def test_on_paper_a_long_list_has_what_is_not_online(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = invent()
    folder, _ = begin(tmp_path, save(frame, tmp_path / "一覧.xlsx"))
    findings = read(folder)
    own = frame[frame[OWNER] == "経済産業省"]
    for most in (len(own), len(own) - 1):
        monkeypatch.setattr(procedure_table, "MOST_ON_PAPER", most)
        listed = department.procedures(findings, "d01")
        paper, page = typst.render(listed), html.render(listed)
        for number, status in own[["手続ID", STATUS]].itertuples(index=False):
            is_open = ROLES.get(status, "not_started") in ("started", "not_started")
            assert number in page
            assert (number in paper) is (is_open or most == len(own))
    assert "種苗法" in paper
    assert long_list.ATTACHED in paper
    assert long_list.ATTACHED not in page


@pytest.mark.slow
def test_a_list_goes_to_reports_that_verify(tmp_path: Path) -> None:
    folder, _ = begin(tmp_path, save(invent(), tmp_path / "一覧.xlsx"))
    code, said = run(folder, "report")
    assert code == 0, said
    names = {path.name for path in (folder / "reports" / DAY).iterdir()}
    assert {
        "index.html",
        "overview.pdf",
        "department-d04.pdf",
        "reasons.html",
        "audit.xlsx",
    } <= names
    assert "guideline.html" not in names
    assert run(folder, "verify")[0] == 0
    code, said = run(folder, "check")
    assert code == 0, said
    assert "読み込まない" not in said


@pytest.mark.slow
def test_the_national_inventory_is_counted_as_pandas_counts_it(tmp_path: Path) -> None:
    source = find_national()
    folder, _ = begin(tmp_path, source)
    require_counts(read(folder), pd.read_parquet(source), ROLES)


def test_the_demonstration_is_put_where_it_is_wanted(
    demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first, "_DEMONSTRATION", demonstration)
    code, said = run(tmp_path, "init", "city", "--demo")
    assert code == 0, said
    for path in (demonstration / "data" / "raw").rglob("*"):
        if path.is_file():
            copy = tmp_path / "city" / path.relative_to(demonstration)
            assert copy.read_bytes() == path.read_bytes()
    assert open_cycle(None, tmp_path / "city").settings.demonstration


@pytest.mark.parametrize("there", ["nothing", "a real survey"])
def test_where_the_program_has_no_demonstration_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    program = tmp_path / "program"
    if there == "a real survey":
        begin(tmp_path, save(invent(), tmp_path / "一覧.xlsx"))[0].rename(program)
    monkeypatch.setattr(first, "_DEMONSTRATION", program)
    code, said = run(tmp_path, "init", "city", "--demo")
    assert (code, len(said.splitlines())) == (1, 1)
    assert "リポジトリーを新しく取得し" in said
    assert not (tmp_path / "city").exists()


def test_lines_of_a_text_end_alike_wherever_they_come_from(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"部局": ["A部"] * 2, "手続名": ["二行の\r\n届出", "届出"], "状況": ["済", "未"]}
    )
    source = tmp_path / "x.parquet"
    frame.to_parquet(source)
    folder, said = begin(tmp_path, source)
    assert read(folder).survey.rows["name"].tolist() == ["二行の届出", "届出"]
    assert "調査票に書けない文字" not in said
