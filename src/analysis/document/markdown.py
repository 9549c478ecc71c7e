"""The prose of a notebook's markdown cells, as HTML and as Typst.

Sections of a report are second-level headings. A first-level one is the notebook's own title, whose
place in a report the masthead takes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import mistune
from mistune.core import BaseRenderer, BlockState

from analysis.document.typst import literal, markup

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
            case "link" if attributes["url"].startswith("#"):
                # A place within the page: on paper it has no address.
                return inner
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
_NAMES = {
    "image": "画像",
    "block_code": "複数行のコード",
    "block_quote": "引用",
    "block_html": "HTML",
    "inline_html": "HTML",
    "thematic_break": "区切り線",
}
# A site, an address of mail, a file of the set or a place in one. What else a reader of PDF or
# JupyterLab would follow may run, or open a file of who reads it.
_SITE = r"https?://[^/?#]\S*|mailto:[^@\s]+@[^@\s]+"
_NAME = r"(?:[\w-]|%[89A-F][0-9A-F])+"
_OURS = rf"(?:(?:{_NAME}/)*{_NAME}\.\w+)?(?:#\S+)?"
_ADDRESS = re.compile(f"{_SITE}|{_OURS}", re.IGNORECASE)

USABLE = (
    "見出し、段落、箇条書き、強調、リンク、コードだけを使ってください。リンク先にできるのは、"
    "https://、http:// か mailto: で始まるものと、一式のファイル（例 overview.html#evidence）です。"
)
"""What prose may be made of, for who wrote something else."""


def parse(source: str) -> tuple[list[Token], list[str]]:
    """Return a cell's block tokens, and what in it a report can't have, for people.

    The tokens are without first-level headings and blank lines. But headings, paragraphs, lists,
    emphasis, links and code all is refused: what one of the two renderings could not show must not
    silently be missing from it. So is a link that leads elsewhere than USABLE says: in a heading
    that is left out too, as the executed notebook has it.
    """
    tokens = cast("list[Token]", mistune.create_markdown(renderer=None)(source))
    kept = [
        token
        for token in tokens
        if token["type"] != "blank_line"
        and not (token["type"] == "heading" and token["attrs"]["level"] < SECTION_LEVEL)
    ]
    unknown = {token["type"] for token in _walk(kept)} - _KNOWN
    wrong = sorted({_NAMES.get(kind, kind) for kind in unknown})
    return kept, [*wrong, *_find_astray(tokens)]


def _find_astray(tokens: list[Token]) -> Iterator[str]:
    for token in _walk(tokens):
        if token["type"] != "link":
            continue
        text, address = _read_text(token), token["attrs"]["url"]
        if not text.strip():
            yield f"文字のないリンク（リンク先 {address}）"
        elif not address:
            yield f"リンク先のないリンク「{text}」"
        elif not _ADDRESS.fullmatch(address):
            yield f"リンク「{text}」のリンク先 {address}"


def list_addresses(source: str) -> list[str]:
    """Return the addresses to which a cell's prose links, in order, as they stand in a page.

    >>> list_addresses("[全体](overview.html#evidence)、[市](https://example.org/)")
    ['overview.html#evidence', 'https://example.org/']
    """
    tokens = cast("list[Token]", mistune.create_markdown(renderer=None)(source))
    return [token["attrs"]["url"] for token in _walk(tokens) if token["type"] == "link"]


def unlink(token: Token, is_gone: Callable[[str], bool]) -> Token:
    """Return a block token in which a link to an address that is gone is its text alone."""
    said = {**token}
    if token["type"] == "link" and is_gone(token["attrs"]["url"]):
        said = {"type": "text", "raw": _read_text(token)}
    elif "children" in token:
        said["children"] = [unlink(part, is_gone) for part in token["children"]]
    return said


def _read_text(token: Token) -> str:
    return "".join(part.get("raw", "") for part in _walk(token["children"]))


def section_title(token: Token) -> str | None:
    """Return the text of a second-level heading, None for any other token."""
    if token["type"] != "heading" or token["attrs"]["level"] != SECTION_LEVEL:
        return None
    return _read_text(token)


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
