"""The columns under a list's header: what each is called, and the field that its title means.

Nothing of a person is taken: who answered, or where to call.
"""

from collections import Counter
from dataclasses import dataclass

from analysis.files.sheet import address
from analysis.intake.titles import rank_title
from analysis.questionnaire.spellings import match_key
from analysis.survey.table.header import RESPONDENT, Header, Title


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: which it is, its title, and the field that it is taken for, and why.

    `field` is empty for one that is none of the survey's known ones; `kept` is False for one that
    is left out, as `why` says.
    """

    number: int
    title: str
    letter: str
    field: str = ""
    why: str = ""
    kept: bool = True

    @property
    def name(self) -> str:
        """What its texts are called: by its field, or else by its number."""
        return self.field or f"column_{self.number:02}"


def name_columns(header: Header) -> tuple[ListColumn, ...]:
    """Return the columns under a header, each with the field that its title means."""
    texts = _read_texts(header)
    best = dict(header.columns)
    for field, title in header.twice:
        if rank_title(field.name, title.text) < rank_title(field.name, texts[best[field.name]]):
            best[field.name] = title.column
    guessed = {title.column: spelling for _, title, spelling in header.guessed}
    fields = {column: name for name, column in best.items()}
    columns = []
    for number, text in sorted(texts.items()):
        letter = address(1, number)[:-1]
        if number in fields:
            why = "見出しが似ている" if number in guessed else "見出しが同じ意味の語"
            columns.append(ListColumn(number, text, letter, fields[number], why))
        elif RESPONDENT.match(match_key(text)):
            why = "回答した人や連絡先の列なので、読みません"
            columns.append(ListColumn(number, text, letter, why=why, kept=False))
        else:
            columns.append(ListColumn(number, text, letter))
    return tuple(columns)


def _read_texts(header: Header) -> dict[int, str]:
    """Return the titles by column, each on one line, and no two that would be read as one."""
    # Those over the table, of which some may be a note beside it, are told by their own row.
    titles: list[Title] = [
        *(title for title in header.others if title.row >= header.first_row),
        *(title for _, title in header.twice),
        *(title for _, title, _ in header.guessed),
    ]
    texts = {title.column: title.text for title in titles}
    cells = header.sheet.cells
    for column in header.columns.values():
        rows = range(header.last_row, header.first_row - 1, -1)
        own = (cells.get(row, {}).get(column) for row in rows)
        texts.setdefault(column, next((e.text for e in own if e and e.text.strip()), ""))
    met: Counter[str] = Counter()
    told = {}
    for column, text in sorted(texts.items()):
        line = one_line(text) or "（見出しなし）"
        met[match_key(line)] += 1
        count = met[match_key(line)]
        told[column] = line if count == 1 else f"{line}〔{count}列目〕"
    return told


def one_line(text: str) -> str:
    """Return a text as a name can be: on one line, without what steers a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
