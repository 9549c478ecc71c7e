"""Say a block in English: its texts by the lexicon, its figures as they are, with English units.

A sentence is found as a whole, its figures among its words, so that English can put them in its own
order. What is quoted from the answers stays Japanese, unless it is a name that has a translation.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from analysis.document.blocks import (
    Block,
    Bullets,
    Chart,
    Column,
    Group,
    Masthead,
    Paragraph,
    Table,
)
from analysis.document.inline import Cell, Inline, Link, Quoted, Shown, Strong
from analysis.document.slide import Slides
from analysis.document.tiles import Tiles
from analysis.figures.figure import Figure
from analysis.language.lexicon import Lexicon
from analysis.language.phrase import STRONG, read_token, write_token
from analysis.names import ENGLISH

_TOKENS = re.compile("([\U000f0000-\U000f7fff])")


def translate(block: Block, lexicon: Lexicon) -> Block:
    """Return a block in English; a text without a translation as it is, noted by the lexicon."""
    sentence = _Sentences(lexicon)
    match block:
        case Group(blocks=blocks):
            return Group(tuple(translate(part, lexicon) for part in blocks))
        case Masthead():
            return _translate_masthead(block, lexicon)
        case Paragraph(parts=parts):
            return replace(block, parts=sentence.say(parts))
        case Bullets(items=items):
            return Bullets(tuple(map(sentence.say, items)))
        case Table():
            return translate_table(block, lexicon)
    return _translate_drawn(block, lexicon)


def _translate_drawn(block: Block, lexicon: Lexicon) -> Block:
    sentence = _Sentences(lexicon)
    match block:
        case Tiles(tiles=tiles):
            return Tiles(
                tuple(
                    replace(
                        own,
                        label=lexicon.say(own.label),
                        shown=sentence.show(own.shown),
                        about=sentence.say(own.about),
                    )
                    for own in tiles
                )
            )
        case Chart(again=again) if again is not None:
            drawn = again(lexicon.say, lambda argument: _translate_argument(argument, lexicon))
            message: Any = sentence.say(drawn.message)
            return replace(drawn, message=message, joint=lexicon.say(drawn.joint))
        case Slides():
            # A presentation is in Japanese alone.
            return block
    raise TypeError(f"no English for {type(block).__name__}")


def _translate_masthead(block: Masthead, lexicon: Lexicon) -> Masthead:
    say, english = lexicon.say, dict(block.translated)

    def lead(file: str) -> str:
        stem, dot, suffix = file.rpartition(".")
        return f"{english.get(stem, stem)}{dot}{suffix}"

    return replace(
        block,
        title=say(block.title),
        subtitle=say(block.subtitle),
        notes=tuple(map(say, block.notes)),
        city=say(block.city),
        invented=block.invented and say(block.invented),
        notice=block.notice and translate(block.notice, lexicon),
        lang=ENGLISH,
        stem=dict(block.versions).get(ENGLISH, block.stem),
        beside=tuple((lead(file), say(name)) for file, name in block.beside),
        departments=tuple((file, say(name)) for file, name in block.departments),
    )


def translate_table(table: Table, lexicon: Lexicon) -> Table:
    """Return a table in English, as `translate` does."""
    say, sentence = lexicon.say, _Sentences(lexicon)

    def head(column: Column) -> Column:
        group = column.group and say(column.group)
        codes = tuple((code, say(text)) for code, text in column.codes)
        return replace(column, title=say(column.title), group=group, codes=codes)

    said = replace(
        table,
        caption=say(table.caption),
        columns=tuple(map(head, table.columns)),
        rows=tuple(tuple(map(sentence.cell, row)) for row in table.rows),
        notes=tuple(map(say, table.notes)),
        empty=say(table.empty) if not table.rows else table.empty,
        definition=table.definition and say(table.definition),
        on_paper=table.on_paper and translate_table(table.on_paper, lexicon),
        parted={at: sentence.say(parts) for at, parts in table.parted.items()},
    )
    # That it adds up was seen to when it was made.
    object.__setattr__(said, "total", table.total)
    return said


def translate_figure(figure: Figure, lexicon: Lexicon) -> Figure:
    """Return a figure with its names and its unit in English."""
    own = replace(figure.unit, name=lexicon.say_unit(figure.unit.name, figure.text))
    own = figure.unit if own == figure.unit else own
    label, scope = lexicon.say(figure.label), lexicon.say(figure.scope_name)
    return replace(figure, unit=own, label=label, scope_name=scope)


def _translate_argument(argument: Any, lexicon: Lexicon) -> Any:
    """Return what a chart is drawn of: labels and figures, within lists of these."""
    match argument:
        case str():
            return lexicon.say(argument)
        case Quoted(text=text):
            return Quoted(lexicon.say_name(text))
        case Figure():
            return translate_figure(argument, lexicon)
        case list() | tuple():
            parts = tuple(_translate_argument(part, lexicon) for part in argument)
            return type(argument)(*parts) if hasattr(argument, "_fields") else parts
    return argument


class _Sentences:
    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def say(self, parts: Sequence[Inline]) -> tuple[Inline, ...]:
        """Return a sentence in English."""
        held: list[Inline] = []
        text = self._write(parts, held)
        if not text:
            return ()
        said = self._lexicon.say(text)
        stretches = said.split(STRONG)
        read = [tuple(self._read(stretch, held)) for stretch in stretches]
        return tuple(
            part
            for place, own in enumerate(read)
            for part in ((Strong(own),) if place % 2 and own else own)  # type: ignore[arg-type]
        )

    def cell(self, cell: Cell) -> Cell:
        """Return a table's cell in English."""
        match cell:
            case str():
                return self._lexicon.say(cell) if cell else cell
            case Quoted() | Link():
                return self._hold(cell)  # type: ignore[return-value]
            case Shown():
                return self.show(cell)
        return cell

    def show(self, shown: Shown) -> Shown:
        """Return a number with its unit in English."""
        figure = shown.figure
        number = figure.magnitude if shown.magnitude else figure.text
        name = figure.unit.name if shown.unit is None else shown.unit
        return replace(shown, unit=self._lexicon.say_unit(name, number))

    def _write(self, parts: Sequence[Inline], held: list[Inline]) -> str:
        """Return a sentence as one text, and put aside what in it is no text of ours."""
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += part
            elif isinstance(part, Strong):
                text += f"{STRONG}{self._write(part.parts, held)}{STRONG}"
            else:
                text += write_token(len(held))
                held.append(self._hold(part))
        return text

    def _hold(self, part: Inline) -> Inline:
        match part:
            case Shown():
                return self.show(part)
            case Quoted(text=text):
                return Quoted("\n".join(map(self._lexicon.say_name, text.split("\n"))))
            case Link(text=text, about=about):
                said = about and self._lexicon.say(about)
                return replace(part, text=self._lexicon.say(text), about=said, joint="")
        return part

    def _read(self, text: str, held: Sequence[Inline]) -> Iterator[Inline]:
        for stretch in _TOKENS.split(text):
            if (token := read_token(stretch)) is not None:
                own, is_bare = held[token[0]], token[1]
                yield replace(own, unit="") if is_bare and isinstance(own, Shown) else own
            elif stretch:
                yield stretch
