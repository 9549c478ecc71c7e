"""The prose of a notebook's markdown cells, as HTML and as Typst.

Sections of a report are second-level headings. A first-level one is the notebook's own title, whose
place in a report the masthead takes.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import mistune
from mistune.core import BaseRenderer, BlockState

from analysis.document.typst import literal, markup
from analysis.errors import ReportError

Token = dict[str, Any]

SECTION_LEVEL = 2


class _TypstRenderer(BaseRenderer):
    """Writes the tokens that a report may hold as Typst; every text becomes a string."""

    NAME = "typst"

    def render_token(self, token: Token, state: BlockState) -> str:  # noqa: PLR0911
        inner = self.render_tokens(token.get("children", []), state)
        attributes = token.get("attrs", {})
        match token["type"]:
            case "text" | "codespan":
                return markup(token["raw"])
            case "linebreak":
                return "#linebreak();"
            case "heading":
                return f"#heading(level: {attributes['level'] - 1})[{inner}]\n"
            case "paragraph":
                return f"#par[{inner}]\n"
            case "list":
                return f"#{'enum' if attributes['ordered'] else 'list'}({inner});\n"
            case "list_item":
                return f"[{inner}], "
            case "strong" | "emphasis" as kind:
                return f"#{'strong' if kind == 'strong' else 'emph'}[{inner}];"
            case "link":
                return f"#link({literal(attributes['url'])})[{inner}];"
            case _:
                return inner


_HTML = mistune.HTMLRenderer(escape=True)
_TYPST = _TypstRenderer()
_KNOWN = {
    "block_text",
    "codespan",
    "emphasis",
    "heading",
    "linebreak",
    "link",
    "list",
    "list_item",
    "paragraph",
    "softbreak",
    "strong",
    "text",
}


def parse(source: str) -> list[Token]:
    """Return a cell's block tokens, without first-level headings and blank lines.

    Raises ReportError for anything but headings, paragraphs, lists, emphasis, links and code: what
    one of the two renderings could not show must not silently be missing from it.
    """
    tokens = cast("list[Token]", mistune.create_markdown(renderer=None)(source))
    kept = [
        token
        for token in tokens
        if token["type"] != "blank_line"
        and not (token["type"] == "heading" and token["attrs"]["level"] < SECTION_LEVEL)
    ]
    unknown = {token["type"] for token in _walk(kept)} - _KNOWN
    if unknown:
        raise ReportError(
            "ノートブックの文章に、報告書で使えない書き方があります: "
            f"{'、'.join(sorted(unknown))}。"
            "\n見出し、段落、箇条書き、強調、リンク、コードだけを使ってください。"
        )
    return kept


def section_title(token: Token) -> str | None:
    """Return the text of a second-level heading, None for any other token."""
    if token["type"] != "heading" or token["attrs"]["level"] != SECTION_LEVEL:
        return None
    return "".join(part.get("raw", "") for part in _walk(token["children"]))


def say_prose(token: Token, say: Callable[[str], str]) -> Token:
    """Return a block token whose every text is said by `say`."""
    said = {**token}
    if token["type"] == "text":
        said["raw"] = say(token["raw"])
    if "children" in token:
        said["children"] = [say_prose(part, say) for part in token["children"]]
    return said


def to_html(token: Token) -> str:
    """Return a block token as HTML; raw HTML in it is text."""
    return _HTML([token], BlockState())


def to_typst(token: Token) -> str:
    """Return a block token as Typst markup."""
    return _TYPST([token], BlockState())


def _walk(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.get("children", []))
