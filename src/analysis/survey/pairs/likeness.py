"""Judge by name and law whether what stands under one id in two cycles can be one procedure."""

from analysis.questionnaire.spellings import match_key

LEAST_ALIKE = 60
"""From how many of 100 on two names are alike enough for one procedure to be proposed."""

IDENTICAL = 100


def measure_likeness(name: str, other: str) -> int:
    """Return how alike two names are, of 100; IDENTICAL also where either is missing."""
    keys = [match_key(text) for text in (name, other)]
    if keys[0] == keys[1] or not all(keys):
        return IDENTICAL
    # Few surveys need it: not loaded for those that don't.
    from rapidfuzz import fuzz  # noqa: PLC0415

    return int(fuzz.ratio(*keys))


def are_other_laws(law: str, other: str) -> bool:
    """Tell whether two laws are others: both stated, and neither only more exact (墓地法第5条)."""
    keys = [match_key(text) for text in (law, other)]
    return keys[0] not in keys[1] and keys[1] not in keys[0]
