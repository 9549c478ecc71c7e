"""What a page in English carries beside its blocks: words of its evidence, marks, links."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from markupsafe import Markup

from analysis.document.blocks import Masthead
from analysis.language.lexicon import JAPANESE_LETTERS, Lexicon
from analysis.names import ORIGINAL

# What the renderers say of their own.
_RENDERED = ("該当なし", "図の説明", "（続き）")
_TEXT = re.compile(r">([^<>]+)<")
_DRAWING = re.compile(r"(<svg\b.*?</svg>)", re.DOTALL)
# With the signs between and around, which are part of a name.
_STRETCH = re.compile(rf"[「『（]*[{JAPANESE_LETTERS}](?:[^<>&;\s]*[{JAPANESE_LETTERS}])?[）」』]*")
_PAGE_LINK = re.compile(r'<a href="([^"#/]+)\.(html|pdf)(#[^"]*)?"')
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
            cycle: {table: _word_columns(columns, say) for table, columns in tables.items()}
            for cycle, tables in content["tables"].items()
        },
    }


def _word(measure: Mapping[str, Any], lexicon: Lexicon) -> dict[str, Any]:
    unit = measure["unit"] | {"name": lexicon.say_unit(measure["unit"]["name"], "")}
    return {**measure, "label": lexicon.say(measure["label"]), "unit": unit}


def _word_columns(columns: Mapping[str, Any], say: Callable[[str], str]) -> dict[str, Any]:
    """Return a table's columns with the departments' names in English."""
    named = columns.get("department")
    if isinstance(named, dict):
        named = named | {"of": [name and say(name) for name in named["of"]]}
    elif named is not None:
        named = [name and say(name) for name in named]
    return {**columns, **({} if named is None else {"department": named})}


def finish_english(content: Markup, lexicon: Lexicon) -> str:
    """Return a page's content with the renderers' own words in English, what is Japanese marked."""
    written = str(content)
    for word in _RENDERED:
        said = str(Markup.escape(lexicon.say(word)))
        written = written.replace(f">{word}<", f">{said}<").replace(f'"{word}"', f'"{said}"')
    # A drawing is of words that are all in English.
    parts = _DRAWING.split(written)
    parts[::2] = [_TEXT.sub(lambda text: f">{_mark(text[1])}<", part) for part in parts[::2]]
    return "".join(parts)


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
