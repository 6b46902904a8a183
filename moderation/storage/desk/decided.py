"""Flagged messages with the decision that settled each: what moderators taught."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.review.decision import Outcome
from moderation.scoring.learning import DecidedHit
from moderation.storage.tables.cases import case_hits, cases, decisions
from moderation.taxonomy import Category


def decided_hits(
    connection: Connection, *, since: datetime | None = None, protected: bool = False
) -> Iterator[DecidedHit]:
    """Messages that a standing decision covers, oldest decision first.

    A message is covered by the decision that first saw it. Decisions taken back, and those that say
    ``unsure``, teach nothing.

    Args:
        connection: A snapshot.
        since: Decisions from then on; None is all.
        protected: Minors' cases as well. Whoever asks for them must leave an entry in the audit trail.
    """
    covered = (
        (case_hits.c.case_id == decisions.c.case_id)
        & (case_hits.c.seq > decisions.c.previous_hit_seq)
        & (case_hits.c.seq <= decisions.c.seen_hit_seq)
    )
    query = (
        select(
            case_hits,
            cases.c.kind.label("case_kind"),
            cases.c.minors.label("case_minors"),
            decisions.c.id.label("decision_id"),
            decisions.c.outcome,
            decisions.c.categories,
            decisions.c.policy_id,
            decisions.c.policy_version,
            decisions.c.decided_at,
            func.count().over(partition_by=decisions.c.id).label("covered"),
        )
        .select_from(decisions.join(case_hits, covered).join(cases, cases.c.id == decisions.c.case_id))
        .where(
            decisions.c.outcome.in_([Outcome.VIOLATION.value, Outcome.NO_VIOLATION.value]),
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
        .order_by(decisions.c.decided_at, decisions.c.id, case_hits.c.seq)
    )
    if since is not None:
        query = query.where(decisions.c.decided_at >= since)
    for row in connection.execute(query).mappings():
        minors = row["case_minors"] or row["minors"]
        if protected or not minors:
            yield _decided(row, minors=minors)


def _decided(row: Any, *, minors: bool) -> DecidedHit:
    live = [signal for signal in row["signals"] if signal["mode"] == "live"]
    return DecidedHit(
        service=row["service_id"],
        case_id=row["case_id"],
        case_kind=row["case_kind"],
        decision_id=row["decision_id"],
        decided_at=row["decided_at"],
        policy=f"{row['policy_id']}@{row['policy_version']}" if row["policy_id"] else None,
        violation=row["outcome"] == Outcome.VIOLATION.value,
        categories=[Category(name) for name in row["categories"]],
        covered=row["covered"],
        flagged=frozenset(Category(signal["category"]) for signal in live),
        author_id=row["author_id"],
        room_id=row["room_id"],
        text=row["text"],
        minors=minors,
        sources=[signal["source"] for signal in live],
        versions={
            "model": row["model_version"],
            "lexicon": row["lexicon_version"],
            "fold": row["fold_version"],
            "ruleset": row["ruleset_version"],
        },
    )
