"""An HTML page: one self-contained file around a report's content."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.report.blocks import Masthead


def write_page(masthead: Masthead, content: Markup, sections: list[tuple[str, str]]) -> str:
    """Return a whole page.

    `content` is rendered HTML, `sections` the ids and titles of its second-level headings.
    """
    style = (files("analysis.report") / "templates" / "report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            masthead=masthead,
            content=content,
            sections=sections,
            style=Markup(style),  # noqa: S704  our own file
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
