"""What every block is: something that a notebook's cell shows, in two renderings.

It is said in the language that the notebook's findings were loaded for.
"""

from typing import Any

from analysis.figures.asked import take_asked
from analysis.figures.own_code import note_own_code
from analysis.language.spoken import find_spoken, take_missing

Bundle = tuple[dict[str, Any], dict[str, Any]]

TYPST_MIME = "text/vnd.typst"
MASTHEAD_MIME = "application/vnd.analysis.masthead+json"
AS_SLIDES = "slides"
"""Under which key of a masthead's notice it stands as the slide of a presentation."""

ASKED = "analysis_asked"  # where a cell's output tells what was asked (see `asked`)
MISSING_WORDS = "analysis_missing_words"  # and which of its texts have no translation


class Block:
    """What a notebook cell can show: two renderings, and what was asked of the answers for it."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        # What says a block knows every one, so a block can't know it at import.
        from analysis.document.translate import translate  # noqa: PLC0415

        lexicon = find_spoken()
        shown = (self if lexicon is None else translate(self, lexicon)).write()
        note_own_code()
        missing = take_missing()
        return shown, {ASKED: take_asked()} | ({MISSING_WORDS: missing} if missing else {})

    def write(self) -> dict[str, Any]:
        """Return what a cell holds of the block as it stands, in its own language, by kind."""
        # Without a text of ours IPython writes out every figure, which is half of a saved notebook.
        called = getattr(self, "caption", getattr(self, "title", ""))
        plain = f"<{type(self).__name__} {called}>".replace(" >", ">")
        return {"text/plain": plain, **self._render()}

    def _render(self) -> dict[str, Any]:
        # The renderers know every block, too.
        from analysis.document import html, svg, typst  # noqa: PLC0415

        return {"text/html": svg.to_cell(html.render(self)), TYPST_MIME: typst.render(self)}
