"""What a page's script says, in English: its literals, found in the catalogue like any text.

A template literal is a phrase whose holes are its expressions: `{a}`, `{b}`, … in their order.
English puts these in an order of its own.
"""

import json
import re
from string import ascii_lowercase

from analysis.language.lexicon import Lexicon
from analysis.language.phrase import IN_JAPANESE

_WORD = re.compile(r"[^\W\d_]+(?=:)")
# A sign in quotes of the other kind: our scripts have no text in them.
_SIGN = re.compile(r"'[^'\n]*'")
_HOLE = re.compile(r"\{(\w+)\}")


def say_script(script: str, lexicon: Lexicon) -> str:
    """Return a script whose every Japanese literal is in English; what is missing is noted."""
    return _Reader(script, lexicon).read()


class _Reader:
    def __init__(self, script: str, lexicon: Lexicon) -> None:
        self._script, self._lexicon, self._at = script, lexicon, 0

    def read(self, until: str = "") -> str:
        """Return what stands up to a closing sign, or to the end, in English."""
        written, depth = [], 0
        while self._at < len(self._script):
            sign = self._script[self._at]
            if sign == until and depth == 0:
                break
            depth += (sign == "{") - (sign == "}")
            if sign == '"':
                written.append(self._read_string())
            elif sign == "`":
                written.append(self._read_template())
            elif sign == "'" and (quoted := _SIGN.match(self._script, self._at)):
                written.append(quoted[0])
                self._at = quoted.end()
            elif IN_JAPANESE.match(sign) and (key := _WORD.match(self._script, self._at)):
                self._at = key.end()
                written.append(_write(self._say(key[0])))
            else:
                written.append(sign)
                self._at += 1
        return "".join(written)

    def _read_string(self) -> str:
        text, end = json.JSONDecoder().raw_decode(self._script, self._at)
        own = self._script[self._at : end]
        self._at = end
        is_ours = IN_JAPANESE.search(text) or self._find(text) != text
        return _write(self._say(text)) if is_ours else own

    def _read_template(self) -> str:
        parts, literal = [], ""
        self._at += 1
        while (sign := self._script[self._at]) != "`":
            if self._script.startswith("${", self._at):
                self._at += 2
                parts += [literal, self.read(until="}")]
                literal = ""
                self._at += 1
                continue
            size = 2 if sign == "\\" else 1
            literal += self._script[self._at : self._at + size]
            self._at += size
        self._at += 1
        parts.append(literal)
        holes = dict(zip(ascii_lowercase, parts[1::2], strict=False))
        key = parts[0] + "".join(
            f"{{{hole}}}{after}" for hole, after in zip(holes, parts[2::2], strict=True)
        )
        if self._find(key) in (None, key) and not IN_JAPANESE.search(key):
            between = zip(holes.values(), parts[2::2], strict=True)
            return f"`{parts[0]}" + "".join(f"${{{own}}}{after}" for own, after in between) + "`"
        said = _HOLE.split(self._say(key))
        written = [
            f"${{{holes[part]}}}" if place % 2 else _escape(part) for place, part in enumerate(said)
        ]
        return f"`{''.join(written)}`"

    def _find(self, key: str) -> str | None:
        return self._lexicon.script.get(key) or self._lexicon.find_key(key)

    def _say(self, key: str) -> str:
        known = self._find(key)
        if known is None:
            self._lexicon.miss(key)
        return known or key


def _write(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")


def _escape(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("$", "\\$")
    return escaped.replace("<", "\\u003c")
