"""What reports say of none, of one, of all, and in a first survey: true, and no sentence of nought.

Each is said in English, too.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

import pytest

from analysis.document import html
from analysis.document.blocks import Block, Bullets, Paragraph
from analysis.document.slide import Slides
from analysis.document.translate import translate
from analysis.figures.english import open_spoken
from analysis.figures.findings import Findings, load_findings
from analysis.names import ENGLISH, ENGLISH_NAME
from analysis.reports import bridge, deck, department, outlook, overview, reasons, requests
from analysis.survey.collect import collect_survey

import workbooks
from conftest import DEMO
from workbooks import make_cycle, make_two_cycles, not_started, procedure

Sides = Sequence[Sequence[dict[str, object]]]
ONLINE: Sides = [[procedure(1), procedure(2)], [procedure(3, section="こども課")]]
WAITING: Sides = [[not_started(1), not_started(2)], [not_started(3, section="こども課")]]
STARTED: Sides = [[procedure(1, status="着手済", online_date=None)]]
ONE: Sides = [[not_started(1), procedure(2)]]
MIXED: Sides = [[not_started(1), procedure(2, status="着手済", online_date=None)]]
BLOCKED: Sides = [[not_started(1, reason="現行法制度上不可", reason_detail="法"), procedure(2)]]


def load(folder: Path, now: Sides, before: Sides | None = None) -> Findings:
    made = make_two_cycles(folder, now, before) if before else make_cycle(folder, *now)
    shutil.copy(DEMO / "data" / "raw" / ENGLISH_NAME, made.raw_folder.parent)
    return load_findings(made, collect_survey)


def read(*blocks: Block) -> str:
    """Return the words of blocks as a page has them."""
    text = re.sub(r"<svg.*?</svg>|<title>.*?</title>", "", "".join(map(html.render, blocks)))
    return re.sub(r"<[^>]+>", "", text)


def read_all(found: Findings) -> str:
    """Return all that is said of the whole city and of its first department."""
    own = found.cycle.departments[0].slug
    blocks = [
        *(overview.summary(found), overview.headline(found), overview.reasons(found)),
        *(overview.moves(found), reasons.routes(found), requests.agencies(found)),
        *(department.headline(found, own), department.reasons(found, own)),
        Bullets(tuple(outlook.say_paces(found))),
    ]
    slides = [deck.opening(found), deck.moves(found), deck.reasons(found), deck.road(found)]
    contents = [slide.content for part in slides for slide in getattr(part, "slides")]  # noqa: B009
    return read(*blocks, *contents)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (ONLINE, None, "オンライン化未対応の手続きはありません"),
        (WAITING, None, "オンライン化未対応の3手続きは、すべて未着手でした"),
        (WAITING, WAITING, "オンライン化未対応の3手続きは、すべて依然未着手でした"),
        # None of them waited before: they fell.
        (WAITING, ONLINE, "オンライン化未対応の3手続きは、すべて未着手でした"),
        (STARTED, WAITING[:1], "オンライン化未対応の1手続きは、着手済みでした"),
        (ONE, WAITING[:1], "オンライン化未対応の1手続きは、依然未着手でした"),
        (MIXED, None, "の2手続きのうち、1手続きは着手済みでしたが、1手続きは未着手でした"),
        (MIXED, WAITING[:1], "のうち、1手続きは着手済みでしたが、1手続きは依然未着手でした"),
    ],
)
def test_what_is_not_online_is_said_as_it_is(
    tmp_path: Path, now: Sides, before: Sides | None, said: str
) -> None:
    found = load(tmp_path, now, before)
    assert said in read(Paragraph(overview.say_not_online(found)))


@pytest.mark.parametrize("before", [None, ONLINE, WAITING])
def test_where_all_is_online_nothing_is_said_of_what_is_not(
    tmp_path: Path, before: Sides | None
) -> None:
    text = read_all(load(tmp_path, ONLINE, before))
    assert "現時点で「未着手」と回答のあった手続きはありません" in text
    assert "未着手の手続きはありません。" in text
    assert "市だけでは進められない手続きはありません。" in text
    for empty in (
        "可能な手続きが多く含まれる",
        "働きかける",
        "（—）",
        "必要な速さ",
        "未着手の理由：",
    ):
        assert empty not in text


def test_a_way_on_which_nothing_is_is_not_named(tmp_path: Path) -> None:
    text = read_all(load(tmp_path, BLOCKED))
    assert "可能な手続きが多く含まれる" not in text
    assert "は「関係機関への働きかけ」とします" in text
    # Nothing that is left is the city's own to do.
    assert "まず進めるもの：" not in text
    assert "まず進めるもの：" in read_all(load(tmp_path / "other", WAITING))


def test_a_first_survey_has_no_still_and_what_did_not_move_no_drawing(tmp_path: Path) -> None:
    for now in (ONLINE, WAITING, ONE, MIXED):
        assert "依然" not in read_all(load(tmp_path / str(id(now)), now))
    stayed = load(tmp_path / "stayed", ONLINE, ONLINE)
    assert not list(bridge.draw_movers(stayed))
    assert "から100.0%へ" not in read_all(stayed)


@pytest.mark.slow
@pytest.mark.parametrize("before", [None, ONLINE, WAITING], ids=["first", "was online", "waited"])
@pytest.mark.parametrize("now", [ONLINE, WAITING, MIXED, ONE, BLOCKED, STARTED])
def test_all_of_it_is_said_in_english(tmp_path: Path, now: Sides, before: Sides | None) -> None:
    found = load(tmp_path, now, before and before[: len(now)])
    lexicon = open_spoken(ENGLISH, found)
    assert lexicon is not None
    parts: tuple[Callable[[Findings], Block], ...] = (
        *(overview.summary, overview.headline, overview.reasons, overview.moves),
        *(reasons.routes, overview.departments),
    )
    for part in parts:
        translate(part(found), lexicon)
    # What its builder calls the survey is in no catalogue.
    assert lexicon.missing.keys() <= {found.cycle.settings.title}


def test_of_many_departments_that_fell_the_most_are_named_and_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence five and how many others, with a link to all; on a slide the same five."""
    names = [f"第{sign}部" for sign in "一二三四五六七八"]
    monkeypatch.setattr(workbooks, "DEPARTMENTS", {f"d{at}": own for at, own in enumerate(names)})

    def make(online: int, at: int) -> list[dict[str, object]]:
        made = [procedure, not_started]
        return [made[number > online](at * 10 + number) for number in range(1, 9)]

    now = [make(7 - at, at) for at in range(8)]
    cycle = make_two_cycles(tmp_path, now, [make(8, at) for at in range(8)])
    found = load_findings(cycle, collect_survey)
    told = list(bridge.say_movers(found))
    fell, lost = (read(Paragraph(own)) for own in told)
    assert fell.startswith("オンライン化済が減った部局：第八部 −8件（減 8件）、第七部 −7件")
    assert fell.endswith("第四部 −4件（減 4件）、ほか3部局")
    assert lost.startswith("オンライン化済でなくなった手続き：36件。第八部 8件、第七部 7件、")
    assert lost.endswith("第四部 4件、ほか3部局（すべて）")
    assert 'overview.html#2024-09-01/all/lost">すべて' in unquote(html.render(Paragraph(told[1])))
    words = (DEMO / "data" / "raw" / ENGLISH_NAME).read_text("utf-8")
    own = "".join(f'"{name}" = "Office {at}"\n' for at, name in enumerate(names))
    (cycle.raw_folder.parent / ENGLISH_NAME).write_text(
        words.replace("[words]\n", f"[words]\n{own}"), "utf-8"
    )
    lexicon = open_spoken(ENGLISH, found)
    assert lexicon is not None
    said = [read(translate(Paragraph(own), lexicon)) for own in told]
    assert said[0].endswith(" and 3 departments more")
    assert said[1].endswith(" and 3 departments more (all)")
    moves = deck.moves(found)
    assert isinstance(moves, Slides)
    slides = [slide for slide in moves.slides if "減った部局" in read(slide.content)]
    assert "ほか3部局" in read(slides[0].content) and "第三部" not in read(slides[0].content)
