"""A second witness: figures recounted from the raw workbooks by code that knows none of ours.

It reads the workbooks with openpyxl, counts with plain Python and rounds exact fractions. What it
knows of the survey are the words of the form, below, and what `cycle.toml`, `corrections.toml` and
the guideline say. What it is compared with is the built `figures.csv`.
"""

import ast
import csv
import math
import random
import re
import shutil
import sys
import tomllib
import unicodedata
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import openpyxl
import pytest

SEED = 20250110

FORM: dict[str, tuple[str, dict[str, str]]] = {
    "procedure_id": ("手続きID", {}),
    "section": ("課名", {}),
    "name": ("手続き名", {}),
    "law": ("根拠法令等", {}),
    "status": (
        "オンライン化の状況",
        {"オンライン化済": "online", "着手済": "started", "未着手": "not_started"},
    ),
    "reason": (
        "未着手の理由",
        {
            "未検討": "not_considered",
            "他機関の事務（市は受付のみ）": "other_agency",
            "現行法制度上不可": "law_prevents",
            "その他理由で不可": "other",
        },
    ),
    "law_kind": (
        "根拠区分",
        {"法令": "statute", "条例・規則": "ordinance", "要綱等": "outline"},
    ),
    "identity": (
        "現在の本人確認",
        {
            "実印＋印鑑証明": "seal_certificate",
            "対面での身元確認等": "in_person",
            "認印・自署": "signature",
            "不要": "none",
        },
    ),
    "attachment": ("添付書類", {"あり": "yes", "なし": "no"}),
    "original_basis": (
        "原本提出の根拠",
        {"法令": "statute", "法令以外": "other", "なし": "none"},
    ),
    "in_house": ("庁内で確認可能な添付", {"はい": "yes", "いいえ": "no"}),
    "fee": ("手数料", {"あり": "yes", "なし": "no"}),
}
STATUSES = {
    "total": {"online", "started", "not_started"},
    "online": {"online"},
    "not_online": {"started", "not_started"},
    "started": {"started"},
    "not_started": {"not_started"},
}
ROUTES = {"promote": {"not_considered", "other"}, "lobby": {"other_agency", "law_prevents"}}
WITNESSED = re.findall(
    r'^id = "(\w+)"$',
    (Path(__file__).parents[1] / "examples/demo/data/raw/guideline/2024.toml").read_text("utf-8"),
    re.MULTILINE,
)
"""The guideline's entries, each a measure."""
TRANSITIONS = {
    "new", "abolished", "went_online", "left_online", "renamed", "moved",
    "paired_id", "paired_name", "paired_confirmed",
}  # fmt: skip
LEVELS = ("all", "department", "section")

Answers = dict[str, str]
Where = dict[str, set[str]]


class Value(NamedTuple):
    """What the witness says: the reported value (None: a share of nothing) and its two counts."""

    value: Decimal | None
    numerator: int | None = None
    denominator: int | None = None


class Witness:
    """Recounts figures from one folder of raw data."""

    def __init__(self, raw: Path) -> None:
        self.raw = raw

    @cache  # noqa: B019
    def settings(self, cycle: str) -> dict[str, Any]:
        return tomllib.loads((self.raw / cycle / "cycle.toml").read_text(encoding="utf-8"))

    @cache  # noqa: B019
    def guideline(self, cycle: str) -> dict[str, Where]:
        path = self.raw / "guideline" / self.settings(cycle)["guideline"]
        entries = []
        for section in tomllib.loads(path.read_text(encoding="utf-8"))["sections"]:
            entries += section["rows"]
            entries += [item for box in section.get("boxes", []) for item in box["items"]]
        return {
            entry["id"]: {field: set(codes) for field, codes in entry["where"].items()}
            for entry in entries
            if "id" in entry
        }

    @cache  # noqa: B019
    def corrections(self, cycle: str) -> dict[tuple[str, str], str]:
        path = self.raw / cycle / "corrections.toml"
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("correction", [])
        return {(fold(e["procedure_id"]), e["field"]): e["value"] for e in entries}

    @cache  # noqa: B019
    def procedures(self, cycle: str, slug: str) -> list[Answers]:
        """Read a department's workbook: one dict of codes a procedure."""
        settings = self.settings(cycle)
        (name,) = [d["workbook"] for d in settings["departments"] if d["slug"] == slug]
        book = openpyxl.load_workbook(self.raw / cycle / name, data_only=True)
        for sheet in book.worksheets:
            lines = [[fold(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            columns, start = find_header(lines, settings["headers"])
            if columns:
                return list(self._read(cycle, lines[start:], columns))
        raise AssertionError(f"no header in {name}")

    def _read(self, cycle: str, lines: list[list[str]], columns: dict[str, int]) -> Any:
        answers = self.settings(cycle)["answers"]
        known = {
            field: {fold(label): code for label, code in labels.items()}
            | {fold(alias): labels[label] for alias, label in answers.get(field, {}).items()}
            for field, (_, labels) in FORM.items()
            if labels
        }
        section = ""
        for line in lines:
            number = line[columns["procedure_id"]]
            # Totals, blank rows and footnotes have no number of two parts.
            if not re.fullmatch(r"[0-9]+-[0-9]+", number):
                continue
            section = line[columns["section"]] or section
            procedure = {"section": section, "procedure_id": number}
            procedure |= {field: line[columns[field]] for field in ("name", "law")}
            for field, codes in known.items():
                text = self.corrections(cycle).get((number, field), line[columns[field]])
                if text:
                    procedure[field] = codes[fold(text)]
            yield procedure

    def count_transitions(self, cycle: str) -> Counter[tuple[str, str]]:
        """Pair the procedures of a cycle and the one before, and count what became of them.

        Counted by scope (the city and its departments) and measure.
        """
        now, before = (self._by_id(one) for one in (cycle, self.settings(cycle)["previous"]))
        partners = {own: (own, "id") for own in now if own in before}
        partners |= self._pair_names(
            {own: row for own, row in now.items() if own not in before},
            {own: row for own, row in before.items() if own not in now},
        )
        with (self.raw / cycle / "matches.csv").open(encoding="utf-8-sig", newline="") as file:
            for line in csv.DictReader(file):
                if line["previous_id"] and line["current_id"]:
                    partners.setdefault(line["current_id"], (line["previous_id"], "confirmed"))
        counted: Counter[tuple[str, str]] = Counter()
        gone = before.keys() - {own for own, _ in partners.values()}
        moves = [("abolished", before[own]["slug"]) for own in gone]
        for own, row in now.items():
            names = ["new"]
            if own in partners:
                partner, way = partners[own]
                names = [f"paired_{way}", *self._compare(row, before[partner])]
            moves += [(name, row["slug"]) for name in names]
        for name, slug in moves:
            counted["all", name] += 1
            counted[slug, name] += 1
        return counted

    def _by_id(self, cycle: str) -> dict[str, Answers]:
        return {
            row["procedure_id"]: row | {"slug": department["slug"]}
            for department in self.settings(cycle)["departments"]
            for row in self.procedures(cycle, department["slug"])
        }

    @staticmethod
    def _pair_names(
        now: dict[str, Answers], before: dict[str, Answers]
    ) -> dict[str, tuple[str, str]]:
        """Pair procedures by department, name and law, each of which either side has once."""
        found: dict[tuple[str, ...], tuple[list[str], list[str]]] = {}
        for side, rows in enumerate((now, before)):
            for own, row in rows.items():
                key = (row["slug"], row["name"], row["law"])
                found.setdefault(key, ([], []))[side].append(own)
        return {
            here[0]: (there[0], "name")
            for here, there in found.values()
            if len(here) == len(there) == 1
        }

    @staticmethod
    def _compare(now: Answers, before: Answers) -> list[str]:
        online, was_online = (row["status"] == "online" for row in (now, before))
        differs = {field: now[field] != before[field] for field in ("name", "section", "slug")}
        told = {
            "went_online": online and not was_online,
            "left_online": was_online and not online,
            "renamed": differs["name"],
            "moved": differs["section"] or differs["slug"],
        }
        return [name for name, holds in told.items() if holds]

    def _rows(self, cycle: str, scope: str) -> list[Answers]:
        if scope == "all":
            slugs = [department["slug"] for department in self.settings(cycle)["departments"]]
            return [row for slug in slugs for row in self.procedures(cycle, slug)]
        slug, _, section = scope.partition(".")
        rows = self.procedures(cycle, slug)
        return [row for row in rows if not section or row["section"] == fold(unquote(section))]

    def _count(self, cycle: str, scope: str, where: Where) -> int:
        return sum(
            all(row.get(field) in codes for field, codes in where.items())
            for row in self._rows(cycle, scope)
        )

    def _condition(self, cycle: str, measure: str) -> Where:
        if measure in STATUSES:
            return {"status": STATUSES[measure]}
        if measure.startswith("reason_"):
            reasons = {measure.removeprefix("reason_")}
            return {"status": {"not_started"}, "reason": reasons}
        if measure.startswith("route_"):
            return {"status": {"not_started"}, "reason": ROUTES[measure.removeprefix("route_")]}
        entry = self.guideline(cycle)[measure.removesuffix("_open")]
        return entry | ({"status": STATUSES["not_online"]} if measure.endswith("_open") else {})

    def recount(self, cycle: str, scope: str, measure: str) -> Value:
        """Say what a figure ought to be."""
        if measure.endswith("_change"):
            base, before = measure.removesuffix("_change"), self.settings(cycle)["previous"]
            now, then = (self._exact(c, scope, base) for c in (cycle, before))
            if now is None or then is None:
                return Value(None)
            return Value(round_half_up(now - then, percent=base == "online_rate"))
        if measure == "online_rate" or measure.endswith("_share"):
            exact = self._exact(cycle, scope, measure)
            value = None if exact is None else round_half_up(exact, percent=True)
            return Value(value, *self._parts(cycle, scope, measure))
        count = self._count(cycle, scope, self._condition(cycle, measure))
        return Value(Decimal(count), count)

    def _parts(self, cycle: str, scope: str, measure: str) -> tuple[int, int]:
        part, whole = ("online", "total")
        if measure != "online_rate":
            part, whole = measure.removesuffix("_share"), "not_started"
        one, other = (self._count(cycle, scope, self._condition(cycle, m)) for m in (part, whole))
        return one, other

    def _exact(self, cycle: str, scope: str, measure: str) -> Fraction | None:
        if measure == "online_rate" or measure.endswith("_share"):
            part, whole = self._parts(cycle, scope, measure)
            return Fraction(part, whole) if whole else None
        return Fraction(self._count(cycle, scope, self._condition(cycle, measure)))


def fold(value: object) -> str:
    """Return a cell's text as it is compared: one width, no blanks."""
    text = unicodedata.normalize("NFKC", "" if value is None else str(value))
    return re.sub(r"\s", "", text)


def find_header(lines: list[list[str]], aliases: dict[str, str]) -> tuple[dict[str, int], int]:
    """Return each field's column and the first row below, from the row that has every title."""
    titles = {fold(title): field for field, (title, _) in FORM.items()}
    titles |= {fold(alias): titles[fold(of)] for alias, of in aliases.items() if fold(of) in titles}
    for number, line in enumerate(lines):
        columns = {titles[text]: at for at, text in enumerate(line) if text in titles}
        if len(columns) == len(FORM):
            return columns, number + 1
    return {}, 0


def round_half_up(exact: Fraction, *, percent: bool) -> Decimal:
    """Round 四捨五入: to a whole number, or to one decimal of a percent."""
    scaled = abs(exact) * (1000 if percent else 1)
    whole = math.floor(scaled + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-1 if percent else 0)


def level_of(scope: str) -> str:
    return "all" if scope == "all" else "section" if "." in scope else "department"


def kind_of(measure: str) -> str | None:
    """Return as what kind of measure the witness knows it; None: not at all."""
    counts, guideline = "|".join(STATUSES), "|".join(WITNESSED)
    for kind, pattern in (
        ("rate change", r"online_rate_change"),
        ("change", rf"(?:{counts})_change"),
        ("rate", r"online_rate"),
        ("share", r"(?:reason|route)_.*_share"),
        ("reason", r"reason_.*"),
        ("route", r"route_.*"),
        ("count", counts),
        ("guideline", rf"(?:{guideline})(?:_open)?"),
    ):
        if re.fullmatch(pattern, measure):
            return kind
    return None


def read_figures(path: Path) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Return the lines that count one cycle's procedures, by their kind and level."""
    strata: dict[tuple[str, str], list[dict[str, str]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            _, scope, measure = line["figure_id"].split("/")
            kind = kind_of(measure)
            if kind is not None:
                strata.setdefault((kind, level_of(scope)), []).append(line)
    return strata


def disagreements(witness: Witness, lines: list[dict[str, str]]) -> list[str]:
    """Return each line that the witness sees otherwise, with both values."""
    wrong = []
    for line in lines:
        cycle, scope, measure = line["figure_id"].split("/")
        said = witness.recount(cycle, scope, measure)
        printed = Value(
            Decimal(line["value"]) if line["value"] else None,
            *(int(line[key]) if line[key] else None for key in ("numerator", "denominator")),
        )
        is_same = said.value == printed.value
        if not measure.endswith("_change"):
            is_same = is_same and said == printed
        if not is_same:
            wrong.append(f"{line['figure_id']}: {printed} is printed, {said} is counted")
    return wrong


@pytest.fixture(scope="module")
def drawn(figures_csv: Path) -> list[dict[str, str]]:
    """Twenty figures, one at random of each kind at each level."""
    chance = random.Random(SEED)  # noqa: S311
    strata = read_figures(figures_csv)
    return [chance.choice(strata[key]) for key in sorted(strata)]


@pytest.mark.slow
def test_twenty_figures_drawn_at_random_are_as_counted_from_the_workbooks(
    drawn: list[dict[str, str]], demonstration: Path
) -> None:
    assert len(drawn) == 20
    assert disagreements(Witness(demonstration / "data" / "raw"), drawn) == []


def test_the_draw_has_every_kind_at_every_level_and_both_cycles(
    drawn: list[dict[str, str]],
) -> None:
    ids = [line["figure_id"].split("/") for line in drawn]
    everywhere = ("count", "rate", "change", "rate change")
    assert {(kind_of(measure), level_of(scope)) for _, scope, measure in ids} == {
        *((kind, level) for kind in everywhere for level in LEVELS),
        *((k, level) for k in ("reason", "route", "share", "guideline") for level in LEVELS[:2]),
    }
    assert {cycle for cycle, _, _ in ids} == {"2024-03-31", "2024-09-01"}


@pytest.mark.slow
def test_what_became_of_procedures_is_as_paired_from_the_workbooks(
    figures_csv: Path, demonstration: Path
) -> None:
    counted = Witness(demonstration / "data" / "raw").count_transitions("2024-09-01")
    printed = {}
    with figures_csv.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            _, scope, measure = line["figure_id"].split("/")
            if measure in TRANSITIONS:
                printed[scope, measure] = int(line["value"])
    assert len(printed) == 21 * len(TRANSITIONS)
    assert {key: count for key, count in printed.items() if count} == dict(counted)
    assert {name for _, name in counted} == TRANSITIONS


def test_the_witness_disagrees_when_an_answer_was_changed_after_the_build(
    figures_csv: Path, demonstration: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(demonstration / "data" / "raw", raw)
    path = raw / "2024-09-01" / "農業委員会.xlsx"
    book = openpyxl.load_workbook(path)
    changed = next(
        cell
        for row in book.worksheets[0].iter_rows(min_row=7)
        for cell in row
        if cell.value == "オンライン化済" and row[0].value is not None
    )
    changed.value = "着手済"
    book.save(path)
    lines = [
        line
        for lines in read_figures(figures_csv).values()
        for line in lines
        if line["figure_id"].split("/")[1] == "nogyoiinkai"
    ]
    wrong = {text.split(":")[0] for text in disagreements(Witness(raw), lines)}
    told = {"online", "started", "not_online", "online_rate", "online_change"}
    assert {f"2024-09-01/nogyoiinkai/{measure}" for measure in told} <= wrong
    assert not [figure_id for figure_id in wrong if figure_id.startswith("2024-03-31")]
    assert "2024-09-01/nogyoiinkai/total" not in wrong


def test_the_witness_imports_nothing_of_ours() -> None:
    """Nor any module beside it, since these import ours."""
    imported = set()
    for node in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"openpyxl", "pytest"}
