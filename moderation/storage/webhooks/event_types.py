"""The types of events that services can hear of by webhook."""

from collections.abc import Collection, Iterable

from moderation.errors import FieldProblem, Invalid

EVENT_TYPES: dict[str, str] = {
    "score.completed": "A flagged message was scored. Only for endpoints that name it: the answer said so already.",
    "message.held": "A message is held back until a person has looked.",
    "message.released": "A held message was approved.",
    "message.denied": "A held message was refused.",
    "message.expired": "Nobody looked at a held message in time; it stays unseen.",
    "case.created": "A case was opened.",
    "case.updated": "An open case became more severe, or another category joined it.",
    "case.assigned": "A case was given to somebody by name.",
    "case.escalated": "A case was handed to whoever decides such cases.",
    "case.decided": "A person decided.",
    "case.reopened": "A decided case is open again.",
    "decision.reversed": "A decision was taken back.",
    "report.resolved": "What came of reports.",
    "report.urgent": "A report speaks of a danger to life.",
    "inquiry.answered": "A letter was answered.",
    "inquiry.urgent": "A letter speaks of a danger to life.",
    "appeal.decided": "An appeal was decided.",
    "notice.received": "A takedown notice came in.",
    "notice.due_soon": "A notice's time is nearly up.",
    "notice.overdue": "A notice's time is up.",
    "notice.resolved": "A notice was answered.",
    "strike.threshold_crossed": "An author's strikes in force reached the weight of a timeout or of a ban.",
    "rule.activated": "Another rule set is in force.",
    "rule.auto_disabled": "A rule was put into the shadow because it fired too often.",
    "trend.alert": "A harm rises beyond what chance explains.",
    "campaign.report_ready": "The effect of an article was measured.",
    "webhook.test": "Somebody tries the endpoint. Sent to that endpoint alone.",
}
"""What each tells. Values go over the wire: never rename one."""

ON_REQUEST = frozenset({"score.completed"})
"""Types that only endpoints get which name them."""


def check_types(wanted: Iterable[str]) -> None:
    """Refuse types that do not exist. Raises Invalid."""
    unknown = sorted(set(wanted) - set(EVENT_TYPES))
    if unknown:
        detail = f"unknown: {', '.join(unknown)}; there are {', '.join(EVENT_TYPES)}"
        raise Invalid(
            "There is no such type of event.", [FieldProblem(pointer="/event_types", detail=detail)]
        )


def wants(endpoint_types: Collection[str], type_: str) -> bool:
    """Whether an endpoint with these types (none: all) hears of a type."""
    return type_ in endpoint_types or (not endpoint_types and type_ not in ON_REQUEST)
