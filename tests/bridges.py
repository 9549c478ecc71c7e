"""Hold a ledger's bridge and flow to the counts of both cycles, and to one another."""

from analysis.figures.bridge import GAINED, LOST, list_causes
from analysis.figures.findings import Findings
from analysis.figures.statuses import name_status
from analysis.questionnaire.questionnaire import STATUS
from analysis.reports import bridge


def require_bridge(found: Findings) -> None:
    """Hold the bridge and the flow of every scope to the counts of both cycles, and to each other.

    The reports' own blocks are made, too: they check their sums themselves.
    """
    ledger, asked = found.ledger, found.cycle.questionnaire
    if not ledger.has_previous:
        return
    scopes = ["all", *(scope.slug for scope in ledger.list_departments())]
    causes, statuses = list_causes(asked), asked.named[STATUS].choices

    def value(measure: str, slug: str) -> int:
        numerator = ledger.figure(measure, slug).numerator
        assert numerator is not None
        return numerator

    for slug in scopes:
        now, before = (
            {code: one(name_status(asked, code), slug).numerator for code in statuses}
            for one in (ledger.figure, ledger.previous_figure)
        )
        gained, lost = value(GAINED, slug), value(LOST, slug)
        online = asked.list_statuses("online")
        change = sum((now[code] or 0) - (before[code] or 0) for code in online)
        assert gained - lost == change == ledger.figure("online_change", slug).value, slug
        for name, whole in ((GAINED, gained), (LOST, lost)):
            assert sum(value(f"{name}_{cause}", slug) for cause in causes) == whole, slug
        for code in statuses:
            left = sum(value(f"flow_{code}_{to}", slug) for to in statuses)
            came = sum(value(f"flow_{was}_{code}", slug) for was in statuses)
            assert (
                left + value(f"gone_{code}", slug) + value(f"moved_out_{code}", slug)
                == (before[code])
            ), (slug, code)
            assert (
                came + value(f"new_{code}", slug) + value(f"moved_in_{code}", slug) == (now[code])
            ), (slug, code)
        list(bridge.show_bridge(found, slug))
    # What leaves one department for another comes there, online or not.
    for way, back in (("moved_in", "moved_out"), (f"{GAINED}_elsewhere", f"{LOST}_elsewhere")):
        names = [f"{way}_{code}" for code in statuses] if way == "moved_in" else [way]
        for name in names:
            parts = sum(value(name, slug) for slug in scopes[1:])
            assert parts == value(name, "all"), (name, back)
    list(bridge.say_movers(found))
    list(bridge.draw_movers(found))
