"""How urgent a report is: by its reason, by what its text and the reported message point to.

The fast lane (``critical``: due within 15 minutes, ``report.urgent`` to the service) is for threats to life,
self-harm and harm to minors. A reason alone does not open it: the text or the message has to say so too, and
reporters whose word weighs little cannot open it at all: theirs is looked at within the day.
"""

from moderation.reports.report import SEVERITY_OF_REASON
from moderation.reports.weight import COUNTS_FROM
from moderation.scoring.verdict import Verdict
from moderation.taxonomy import Category, ReportReason, Severity

_LIFE = (Category.THREAT, Category.SELF_HARM)
_PLAIN = 0.5
"""From which probability on a free text is about a danger whatever its reason; it may quote or tell of one."""


def urgency(reason: ReportReason, text: Verdict, message: Verdict | None) -> tuple[str, ...]:
    """Why a report takes the fast lane: ``threat``, ``self_harm``, ``minors``; empty where it does not.

    Args:
        reason: What the reporter chose.
        text: What the engine says of the free text.
        message: What it says of the reported message, where there is one.
    """
    why = [category.value for category in _LIFE if _points_to(category, reason, text, message)]
    if text.minors or (message is not None and message.minors):
        why.append("minors")
    return tuple(why)


def _points_to(category: Category, reason: ReportReason, text: Verdict, message: Verdict | None) -> bool:
    if message is not None and category in message.categories:
        return True
    if category not in text.categories:
        return False
    return reason.value == category.value or text.category_scores[category] >= _PLAIN


def severity_of(reason: ReportReason, text: Verdict, urgent: tuple[str, ...], *, weight: float) -> Severity:
    """What a report alone makes of its case."""
    if weight < COUNTS_FROM:
        return Severity.MEDIUM if urgent else Severity.LOW
    if urgent:
        return Severity.CRITICAL
    told = Severity.HIGH if set(_LIFE) & set(text.categories) else Severity.NONE
    return max(SEVERITY_OF_REASON[reason], told, key=lambda level: level.rank)


def suggested(text: Verdict, message: Verdict | None) -> Category | None:
    """The category that the reported message points to, else the free text; None where neither does."""
    for verdict in (message, text):
        if verdict is not None and verdict.categories:
            return max(verdict.categories, key=lambda category: verdict.category_scores[category])
    return None
