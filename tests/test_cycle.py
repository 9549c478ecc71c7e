"""A cycle's settings: every wrong key is named, and nothing unknown is let through."""

import json
import re
from pathlib import Path

import pytest

from analysis.cycle import find_root, list_cycles, open_cycle
from analysis.errors import SettingsError

SETTINGS = """
as_of = 2024-09-01
title = "調査"
city = "郡山市"
publisher = ["DX戦略課"]
demonstration = true
guideline = "2024.toml"
departments = [{ name = "環境部", slug = "kankyo", workbook = "環境部.xlsx" }]
headers = {}
answers = {}
[target]
rate_percent = 100
by = 2026-03-31
"""


def write_cycle(root: Path, text: str = SETTINGS, name: str = "2024-09-01") -> Path:
    folder = root / "data" / "raw" / name
    folder.mkdir(parents=True)
    (folder / "cycle.toml").write_text(text, encoding="utf-8")
    return root


def test_the_latest_cycle_is_opened_when_none_is_named(tmp_path: Path) -> None:
    write_cycle(tmp_path)
    write_cycle(tmp_path, SETTINGS.replace("2024-09-01", "2024-03-31"), "2024-03-31")
    assert list_cycles(tmp_path) == ["2024-03-31", "2024-09-01"]
    assert open_cycle(None, tmp_path).name == "2024-09-01"


def test_unknown_and_missing_keys_are_all_named(tmp_path: Path) -> None:
    root = write_cycle(tmp_path, SETTINGS.replace('city = "郡山市"', 'ciyt = "郡山市"'))
    with pytest.raises(SettingsError) as caught:
        open_cycle("2024-09-01", root)
    assert "2024-09-01/cycle.toml に誤りが2件" in str(caught.value)
    assert "city: 必要な項目がありません" in str(caught.value)
    assert "ciyt（4行目）: 知らない項目です" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "as_of = 2024-09-01",
            'as_of = "九月"',
            "値「九月」が使えません（2024-09-01 の",
        ),
        ("as_of = 2024-09-01", "as_of = 2024-09-01T10:00:00", " が使えません（2024-09-01 のように"),
        (
            "as_of = 2024-09-01",
            "as_of = 10:00:00",
            "値 10:00:00 が使えません（2024-09-01 の",
        ),
        ('city = "郡山市"', "city = 3", 'city: 値 3 が使えません（引用符「"」で囲んだ文字列'),
        (
            'city = "郡山市"',
            'city = ""',
            "city: 値「」が使えません（空白だけにせず",
        ),
        ('city = "郡山市"', 'city = ["a", "b"]', "city: 値（[ ] の並び）が使えません（引用符"),
        ("rate_percent = 100", "rate_percent = 101", "値 101 が使えません（100以下の数"),
        (
            "rate_percent = 100",
            "rate_percent = -1",
            "rate_percent: 値 -1 が使えません（0以上",
        ),
        ("rate_percent = 100", "rate_percent = 99.5", "値 99.5 が使えません（整数を"),
        ("rate_percent = 100", "rate_percent = inf", "値 inf が使えません（整数を"),
        ("rate_percent = 100", 'rate_percent = "全部"', "値「全部」が使えません（整数を"),
        (
            "demonstration = true",
            'demonstration = "多分"',
            "値「多分」が使えません（true か",
        ),
        ("demonstration = true", "demonstration = 2", "demonstration: 値 2 が使えません（true か"),
        (
            'slug = "kankyo"',
            'slug = "環境"',
            "slug（1番目）: 値「環境」が使えません（半角",
        ),
        (
            'slug = "kankyo"',
            "slug = true",
            "departments.slug（1番目）: 値 true が使えません（引用符",
        ),
        ('"環境部.xlsx"', '"../a.xlsx"', "値「../a.xlsx」が使えません（フォルダーの外を"),
        ('["DX戦略課"]', '"DX戦略課"', "publisher: 値「DX戦略課」が使えません（[ ] で囲んで"),
        ("headers = {}", "headers = []", "headers: 値（[ ] の並び）が使えません（[ ] で見出しを"),
    ],
)
def test_what_a_setting_can_not_be_is_said_in_japanese(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in SETTINGS
    with pytest.raises(SettingsError) as caught:
        open_cycle("2024-09-01", write_cycle(tmp_path, SETTINGS.replace(old, new)))
    assert told in re.sub("（[0-9]+行目）", "", str(caught.value))
    assert "nput should" not in str(caught.value)


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    head, _, rest = SETTINGS.partition("departments = [")
    text = f"{head}departments = []{rest[rest.index(']') + 1 :]}"
    with pytest.raises(
        SettingsError, match=r"departments（.*目）: 値（.*（一つ以上書いてください）"
    ):
        open_cycle("2024-09-01", write_cycle(tmp_path, text))


def test_alike_mistakes_of_many_entries_are_one_line(tmp_path: Path) -> None:
    wrong = ", ".join('{ name = "", slug = "a", workbook = "a.xlsx" }' for _ in range(1200))
    text = SETTINGS.replace("departments = [", f"departments = [{wrong}, ")
    with pytest.raises(SettingsError) as caught:
        open_cycle("2024-09-01", write_cycle(tmp_path, text))
    assert str(caught.value).splitlines() == [
        "2024-09-01/cycle.toml に誤りが1,200件あります。直してください。",
        "  ・departments.name（1番目、2番目、3番目、4番目、5番目 ほか1,195件）: "
        "値「」が使えません（空白だけにせず、1行で書いてください）。",
    ]


def test_an_unknown_cycle_is_refused_and_the_known_ones_listed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"調査回「2025-03-31」.*\n.*2024-09-01"):
        open_cycle("2025-03-31", write_cycle(tmp_path))


def test_a_folder_whose_name_is_not_its_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="フォルダー名と違います"):
        open_cycle("2025-03-31", write_cycle(tmp_path, name="2025-03-31"))


@pytest.mark.parametrize(
    ("name", "slug", "workbook", "told"),
    [
        ("こども部", "kankyo", "こども部.xlsx", "「kankyo」: 環境部の slug、こども部の slug"),
        ("環境部", "kodomo", "こども部.xlsx", "「環境部」: 環境部の name、環境部の name"),
        ("kankyo", "kodomo", "こども部.xlsx", "「kankyo」: 環境部の slug、kankyoの name"),
        ("こども部", "all", "こども部.xlsx", "「all」: 市全体、こども部の slug"),
        ("全体", "kodomo", "こども部.xlsx", "「全体」: 市全体、全体の name"),
        ("こども部", "kodomo", "環境部.XLSX", "環境部の workbook、こども部の workbook"),
        ("こども部", "kodomo", "環境部.csv", "環境部の workbook、こども部の workbook"),
    ],
)
def test_one_name_means_one_department(
    tmp_path: Path, name: str, slug: str, workbook: str, told: str
) -> None:
    more = f'{{ name = "{name}", slug = "{slug}", workbook = "{workbook}" }}]'
    root = write_cycle(tmp_path, SETTINGS.replace('xlsx" }]', f'xlsx" }}, {more}'))
    with pytest.raises(SettingsError) as caught:
        open_cycle("2024-09-01", root)
    assert told in str(caught.value)
    assert "1件が重複しています" in str(caught.value)


@pytest.mark.parametrize("name", [" ", "\u3000", "\u200b", "環境\n部", "環境\u2028部", "a\tb", ""])
def test_a_name_is_one_line_that_can_be_seen(tmp_path: Path, name: str) -> None:
    tables = "".join(
        f'[[departments]]\nname = {json.dumps(own)}\nslug = "{slug}"\nworkbook = "{slug}.xlsx"\n'
        for own, slug in (("総務部", "somu"), (name, "kankyo"))
    )
    inline = next(line for line in SETTINGS.splitlines() if line.startswith("departments"))
    root = write_cycle(tmp_path, SETTINGS.replace(f"{inline}\n", "") + tables)
    with pytest.raises(SettingsError) as caught:
        open_cycle("2024-09-01", root)
    told = str(caught.value)
    assert "2024-09-01/cycle.toml に誤りが1件" in told
    assert "departments.name（18行目）: " in told
    assert "空白だけにせず、1行で書いてください" in told


def test_a_department_is_found_by_name_and_by_slug(tmp_path: Path) -> None:
    cycle = open_cycle("2024-09-01", write_cycle(tmp_path))
    assert cycle.find_department("環境部") is cycle.find_department("kankyo")
    with pytest.raises(SettingsError, match="環境部（kankyo）"):
        cycle.find_department("環境課")


def test_the_project_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    root = write_cycle(tmp_path)
    below = root / "notebooks"
    below.mkdir()
    assert find_root(below) == root.resolve()


def test_a_folder_outside_a_project_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="プロジェクトのフォルダーに移って"):
        find_root(tmp_path)
