"""XML parts read as a stream: each element by its local name, and the text of rich strings.

Local names, because an Excel file of the strict kind has the same elements in another namespace,
and because some programs write every element with a prefix.
"""

import re
from collections.abc import Callable, Mapping
from typing import IO, Generic, TypeVar
from xml.parsers import expat

from analysis.files.package import LONGEST_TOKEN, PIECE
from analysis.files.sheet import UnreadableWorkbookError

Attributes = Mapping[str, str]
Starts = Mapping[str, Callable[[Attributes], None]]
Ends = Mapping[str, Callable[[str], None]]

Handler = TypeVar("Handler")

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINE_END = re.compile(r"\r\n?")
_SPACES = "\t\n\r"


class Stream:
    """Feeds a part to handlers, a piece at a time.

    `starts` are called with the attributes, `ends` with the text since the last start or end that
    has a handler.
    """

    def __init__(self, source: IO[bytes], starts: Starts, ends: Ends) -> None:
        """Hold the open part and its handlers by local name."""
        self._source = source
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.CharacterDataHandler = self._text.append
        self._set_handlers(_ByLocalName(starts), _ByLocalName(ends), self._text)

    def feed(self) -> bool:
        """Parse one more piece; return False at the end of the part."""
        piece = self._source.read(PIECE)
        self._parser.Parse(piece, not piece)
        if sum(map(len, self._text)) > LONGEST_TOKEN:
            raise UnreadableWorkbookError("workbook_excessive", "長すぎる値")
        return bool(piece)

    def _set_handlers(
        self,
        starts: "_ByLocalName[Callable[[Attributes], None]]",
        ends: "_ByLocalName[Callable[[str], None]]",
        text: list[str],
    ) -> None:
        """Set functions rather than methods: they are called millions of times."""

        def start(name: str, attributes: dict[str, str]) -> None:
            handler = starts[name]
            if handler is not None:
                text.clear()
                handler(attributes)

        def end(name: str) -> None:
            handler = ends[name]
            if handler is not None:
                found = "".join(text) if text else ""
                text.clear()
                handler(found)

        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end


class _ByLocalName(dict[str, Handler | None], Generic[Handler]):
    """Handlers by element name, with any prefix; None for an element that has none."""

    def __missing__(self, name: str) -> Handler | None:
        handler = self[name] = self.get(name.rpartition(":")[2])
        return handler


class RichText:
    """Gathers one string: its text without phonetic runs (ふりがな), and how it is struck through.

    Give `starts` and `ends` to a Stream, `begin` at the string's start, and take it at its end.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.begin()
        self.starts: Starts = {
            "r": self._start_run,
            "rPr": self._start_properties,
            "strike": self._start_strike,
            "rPh": self._start_phonetic,
            "t": _ignore,
        }
        self.ends: Ends = {"t": self._end_text, "rPh": self._end_phonetic}

    def begin(self) -> None:
        """Forget what was gathered."""
        self._parts: list[str] = []
        self._is_phonetic = False
        self._has_font = self._is_struck = False
        self._fonts: set[bool | None] = set()

    def take(self) -> tuple[str, bool | None]:
        """Return the text, and whether it is struck; None if the cell's font decides."""
        text = decode_text("".join(self._parts))
        if False in self._fonts:
            return text, False
        return text, None if None in self._fonts or not self._fonts else True

    def _start_run(self, _: Attributes) -> None:
        self._has_font = self._is_struck = False

    def _start_properties(self, _: Attributes) -> None:
        self._has_font = True

    def _start_strike(self, attributes: Attributes) -> None:
        self._is_struck = is_on(attributes.get("val", "1"))

    def _start_phonetic(self, _: Attributes) -> None:
        self._is_phonetic = True

    def _end_phonetic(self, _: str) -> None:
        self._is_phonetic = False

    def _end_text(self, text: str) -> None:
        if self._is_phonetic:
            return
        self._parts.append(text)
        if text.strip():
            self._fonts.add(self._is_struck if self._has_font else None)


def is_on(value: str | None) -> bool:
    """Tell whether a flag of the file is set; LibreOffice writes true where Excel writes 1."""
    return value in {"1", "true", "on"}


def decode_text(text: str) -> str:
    """Return a text of the file as typed: `_x000D_` is a line end, `_x005F_` an underline.

    A control character stays escaped: no report could hold it.
    """
    if "_x" in text:
        text = _ESCAPED.sub(_decode, text)
    return decode_line_ends(text)


def decode_line_ends(text: str) -> str:
    """Return a text with every line end as a line feed."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def _decode(found: "re.Match[str]") -> str:
    character = chr(int(found[1], 16))
    return character if character.isprintable() or character in _SPACES else found[0]


def _ignore(_: Attributes) -> None:
    """Do nothing: only the text since this start is wanted."""


def _refuse_doctype(*_: object) -> None:
    raise UnreadableWorkbookError("workbook_doctype")
