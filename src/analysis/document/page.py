"""An HTML page: one self-contained file around a report's content.

The look and the script stand in `templates/`; the page's Content-Security-Policy names their
hashes and allows nothing else.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from analysis.document.blocks import Masthead, Paragraph
from analysis.document.html import render
from analysis.language.lexicon import Lexicon
from analysis.language.script import say_script
from analysis.looks import fill_css

STYLES = ("report.css", "panel.css", "print.css")
SCRIPTS = tuple(
    f"browser/{name}.js"
    for name in (
        "evidence",
        "arithmetic",
        "measure",
        "words",
        "printed",
        "recount",
        "dom",
        "idle",
        "list",
        "table",
        "panel",
        "toolbar",
        "start",
    )
)
"""The script's parts, in the order in which they build on one another."""

ENGLISH_SCRIPTS = (*SCRIPTS[:-1], "browser/english.js", SCRIPTS[-1])
"""The same of a page in English."""

NAVIGATOR = (
    "navigator/page.html.j2",
    ("report.css", "print.css", "navigator/navigator.css"),
    (
        "browser/dom.js",
        "navigator/decide.js",
        "navigator/sheet.js",
        "navigator/navigate.js",
    ),
)
"""The template, the styles and the script's parts of the navigator's page."""


def write_page(
    masthead: Masthead,
    content: Markup,
    sections: list[tuple[str, str]],
    payload: str,
    fingerprint: str,
    *,
    lexicon: Lexicon | None = None,
) -> str:
    """Return a whole page, by a lexicon in English.

    `content` is rendered HTML, `sections` the ids and titles of its second-level headings,
    `payload` the evidence of its figures, as `write_payload` returns it, `fingerprint` what the
    footer says of all that made the page.
    """
    return load_page(lexicon).render(
        masthead=masthead,
        say=str if lexicon is None else lexicon.say,
        content=content,
        sections=sections,
        payload=payload,
        fingerprint=fingerprint,
    )


def write_navigator_page(
    masthead: Masthead, data: str, missing: Paragraph | None, fingerprint: str
) -> str:
    """Return the page of the navigator: `data` is the JSON that its script reads, as it is written.

    Whatever of it HTML could read is escaped. `missing` says whose procedures are not in it.
    """
    escaped = data.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})
    return load_template(*NAVIGATOR).render(
        masthead=masthead,
        data=Markup(escaped),  # noqa: S704  nothing in it ends the element in which it stands
        missing=Markup(render(missing)) if missing else "",  # noqa: S704  a block's own rendering
        fingerprint=fingerprint,
    )


def load_page(lexicon: Lexicon | None) -> Template:
    """Return the template of a report's page, by a lexicon of one in English."""
    scripts = SCRIPTS if lexicon is None else ENGLISH_SCRIPTS
    return load_template("page.html.j2", STYLES, scripts, lexicon)


@cache
def load_template(
    name: str, styles: tuple[str, ...], scripts: tuple[str, ...], lexicon: Lexicon | None = None
) -> Template:
    """Read a template, and the style and the script that are the same on every page of it."""
    style, code = fill_css(_shorten_style(_read(styles))), _shorten(_read(scripts))
    if lexicon is not None:
        code = say_script(code, lexicon)
    # One scope of its own, so that the page's names and the script's can't meet.
    script = f'(async () => {{\n"use strict";\n{code}}})();\n'
    parts = {
        "style": Markup(style),  # noqa: S704  our own file
        "style_hash": _hash(style),
        "script": Markup(script),  # noqa: S704  our own files
        "script_hash": _hash(script),
    }
    environment = Environment(
        loader=PackageLoader("analysis.document"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name, globals=parts)


def _read(names: tuple[str, ...]) -> str:
    templates = files("analysis.document") / "templates"
    return "\n".join((templates / name).read_text(encoding="utf-8") for name in names)


def _shorten(source: str) -> str:
    """Return a script or a style without its comments and indents, which the sources keep."""
    lines = (line.strip() for line in source.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith(("//", "/*")))


def _shorten_style(style: str) -> str:
    """Return a style without what only makes its source readable; no string in it has such signs."""
    short = _shorten(style)
    for mark in ("{", "}", ";"):
        short = short.replace(f"{mark} ", mark).replace(f" {mark}", mark)
    return short


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
