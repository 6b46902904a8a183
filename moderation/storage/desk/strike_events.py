"""Strikes that add up: services hear when an author's reach the weight of a timeout, or of a ban."""

from sqlalchemy import Connection, select

from moderation.review.case import Case
from moderation.review.decision import Action, Decision
from moderation.review.strikes import TERMS
from moderation.storage import outbox
from moderation.storage.tables.people import strikes

THRESHOLDS = tuple(sorted(TERMS[action].weight for action in (Action.TIMEOUT, Action.BAN)))
"""Three warnings weigh as much as a timeout, three timeouts as much as a ban."""


def tell(connection: Connection, case: Case, decision: Decision) -> None:
    """After a decision gave a strike: announce the thresholds that it crossed."""
    in_force = connection.execute(
        select(strikes.c.decision_id, strikes.c.weight).where(
            strikes.c.service_id == case.service,
            strikes.c.author_id == case.author_id,
            strikes.c.undone_at.is_(None),
            strikes.c.expires_at > decision.decided_at,
        )
    ).all()
    after = sum(row.weight for row in in_force)
    before = sum(row.weight for row in in_force if row.decision_id != decision.id)
    for threshold in THRESHOLDS:
        if before < threshold <= after:
            outbox.emit(
                connection,
                service=case.service,
                type_="strike.threshold_crossed",
                subject=str(case.author_id),
                data={
                    "author_id": case.author_id,
                    "case_id": case.id,
                    "decision_id": decision.id,
                    "threshold": threshold,
                    "weight": after,
                    "strikes": len(in_force),
                },
                now=decision.decided_at,
                minors=case.minors,
            )
