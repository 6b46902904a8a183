"""Notices: what the page before brings with it, e.g. the decision that was just made."""

from dataclasses import dataclass

from fastapi import Request

from api.console.visitor import Visitor
from api.deps import Read
from moderation.review.decision import Decision
from moderation.storage.desk import decide

_KINDS = ("undone", "resumed", "skipped", "escalated", "moved", "asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line above the page. ``decision`` can be undone from it."""

    kind: str
    decision: Decision | None = None


def notice_of(request: Request, connection: Read, visitor: Visitor) -> Notice | None:
    """The notice an address asks for; only one's own decisions that still stand are shown."""
    query = request.query_params
    decided = query.get("decided")
    if decided:
        decision = decide.get_decision(connection, decided)
        if decision is not None and decision.decided_by == visitor.user.id and decision.stands:
            return Notice(kind="decided", decision=decision)
        return None
    return next((Notice(kind=kind) for kind in _KINDS if query.get(kind)), None)
