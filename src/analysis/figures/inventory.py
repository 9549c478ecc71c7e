"""The national inventory: which procedures the ministries themselves report as online.

source: デジタル庁「行政手続等の悉皆調査結果等」, a parquet as it is published, or a CSV with its
titles. It is the user's file, named by `cycle.toml`; what it says is compared, never counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from analysis.errors import SettingsError
from analysis.figures.laws import list_articles, list_citations
from analysis.texts import read_records

_AGENCY, _NAME, _LAW, _ARTICLE, _STATUS = _TITLES = (
    "所管府省庁", "手続名", "法令名", "根拠条項号", "オンライン化の実施状況",
)  # fmt: skip
_DONE = "実施済"
_PARQUET = ".parquet"
_SAID = {
    "workbook_not_file": "ファイルがありません（リンクやフォルダーは読みません）",
    "workbook_too_large": "50MBを超えています",
    "workbook_cells": "10万行か400万セルを超えています",
    "workbook_locked": "開けません",
}


class Reported(NamedTuple):
    """A procedure that a ministry reports as online, by what people find it there."""

    agency: str
    name: str
    law: str
    article: str


@dataclass(frozen=True)
class Inventory:
    """What is reported as online, by law and article. `name` is the file's, empty for none."""

    name: str = ""
    done: dict[tuple[str, str], tuple[Reported, ...]] = field(default_factory=dict)

    def find(self, law: str) -> Iterator[Reported]:
        """Yield what is reported under any of the articles that an answer names, each once."""
        seen: set[Reported] = set()
        for cited in list_citations(law):
            for article in cited.articles:
                for own in self.done.get((cited.law, article), ()):
                    if own not in seen:
                        seen.add(own)
                        yield own


NO_INVENTORY = Inventory()
"""What is compared with where the settings name no file."""


def read_inventory(path: Path | None) -> Inventory:
    """Return what an inventory's file reports as online; nothing where there is to be none.

    Raises SettingsError for a file that can't be read within bounds, or that lacks a column.
    """
    if path is None:
        return NO_INVENTORY
    # Most cycles name none, and what opens files takes long to import.
    from analysis.files.file import read_content  # noqa: PLC0415
    from analysis.files.sheet import UnreadableWorkbookError  # noqa: PLC0415

    where = f"{path.parent.name}/{path.name}"
    try:
        content = read_content(path)
        if not path.name.lower().endswith(_PARQUET):
            return _gather(path.name, _read_csv(path, where))
        return _read(path.name, where, content)
    except UnreadableWorkbookError as error:
        said = _SAID.get(error.code, "parquet として読めません")
        raise SettingsError(
            f"{where}: {said}。cycle.toml の inventory と、data/raw/{where} を確かめてください。"
        ) from None


@lru_cache(maxsize=1)
def _read(name: str, where: str, content: bytes) -> Inventory:
    """Return a parquet's: the same again for the same content, as several ledgers are made."""
    from analysis.files.parquet import read_parquet  # noqa: PLC0415 - as in `read_inventory`

    frame = read_parquet(content, _TITLES)
    if lacking := [title for title in _TITLES if title not in frame]:
        raise SettingsError(_say_lacking(where, lacking))
    columns = (frame[title].astype(object).where(frame[title].notna(), "") for title in _TITLES)
    return _gather(name, zip(*columns, strict=True))


def _read_csv(path: Path, where: str) -> Iterator[tuple[str, ...]]:
    records = read_records(path)
    titles = [title.strip() for title in next(records, (0, []))[1]]
    if lacking := [title for title in _TITLES if title not in titles]:
        raise SettingsError(_say_lacking(where, lacking))
    places = [titles.index(title) for title in _TITLES]
    for _, cells in records:
        # A short line has blanks at its end.
        yield tuple(cells[place] if place < len(cells) else "" for place in places)


def _say_lacking(where: str, lacking: Iterable[str]) -> str:
    return (
        f"{where}: 次の列がありません: {'、'.join(lacking)}。\n"
        "デジタル庁が公表した「行政手続等の悉皆調査結果等」の見出しのまま置いてください。"
    )


def _gather(name: str, rows: Iterable[tuple[str, ...]]) -> Inventory:
    done: dict[tuple[str, str], dict[Reported, None]] = {}
    for agency, procedure, law, article, status in rows:
        if status.lstrip("0123456789 　.") != _DONE:
            continue
        own = Reported(*(" ".join(text.split()) for text in (agency, procedure, law, article)))
        for cited in list_citations(law)[:1]:
            for number in _list_articles(article):
                done.setdefault((cited.law, number), {})[own] = None
    return Inventory(name, {key: tuple(own) for key, own in done.items()})


@lru_cache(maxsize=32768)
def _list_articles(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(list_articles(text)))
