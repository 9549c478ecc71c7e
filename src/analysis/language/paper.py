"""What the template of the PDF says of its own, in English."""

import json
import re

from analysis.language.lexicon import SIGNS, Lexicon
from analysis.language.phrase import JAPANESE_LETTERS

_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
_STRING = re.compile(rf'"([^"\n]*[{JAPANESE_LETTERS}][^"\n]*)"')
_CONTENT = re.compile(rf"[^\[\]\"*#\n]*[{JAPANESE_LETTERS}][^\[\]\"*#\n]*")
_JAPANESE = 'lang: "ja", region: "jp"'


def say_template(template: str, lexicon: Lexicon) -> str:
    """Return the template with its own words in English; what stays Japanese is marked as that."""
    said = _STRING.sub(lambda text: _write(text[1], lexicon), _COMMENT.sub("", template))
    said = _CONTENT.sub(
        lambda text: f" #{_write(text[0], lexicon)};" + " " * text[0].endswith(" "), said
    )
    said = said.replace("\u3000", lexicon.say("\u3000")).translate(SIGNS)
    begin, own, rest = said.partition(_JAPANESE)
    line, end, rest = rest.partition("\n")
    # What is quoted is read aloud in its own language.
    mark = f'  show regex("[{JAPANESE_LETTERS}]+"): set text({_JAPANESE})\n'
    return f'{begin}lang: "en"{line}{end}{mark if own else ""}{rest}'


def _write(text: str, lexicon: Lexicon) -> str:
    return json.dumps(lexicon.say(text.strip("\u3000 ")), ensure_ascii=False)
