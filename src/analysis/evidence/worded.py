"""What a page in English carries beside its blocks: words of its evidence, marks, links."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import quote, unquote

from markupsafe import Markup

from analysis.document.blocks import Masthead
from analysis.evidence.columns import read_column, write_column
from analysis.language.lexicon import Lexicon
from analysis.language.phrase import JAPANESE_LETTERS
from analysis.names import ORIGINAL

# What the renderers say of their own.
_RENDERED = ("該当なし", "図の説明", "（続き）")
_PAST = re.compile(r'(<a class="skip past"[^>]*>)([^<]*)')
_TEXT = re.compile(r'(?<!lang="ja")>([^<>]+)<')
_QUOTED = re.compile(rf'(<t[dh][^>]*[ "]quoted")>(?=[^<]*[{JAPANESE_LETTERS}][^<]*</t)')
_DRAWING = re.compile(r"(<svg\b.*?</svg>)", re.DOTALL)
# With the signs between and around, which are part of a name.
_STRETCH = re.compile(rf"[「『（]*[{JAPANESE_LETTERS}](?:[^<>&;\s]*[{JAPANESE_LETTERS}])?[）」』]*")
_NAMED = re.compile(rf'aria-label="[^"]*[{JAPANESE_LETTERS}][^"]*"(>\s*<table>\s*<caption)>')
_PAGE_LINK = re.compile(r'<a href="([^"#/]+)\.(\w+)(#[^"]*)?"')
_PAPER_LINK = re.compile(r'link\("([^"#/]+)\.pdf(?=["#])')


def word_payload(content: Mapping[str, Any], lexicon: Lexicon) -> dict[str, Any]:
    """Return the evidence of a page with what its script prints in English.

    What stands in the workbooks' cells, and the names of procedures, stay as they are.
    """
    say = lexicon.say
    fields = {
        name: (say(title), {code: say(label) for code, label in codes.items()})
        for name, (title, codes) in content["fields"].items()
    }
    return {
        **content,
        "scopes": [own | {"name": say(own["name"])} for own in content["scopes"]],
        "measures": {name: _word(own, lexicon) for name, own in content["measures"].items()},
        "fields": fields,
        "nouns": {table: say(noun) for table, noun in content["nouns"].items()},
        "tables": {
            cycle: {
                table: _word_columns(columns, content["fields"], say)
                for table, columns in tables.items()
            }
            for cycle, tables in content["tables"].items()
        },
    }


def _word(measure: Mapping[str, Any], lexicon: Lexicon) -> dict[str, Any]:
    unit = measure["unit"] | {"name": lexicon.say_unit(measure["unit"]["name"], "")}
    return {**measure, "label": lexicon.say(measure["label"]), "unit": unit}


def _word_columns(
    columns: Mapping[str, Any], fields: Mapping[str, Any], say: Callable[[str], str]
) -> dict[str, Any]:
    """Return a table's columns with the departments' names in English.

    What a cell holds is said where it is no longer what its answer is called.
    """
    said = dict(columns)
    if "department" in said:
        said["department"] = _change(said["department"], lambda name: name and say(name))
    for field, (_, names) in fields.items():
        if names and f"{field}_raw" in said:
            pairs = zip(read_column(said[field]), read_column(said[f"{field}_raw"]), strict=True)
            raws = [names.get(own) if raw is None else raw for own, raw in pairs]
            said[f"{field}_raw"] = write_column(raws)
    return said


def _change(column: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(column, dict):
        return column | {"of": list(map(change, column["of"]))}
    return list(map(change, column))


def finish_english(content: Markup, lexicon: Lexicon) -> str:
    """Return a page's content with the renderers' own words in English, what is Japanese marked."""
    written = str(content)
    for word in _RENDERED:
        said = str(Markup.escape(lexicon.say(word)))
        written = written.replace(f">{word}<", f">{said}<").replace(f'"{word}"', f'"{said}"')
    written = _PAST.sub(lambda link: link[1] + _say_escaped(link[2], lexicon), written)
    # A name in two languages is read by the element that it stands in, where these are marked.
    places = count(1)
    written = _NAMED.sub(
        lambda found: (
            f'aria-labelledby="{(name := f"named-{next(places)}")}"{found[1]} id="{name}">'
        ),
        written,
    )
    written = _QUOTED.sub(rf'\1 lang="{ORIGINAL}">', written)
    # A drawing is of words that are all in English.
    parts = _DRAWING.split(written)
    parts[::2] = [_TEXT.sub(lambda text: f">{_mark(text[1])}<", part) for part in parts[::2]]
    return "".join(parts)


def _say_escaped(text: str, lexicon: Lexicon) -> str:
    return str(Markup.escape(lexicon.say(unescape(text))))


def _mark(text: str) -> str:
    return _STRETCH.sub(lambda name: f'<span lang="{ORIGINAL}">{name[0]}</span>', text)


def lead_to_versions(written: str, masthead: Masthead) -> str:
    """Return HTML or Typst whose links lead to the pages in its language; others say theirs."""
    known = dict(masthead.translated)

    def name(stem: str) -> str:
        return quote(known.get(unquote(stem), unquote(stem)))

    def lead(link: re.Match[str]) -> str:
        told = "" if unquote(link[1]) in known else f' hreflang="{ORIGINAL}"'
        return f'<a href="{name(link[1])}.{link[2]}{link[3] or ""}"{told}'

    written = _PAGE_LINK.sub(lead, written)
    return _PAPER_LINK.sub(lambda link: f'link("{name(link[1])}.pdf', written)
