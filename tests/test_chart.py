import datetime
import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from analysis.document import typst
from analysis.document.blocks import Chart, Group, Paragraph, Quoted, Shown
from analysis.document.chart import draw_counts, draw_parts, draw_stacks
from analysis.document.html import render
from analysis.document.matrix_chart import MatrixHead, MatrixRow, draw_matrix
from analysis.document.message import say_contribution, say_ends, say_largest_part, say_most
from analysis.document.moves_chart import draw_bridge, draw_changes
from analysis.document.rates_chart import draw_rates
from analysis.document.svg import find_numbers, from_cell
from analysis.document.trend_chart import draw_trend
from analysis.errors import ReportError
from analysis.evidence.orphans import read_page, require_traced
from analysis.figures.figure import PERCENT, Figure
from analysis.looks import find_look, look_by_place

from reports import UNASKED, export_html, export_pdf, figure_of, findings_of, notebook_of, text_of


def rate_of(part: int, scope: str = "kankyo") -> Figure:
    return figure_of("online_rate", Fraction(part, 164), PERCENT, scope)


def texts_of(chart: Chart) -> list[str]:
    root = ElementTree.fromstring(chart.svg)  # noqa: S314  our own drawing
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return ["".join(element.itertext()) for element in found]


NOT_CONSIDERED = figure_of("reason_not_considered", 3)
RATES = draw_rates(
    "率",
    [("環境部", rate_of(96), rate_of(3, "before")), ("農林部", rate_of(24, "norin"), None)],
    rate_of(60, "all"),
)
PARTS = draw_parts(
    UNASKED,
    "状況",
    [("済", figure_of("online", 1600)), ("未着手", figure_of("not_started", 1))],
    figure_of("total", 1601),
)
STACKS = draw_stacks(
    UNASKED,
    "理由",
    [("環境部", [NOT_CONSIDERED, figure_of("reason_other", 0)], figure_of("t", 3))],
    ["未検討", "その他"],
    look_by_place(["reason_not_considered", "reason_other"]),
)
MATRIX = draw_matrix(
    UNASKED,
    "手間",
    MatrixHead("手間", "件数", ("少ない", "多い"), ("計",), "丸は数です。"),
    [
        MatrixRow(
            "軽い",
            (figure_of("grade_light_use_a", 2), figure_of("grade_light_use_b", 120)),
            ((), ("ア", "イ")),
            (figure_of("grade_light", 122),),
        )
    ],
    [figure_of("not_online", 122)],
)
DRAWN = [RATES, PARTS, STACKS, MATRIX]
GAINED = figure_of("gained", 1)
CHANGED: Any = SimpleNamespace(parts=lambda _: (figure_of("now", 5), figure_of("before", 4)))
ALL = {
    **dict(zip(("rates", "parts", "stacks", "matrix"), DRAWN, strict=True)),
    "counts": draw_counts("数", [("環境部", figure_of("online", 5))]),
    "bridge": draw_bridge(
        CHANGED, "橋", figure_of("change", 1), [("増", GAINED, True)],
        (GAINED, figure_of("lost", 0)),
    ),
    "changes": draw_changes(UNASKED, "増減", [("環境部", GAINED)], figure_of("all", 1)),
    "trend": draw_trend("推移", [(datetime.date(2024, 9, 1), "9月", rate_of(96))]),
}  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


def test_a_name_too_long_for_a_drawing_is_told_as_that() -> None:
    with pytest.raises(ReportError, match=r"図「率」に載る名称.*長すぎて.*短くして"):
        draw_rates("率", [("長い名称の部局" * 12, rate_of(96), None)], rate_of(60, "all"))


@pytest.mark.parametrize(
    ("now", "before"), [(0, 3), (0, 18), (0, 100), (20, 34), (70, 73), (70, 160)]
)
def test_a_rate_that_fell_is_not_written_beside_the_mark_of_the_one_before(
    now: int, before: int
) -> None:
    def find_left(was: int | None) -> float:
        rate = None if was is None else rate_of(was, "before")
        chart = draw_rates("率", [("環境部", rate_of(now), rate)], rate_of(60, "all"))
        _, (box, *_) = find_numbers(chart.svg)
        return box.left

    # Nothing but its bar's end is near it; a bar too short for it, and a mark too near, leave it no
    # other place.
    assert find_left(before) <= find_left(None) or (now, before) == (0, 3)


@pytest.mark.parametrize("chart", DRAWN, ids=["rates", "parts", "stacks", "matrix"])
def test_a_chart_tells_in_words_what_it_draws(chart: Chart) -> None:
    drawn = [figure for figure in chart.figures if figure.scope != "before"]
    assert all(figure.text in chart.alt_text for figure in drawn)
    page = export_html(notebook_of(chart))
    told = re.search(rf'<details id="{chart.name}">(.*?)</details>', page, re.DOTALL)
    assert told
    assert chart.alt_text in re.sub("<[^>]+>", "", told[1])
    assert f'aria-describedby="{chart.name}"' in page


@pytest.mark.parametrize("chart", DRAWN, ids=["rates", "parts", "stacks", "matrix"])
def test_a_chart_needs_no_style_no_script_and_nothing_from_outside(chart: Chart) -> None:
    assert "style" not in chart.svg
    assert "<script" not in chart.svg
    assert re.findall(r'(?:href|src)="([^#][^"]*)"', chart.svg) == []
    assert "matplotlib" not in chart.svg.lower()


def test_a_number_in_a_chart_leads_to_the_line_of_its_figure() -> None:
    assert '<a class="figure" href="#2024-09-01/kankyo/online_rate">' in RATES.svg
    assert '<a class="figure" href="#2024-09-01/kankyo/online">' in PARTS.svg


@pytest.mark.parametrize("chart", DRAWN, ids=["rates", "parts", "stacks", "matrix"])
def test_no_number_is_drawn_that_is_not_a_link(chart: Chart) -> None:
    outside = re.sub(r"<a .*?</a>", "", chart.svg)
    drawn = re.findall(r"<text[^>]*>([^<]*)", outside)
    assert not any(character.isdigit() for text in drawn for character in text)


POINTED = {
    "rates": ["kankyo 58.5%", "norin 14.6%", "all 36.6%", "before 1.8%"],
    "parts": ["kankyo 1,600件", "kankyo 1件"],
    "stacks": ["kankyo 3件", "kankyo 3件"],
    "matrix": ["kankyo 2件", "kankyo 120件"],
    "counts": ["kankyo 5件"],
    "bridge": ["kankyo 4件", "kankyo 1件", "kankyo 5件"],
    "changes": ["kankyo 1件"],
    "trend": ["kankyo 58.5%"],
}


def links_of(chart: Chart) -> list[tuple[str, str, bool, bool, bool]]:
    """Return a drawing's links: id, what each tells, whether it has a number, a target, a stop."""
    links = ElementTree.fromstring(chart.svg).iter(f"{SVG}a")  # noqa: S314  our own drawing
    return [
        (
            link.get("href", "")[1:],
            link.findtext(f"{SVG}title") or "",
            link.find(f".//{SVG}text") is not None,
            link.find(f"{SVG}rect") is not None,
            link.get("tabindex") is None,
        )
        for link in links
    ]


@pytest.mark.parametrize("name", POINTED)
def test_whatever_shape_stands_for_a_figure_tells_and_leads_to_it(name: str) -> None:
    targets = [(own, told) for own, told, _, has_target, _ in links_of(ALL[name]) if has_target]
    told = [f"{own.split('/')[1]} {told.split(' (')[0].split(' ')[-1]}" for own, told in targets]
    assert sorted(told) == sorted(POINTED[name])
    assert all("環境部 " in told for _, told in targets)


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_a_shape_is_no_stop_for_the_keyboard_but_with_its_number(chart: Chart) -> None:
    assert all(has_number is is_stop for _, _, has_number, _, is_stop in links_of(chart))
    told = {part.figure.id for part in chart.alt if isinstance(part, Shown)}
    assert {own for own, _, has_number, _, _ in links_of(chart) if not has_number} <= told


def test_a_share_tells_its_counts_and_an_earlier_figure_its_cycle() -> None:
    now = replace(rate_of(96), numerator=96, denominator=164)
    before = replace(now, cycle="2024-03-31", scope="before")
    chart = draw_rates("率", [("環境部", now, before)], None)
    assert [told for _, told, *_ in links_of(chart)] == [
        "環境部 online_rate 58.5% (96/164)",
        "2024-03-31 環境部 online_rate 58.5% (96/164)",
    ]


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_paper_has_nothing_that_only_a_pointer_finds(chart: Chart) -> None:
    written = typst.render(chart)
    assert "<title>" not in written
    assert "fill-opacity" not in written
    assert len(find_numbers(chart.svg)[1]) == sum(
        has_number for _, _, has_number, *_ in links_of(chart)
    )


def test_a_drawing_that_tells_another_value_than_the_ledger_is_refused() -> None:
    page = export_html(notebook_of(PARTS))
    findings: Any = findings_of({figure.id: figure for figure in PARTS.figures})
    require_traced(page, findings)
    with pytest.raises(ReportError, match="図での説明が台帳と違います: 「環境部 online 1,599件」"):
        require_traced(
            page.replace("online 1,600件</title>", "online 1,599件</title>", 1), findings
        )


def test_every_bar_and_part_carries_its_number() -> None:
    assert {"58.5%", "14.6%"} <= set(texts_of(RATES))
    assert any("未着手" in text and "1件" in text for text in texts_of(PARTS))
    assert "3" in texts_of(STACKS)


def test_two_charts_on_one_page_share_no_id() -> None:
    page = export_html(notebook_of(RATES, PARTS, STACKS))
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_the_same_figures_draw_the_same_bytes() -> None:
    again = draw_parts(
        UNASKED,
        "状況",
        [("済", figure_of("online", 1600)), ("未着手", figure_of("not_started", 1))],
        figure_of("total", 1601),
    )
    assert again.svg == PARTS.svg


@pytest.mark.parametrize("label", ["$x$", "_部", "<b>&", "📄部", "髙﨑𠮷", "\\frac{a}", "% {x}"])
def test_a_label_is_text_whatever_it_holds(label: str) -> None:
    chart = draw_rates("率", [(label, rate_of(96), None)], rate_of(60, "all"))
    assert label in texts_of(chart)
    assert label in text_of(export_pdf(notebook_of(chart)))


def test_a_label_with_a_control_character_still_draws() -> None:
    chart = draw_rates("率", [("a\x00\nb", rate_of(96), None)], rate_of(60, "all"))
    assert "a� b" in texts_of(chart)


def test_a_label_that_no_font_can_show_is_an_error_and_no_stray_warning() -> None:
    with pytest.raises(ReportError, match="率"):
        draw_rates("率", [("\ue000部", rate_of(96), None)], rate_of(60, "all"))


def test_a_rate_without_a_value_and_a_whole_of_nothing_are_drawn() -> None:
    none = figure_of("online_rate", None, PERCENT)
    zero = figure_of("online", 0)
    assert "—%" not in "".join(texts_of(draw_rates("率", [("部", none, None)], none)))
    assert draw_parts(UNASKED, "状況", [("済", zero)], zero).svg


def test_parts_that_could_not_be_told_apart_are_refused() -> None:
    parts = [("済", figure_of("online", 1)), ("未検討", figure_of("reason_not_considered", 1))]
    looks = dict.fromkeys(["online", "reason_not_considered"], find_look("online", ""))
    with pytest.raises(ValueError, match="parts that look alike"):
        draw_parts(UNASKED, "状況", parts, figure_of("total", 2), looks)


def test_a_part_that_has_no_look_is_refused_by_its_name() -> None:
    parts = [(f"部{place}", figure_of(f"m{place}", 1)) for place in range(9)]
    told = r"図の部分「m0」（m0）の色と模様が looks\.py で決まっていません"
    with pytest.raises(ReportError, match=told):
        draw_parts(UNASKED, "状況", parts, figure_of("total", 9))


STATUSES = [("済", "online", 1), ("着手済", "started", 2), ("未着手", "not_started", 3)]


@pytest.mark.parametrize("order", [STATUSES, STATUSES[::-1]])
def test_a_part_looks_as_what_it_means_wherever_it_stands(
    order: list[tuple[str, str, int]],
) -> None:
    parts = [(label, figure_of(measure, count)) for label, measure, count in order]
    drawn = fills_of(draw_parts(UNASKED, "状況", parts, figure_of("total", 6)).svg)
    looks = [find_look(measure, "") for _, measure, _ in order]
    assert drawn == ["url" if look.hatch else look.fill for look in looks]


def test_a_light_part_that_stands_first_has_a_dark_number() -> None:
    parts = [(label, figure_of(name, 3 if "not" in name else 0)) for label, name, _ in STATUSES]
    svg = draw_parts(UNASKED, "状況", parts, figure_of("total", 3)).svg
    assert fills_of(svg) == [find_look("not_started", "").fill]
    (link,) = re.findall(r'not_started"><title>.*?</a>', svg)[:1]
    number = re.search(r'<path [^>]*fill="#ffffff" /><text([^>]*)>3<', link)
    assert number
    assert "fill=" not in number[1]


def fills_of(svg: str) -> list[str]:
    """Return how the parts of the one bar are filled, from left to right; hatched: by `url`."""
    bars = re.findall(r'<path d="M([\d.]+) 3.96L[^>]*fill="(url|#\w+)', svg)
    return [fill for _, fill in sorted((float(left), fill) for left, fill in bars)]


def test_a_bare_number_is_refused() -> None:
    with pytest.raises((TypeError, AttributeError)):
        draw_rates("率", [("部", 12, None)], rate_of(1))  # type: ignore[list-item]
    with pytest.raises(TypeError, match="figures only"):
        Chart("図", "<svg/>", ("図",), (12,))  # type: ignore[arg-type]


@pytest.mark.parametrize("chart", [RATES, PARTS, STACKS])
def test_no_link_of_a_drawing_in_a_cell_has_an_href_that_jupyterlab_would_set(chart: Chart) -> None:
    """It sets the property of every `a` with the attribute, and an SVG link has none to set."""
    shown = Group((chart, Paragraph(chart.alt)))
    cell = shown._repr_mimebundle_()[0]["text/html"]
    (drawing,) = re.findall("<svg .*?</svg>", cell, re.DOTALL)
    assert drawing.count("<a ") == len(re.findall(' xlink:href="#2024-09-01/', drawing)) > 0
    assert not re.findall("<a [^>]* href=", drawing)
    assert re.findall('<a class="figure" href=', cell)
    assert from_cell(cell) == render(shown)


def test_the_rate_before_is_told_in_words_too() -> None:
    assert "今回・前回の順に、環境部 58.5%・1.8%、農林部 14.6%。" in RATES.alt_text


def test_a_whole_of_one_is_drawn_as_long_as_one_of_hundreds() -> None:
    rows = [
        ("大", [figure_of("reason_not_considered", 400), figure_of("reason_other", 28)],
         figure_of("t", 428)),
        ("小", [figure_of("reason_not_considered", 1, scope="gikai"),
               figure_of("reason_other", 0, scope="gikai")], figure_of("t", 1, scope="gikai")),
    ]  # fmt: skip
    chart = draw_stacks(UNASKED, "理由", rows, ["未検討", "その他"],
                        look_by_place(["reason_not_considered", "reason_other"]))  # fmt: skip
    assert chart.message[1] == "大"
    numbers = {box.figure_id: box for box in find_numbers(chart.svg)[1]}
    great = numbers["2024-09-01/kankyo/reason_not_considered"]
    small = numbers["2024-09-01/gikai/reason_not_considered"]
    assert abs(great.left - small.left) < 0.05


@pytest.mark.parametrize(
    ("chart", "told"),
    [(RATES, "最も高いのは環境部の58.5%、最も低いのは農林部の14.6%"),
     (PARTS, "1,601件のうち、「済」が1,600件で最も多い"), (STACKS, "")],
    ids=["rates", "parts", "one"],
)  # fmt: skip
def test_a_title_says_what_stands_out_in_figures_that_lead_to_their_lines(
    chart: Chart, told: str
) -> None:
    page = re.search("<figcaption>(.*?)</figcaption>", render(chart), re.DOTALL)
    assert page
    assert re.sub("<[^>]+>", "", page[1]) == chart.caption + (f"：{told}" if told else "")
    assert page[1].count('class="figure"') == (2 if told else 0)
    if told:
        assert told in text_of(export_pdf(notebook_of(chart))).replace("\n", "")


def test_two_that_are_alike_are_not_called_the_most() -> None:
    two = [("甲", figure_of("m", 3)), ("乙", figure_of("n", 3)), ("丙", figure_of("o", 1))]
    assert say_most(two) == ()
    assert say_ends(two) == ()
    assert say_contribution(two, figure_of("w", 7)) == ()
    assert (
        say_contribution([("甲", figure_of("m", 4)), ("乙", figure_of("n", -1))], figure_of("w", 3))
        == ()
    )
    assert say_contribution(two[1:], figure_of("w", -4)) == ()
    assert say_largest_part([("甲", figure_of("m", 0)), ("乙", figure_of("n", 0))], two[0][1]) == ()


def test_the_digits_of_a_name_that_others_chose_are_quoted() -> None:
    chart = draw_rates(
        "率",
        [(Quoted("5R課"), rate_of(96), rate_of(3, "b")), (Quoted("2課"), rate_of(6, "n"), None)],
        rate_of(60, "all"),
    )
    texts = read_page(render(chart)).texts
    assert not [text for text in texts if re.search(r"\d", text)]


@pytest.mark.parametrize(
    ("count", "rest", "has_room"),
    [(1, 290, False), (1, 28, True), (10, 290, False), (10, 190, True)],
)
def test_a_part_has_its_number_where_that_has_room(count: int, rest: int, has_room: bool) -> None:
    few, many = figure_of("reason_other", count), figure_of("reason_not_considered", rest)
    looks = look_by_place([few.measure, many.measure])
    row = ("環境部", [few, many], figure_of("total", count + rest))
    drawn = draw_stacks(UNASKED, "理由", [row], ["a", "b"], looks)
    assert (few.text in texts_of(drawn)) == has_room


@pytest.mark.parametrize(("now", "before"), [(72, 75), (20, 34)])
def test_a_bar_is_parted_by_no_number_and_by_no_line(now: int, before: int) -> None:
    rows = [("こども部", rate_of(now), rate_of(before, "before"))]
    svg = ElementTree.fromstring(draw_rates("率", rows, rate_of(60, "all")).svg)  # noqa: S314
    assert [own for own in svg.iter(f"{SVG}path") if own.get("fill") == "#ffffff"] == []
    lines = [own for own in svg.iter(f"{SVG}path") if own.get("stroke") == "#ffffff"]
    assert len(lines) == (now > 60)
    assert all(float(own.get("stroke-width", 1)) < 1 for own in lines)
