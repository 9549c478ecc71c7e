"""The statuses by the roles they play, and the reasons: how they are counted and what called."""

from analysis.figures.measure import Count, where
from analysis.questionnaire.field import Role
from analysis.questionnaire.questionnaire import STATUS, Questionnaire

NO_REASON_NAME, NO_REASON = "no_reason", "理由の記入なし"
"""What is said of a procedure that should have a reason and has none."""


def count_statuses(asked: Questionnaire, *roles: Role) -> Count:
    """Return the measure of the procedures whose status plays one of these roles.

    >>> count_statuses(ledger.cycle.questionnaire, "online") == Count(where(status="online"))
    True
    """
    return Count(where(status=asked.list_statuses(*roles)))


def count_all(asked: Questionnaire) -> Count:
    """Return the measure of all procedures but those that are excluded.

    >>> count_all(ledger.cycle.questionnaire) == Count()
    True
    """
    if not asked.list_statuses("excluded"):
        return Count()
    return count_statuses(asked, "online", "started", "not_started")


def name_statuses(asked: Questionnaire) -> dict[Role, str]:
    """Return the measures of the statuses that are counted, each with what they are called.

    >>> name_statuses(ledger.cycle.questionnaire)
    {'online': 'オンライン化済', 'started': '着手済', 'not_started': '未着手'}
    """
    roles: tuple[Role, ...] = ("online", "started", "not_started")
    return {role: asked.name_role(role) for role in roles if asked.list_statuses(role)}


def name_status(asked: Questionnaire, code: str) -> str:
    """Return the name of the measure that counts the procedures of one status.

    Where it is the only one of its role that is the role's.

    >>> name_status(ledger.cycle.questionnaire, "not_started")
    'not_started'
    """
    roles: tuple[Role, ...] = ("online", "started", "not_started", "excluded")
    alone = [role for role in roles if asked.list_statuses(role) == (code,)]
    return alone[0] if alone else derived_code(code)


def derived_code(code: str) -> str:
    """Return a status' code as derived columns have it, beside codes that are none of the survey's.

    >>> derived_code("none")
    'status_none'
    """
    return f"{STATUS}_{code}"


def name_reasons(asked: Questionnaire) -> dict[str, str]:
    """Return the measures of the reasons, in the order of their routes, each with its label.

    >>> list(name_reasons(ledger.cycle.questionnaire))[:2]
    ['reason_not_considered', 'reason_other']
    """
    names = {f"reason_{code}": label for code, label in asked.reasons.items()}
    return names | ({NO_REASON_NAME: NO_REASON} if names and asked.may_lack_reason else {})
