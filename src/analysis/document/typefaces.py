"""The type of the reports: files from pinned wheels, never a font of the system.

Noto Sans CJK JP sets everything; Noto Emoji and the other Noto faces step in for signs it lacks.
"""

from importlib.resources import files
from pathlib import Path

import manimgx_fonts
import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular

JAPANESE = "Noto Sans CJK JP"
REGULAR = Path(str(files(noto_cjk_sans_jp_regular) / "NotoSansCJKjp-Regular.otf"))
BOLD = Path(str(files(noto_cjk_sans_jp_bold) / "NotoSansCJKjp-Bold.otf"))

# A name in another script must be printed as it is written; a resident's language may be any.
_SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi",
    "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
_OTHERS = {
    "Noto Emoji": "NotoEmoji",
    "Noto Sans Symbols": "NotoSansSymbols",
    "Noto Sans": "NotoSans",
    **{f"Noto Sans {script}": f"NotoSans{script}" for script in _SCRIPTS},
}

FAMILIES = (JAPANESE, *_OTHERS)
"""The families used, in the order in which they are asked for a character."""

FILES = (
    REGULAR,
    BOLD,
    *(Path(str(files(manimgx_fonts) / f"{name}[wght].ttf")) for name in _OTHERS.values()),
)

FOLDERS = tuple(sorted({str(path.parent) for path in FILES}))
