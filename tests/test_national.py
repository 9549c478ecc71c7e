"""The national inventory: proposals by law and article, ranked; never counted as facts."""

import io
from pathlib import Path

import pandas as pd
import pytest

from analysis.cycle import Cycle, open_cycle
from analysis.document import html
from analysis.errors import SettingsError
from analysis.evidence.orphans import find_orphans, read_page
from analysis.figures.findings import Findings, load_findings
from analysis.figures.inventory import Inventory, read_inventory
from analysis.figures.national import find_proposals
from analysis.inputs import kind_of, list_inputs
from analysis.reports import reasons
from analysis.survey.collect import collect_survey

from conftest import find_national
from workbooks import make_cycle, not_started, procedure

LAW = "現行法制度上不可"
ROWS = [
    not_started(1, name="特殊車両の通行許可申請", law="道路法第47条の2・車両制限令", reason=LAW),
    not_started(2, name="印鑑の届出", law="道路法第四十七条の二", reason=LAW),
    not_started(3, name="特殊車両の通行許可申請", law="道路法第48条", reason=LAW),
    not_started(4, name="特殊車両の通行許可申請", law="道路法第47条の2", reason="未検討"),
    not_started(5, name="別の申請", law="旅券法第3条", reason=LAW),
    procedure(6, law="道路法第47条の2"),
]
REPORTED = [
    ("架空省", "特殊車両通行許可申請", "道路法", "第47条の2第１項", "1 実施済"),
    ("架空省", "<b>道路</b>の届出", "道路法", "第47条の2", "1 実施済"),
    ("架空省", "別の申請", "旅券法", "第3条", "5 一部実施済"),
    ("架空省", "別の申請", "旅券法", "第3条", "2 未実施"),
    ("架空省", "別の申請", "旅券法", None, "1 実施済"),
]
TITLES = ["所管府省庁", "手続名", "法令名", "根拠条項号", "オンライン化の実施状況"]


def write_parquet(rows: object = REPORTED) -> bytes:
    file = io.BytesIO()
    frame = pd.DataFrame(rows, columns=TITLES).assign(総手続件数=3)
    frame["オンライン化の実施状況"] = frame["オンライン化の実施状況"].astype("category")
    frame.to_parquet(file)
    return file.getvalue()


def write_csv() -> bytes:
    return pd.DataFrame(REPORTED, columns=TITLES).to_csv(index=False).encode("utf-8-sig")


def make(folder: Path, content: bytes | None, name: str = "国.parquet") -> Cycle:
    cycle = make_cycle(folder, ROWS)
    if content is not None:
        place = cycle.root / "data/raw/inventory" / name
        place.parent.mkdir()
        place.write_bytes(content)
    settings = cycle.raw_folder / "cycle.toml"
    text = settings.read_text("utf-8")
    settings.write_text(f'inventory = "{name}"\n{text}', encoding="utf-8")
    return open_cycle(cycle.name, folder)


def load(cycle: Cycle) -> Findings:
    return load_findings(cycle, collect_survey)


@pytest.mark.parametrize(
    ("content", "name"), [(write_parquet(), "国.parquet"), (write_csv(), "国.csv")]
)
def test_law_and_article_decide_and_the_name_ranks(
    tmp_path: Path, content: bytes, name: str
) -> None:
    findings = load(make(tmp_path, content, name))
    rows, asked = findings.survey.rows, findings.cycle.questionnaire
    found = {
        rows["procedure_id"][own.row]: (own.ground, own.reported[0].name)
        for own in find_proposals(asked, findings.ledger.behind.inventory, rows)
    }
    assert {key: ground for key, (ground, _) in found.items()} == {
        "K-001": "name",
        "K-002": "article",
    }
    assert found["K-001"][1] == "特殊車両通行許可申請"
    figure = findings.ledger.figure
    assert figure("national").numerator == 2
    assert figure("national_name", "kankyo").numerator == 1
    # A proposal is no fact: nothing else counts otherwise than without it.
    assert figure("online").numerator == 1 and figure("requested").numerator == 4


def test_the_page_names_its_source_and_escapes_what_was_reported(tmp_path: Path) -> None:
    findings = load(make(tmp_path, write_parquet()))
    page = html.render(reasons.behind(findings))
    assert not find_orphans(read_page(page), findings)
    assert "デジタル庁「行政手続等の悉皆調査結果等」" in page and "国.parquet" in page
    assert "<b>道路" not in page and "&lt;b&gt;道路" in page
    assert page.index("名称も近い") < page.index("印鑑の届出")


def test_where_nothing_is_reported_nothing_is_asked_to_be_checked(tmp_path: Path) -> None:
    page = html.render(reasons.behind(load(make(tmp_path, write_parquet(REPORTED[2:])))))
    assert "報告しているものは、<a" in page and ">0件</a>です。" in page
    assert "国.parquet" in page
    assert "候補" not in page and "該当はありません" not in page


def test_the_file_is_an_input_and_without_one_nothing_is_said(tmp_path: Path) -> None:
    cycle = make(tmp_path / "with", write_parquet())
    path = "data/raw/inventory/国.parquet"
    assert path in list_inputs(cycle) and kind_of(path) == "国の公表"
    findings = load(make_cycle(tmp_path / "without", ROWS))
    assert not [name for name in findings.ledger.items if name.startswith("national")]
    assert "国が" not in html.render(reasons.behind(findings))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "ファイルがありません"),
        (b"PAR1 no such thing", "parquet として読めません"),
        (b"", "parquet として読めません"),
        (write_parquet([("a" * 5, "b", "c", "d", "e")] * 100_001), "10万行か400万セルを超え"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_with_where_it_lies(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    with pytest.raises(SettingsError, match=r"inventory/国\.parquet") as caught:
        load(make(tmp_path, content))
    assert told in str(caught.value)


def test_a_lacking_column_is_named(tmp_path: Path) -> None:
    content = "所管府省庁,手続名\n甲,乙\n".encode()
    with pytest.raises(SettingsError, match="法令名、根拠条項号、オンライン化の実施状況"):
        load(make(tmp_path, content, "国.csv"))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    place, real = tmp_path / "国.parquet", tmp_path / "別の国.parquet"
    real.write_bytes(write_parquet())
    place.symlink_to(real)
    with pytest.raises(SettingsError, match="リンク"):
        read_inventory(place)


@pytest.mark.slow
def test_the_published_inventory_is_read() -> None:
    inventory = read_inventory(find_national())
    assert isinstance(inventory, Inventory) and len(inventory.done) > 10_000
    names = [own.name for own in inventory.find("道路法第47条の2・車両制限令第12条")]
    assert "特殊車両通行許可申請" in names
