"""The empty presentation, 16:9, in our type and colours, and how it becomes a file.

python-pptx brings a template of another shape, with pictures and layouts that nobody needs here.
"""

import datetime
import io
import re
import zipfile
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part, XmlPart
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from analysis.document.slides.fitted import Room
from analysis.document.text import printable
from analysis.looks import COLOURS

FONT = "Meiryo"
"""A type that staff have, on Windows and with Office on a Mac."""

WIDTH, HEIGHT = 960.0, 540.0
TITLE_ROOM = Room(44.0, 22.0, WIDTH - 2 * 44.0, 46.0)
_TITLE_ONLY, _RULE_HIGH = "Title Only", 2.0
# The first that a zip can tell: no clock is in it.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_FONT = re.compile(rb'(<a:(?:latin|ea) typeface=")[^"]*(")(?=/>|\s)')
_JAPANESE = re.compile(rb'(script="Jpan" typeface=")[^"]*(")')
_LINK = re.compile(rb"(<a:(?:hlink|folHlink)><a:srgbClr val=\")\w+(\")")


def open_blank(title: str, as_of: datetime.datetime) -> Any:
    """Return a presentation without slides, of one layout: a title with a rule below."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(WIDTH), Pt(HEIGHT)
    for layout in list(presentation.slide_layouts):
        if layout.name != _TITLE_ONLY:
            presentation.slide_layouts.remove(layout)
    (layout,) = presentation.slide_layouts
    layout._element.cSld.set("name", "表題と内容")
    for page in (layout.slide_master, layout):
        _place(page)
    _draw_rule(layout)
    _drop_surplus(presentation)
    told = presentation.core_properties
    told.title, told.author, told.last_modified_by = printable(title), "", ""
    told.language, told.revision = "ja-JP", 1
    told.created = told.modified = as_of
    return presentation


def save(presentation: Any) -> bytes:
    """Return a presentation's file: the same bytes for the same slides."""
    for part in presentation.part.package.iter_parts():
        if part.partname.startswith("/ppt/theme/"):
            _dress_theme(part)
    written, content = io.BytesIO(), io.BytesIO()
    presentation.save(written)
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(content, "w") as packed:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            packed.writestr(entry, made.read(name))
    return content.getvalue()


def _place(page: Any) -> None:
    """Put a page's title where it stands on ours; what else it has room for goes."""
    for shape in list(page.placeholders):
        if shape.placeholder_format.type is not None and shape == page.placeholders[0]:
            shape.left, shape.top, shape.width, shape.height = map(Pt, TITLE_ROOM)
        else:
            shape._element.getparent().remove(shape._element)


def _draw_rule(layout: Any) -> None:
    """Draw the rule below the title, which stands on every slide."""
    box = (TITLE_ROOM.left, TITLE_ROOM.top + TITLE_ROOM.height + 3, TITLE_ROOM.width, _RULE_HIGH)
    left, top, wide, high = map(Pt, box)
    ink = COLOURS["ink"].removeprefix("#")
    layout.shapes._spTree.append(
        parse_xml(
            f'<p:sp {nsdecls("a", "p")}><p:nvSpPr><p:cNvPr id="99" name="表題の下の線"/>'
            f'<p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
            f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            f'<a:solidFill><a:srgbClr val="{ink}"/></a:solidFill><a:ln><a:noFill/></a:ln>'
            "</p:spPr></p:sp>"
        )
    )


def _drop_surplus(presentation: Any) -> None:
    """Let go of the picture of another presentation and of the settings of somebody's printer."""
    surplus = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.PRINTER_SETTINGS)
    for owner in (presentation.part.package, presentation.part):
        for key, relation in list(owner._rels.items()):
            if relation.reltype in surplus:
                owner._rels.pop(key)


def _dress_theme(part: Part) -> None:
    """Name our type for both scripts; a link has the colour of ink, as numbers are links."""
    ink = COLOURS["ink"].removeprefix("#").upper().encode()
    theme = _FONT.sub(rb"\g<1>" + FONT.encode() + rb"\g<2>", part.blob)
    theme = _JAPANESE.sub(rb"\g<1>" + FONT.encode() + rb"\g<2>", theme)
    theme = _LINK.sub(rb"\g<1>" + ink + rb"\g<2>", theme)
    if isinstance(part, XmlPart):
        part._element = parse_xml(theme)
    else:
        part._blob = theme
