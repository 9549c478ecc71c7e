"""Read the id of a figure as people write one: its scope and its measure by the names on a page."""

from analysis.cycle import WHOLE
from analysis.cycle_toml import WHOLE_SHORT
from analysis.figures.figure import split_id
from analysis.figures.findings import LATEST, Findings, load_findings
from analysis.figures.ledger import Ledger
from analysis.names import name_ledger, spell_cycle
from analysis.questionnaire.spellings import match_key


def load_named(written: str) -> tuple[Findings, str]:
    """Load the findings that a figure is one of, and return them with its id as written, in full.

    One that begins with no cycle (`市全体/オンライン化率`) is the latest cycle's. Raises as
    `load_findings` does; whether there is such a figure is not looked at.
    """
    if written.count("/") == 1:
        findings = load_findings(LATEST)
        return findings, f"{findings.cycle.name}/{written}"
    return load_findings(name_ledger(split_id(written)[0])), written


def read_id(ledger: Ledger, written: str) -> str:
    """Return the id that is meant by one in which scope or measure are called as reports call them.

    The whole city has two names that it may be called by.
    A section may be named without its department where no other has one of that name. What is
    called so by nobody, or by several, is left as it stands.

    >>> read_id(ledger, "2024-09-01/環境部/オンライン化率")
    '2024-09-01/kankyo/online_rate'
    >>> read_id(ledger, "2024-09-01/環境政策課/total")
    '2024-09-01/kankyo.環境政策課/total'
    """
    cycle, scope, measure = split_id(written)
    cycle = spell_cycle(cycle)
    scopes = [(named.name, named.slug) for named in ledger.scopes.values()]
    sections = [(name.partition(" ")[2], slug) for name, slug in scopes if " " in name]
    measures = [(item.label, name) for name, item in ledger.items.items()]
    slug = _find(scope, [*scopes, (WHOLE_SHORT, WHOLE)]) or _find(scope, sections) or scope
    return f"{cycle}/{slug}/{_find(measure, measures) or measure}"


def _find(written: str, named: list[tuple[str, str]]) -> str | None:
    """Return what alone has this name, whatever the width of its signs and its blanks."""
    key = match_key(written)
    found = {own for name, own in named if match_key(name) == key}
    return found.pop() if len(found) == 1 else None
