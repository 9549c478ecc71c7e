"""Choices that look random and never change: they hang on the words they are made from."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


def draw(*words: str) -> int:
    """Draw a large number that depends on these words alone."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:8], "big")


def draw_percent(*words: str) -> int:
    """Draw a number from 0 to 99."""
    return draw(*words) % 100


def pick(options: Sequence[Option], *words: str) -> Option:
    """Pick one of the options; repeat an option to make it likelier."""
    return options[draw(*words) % len(options)]
