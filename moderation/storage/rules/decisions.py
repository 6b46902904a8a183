"""What moderators decided about the messages that each rule hit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, cast, select

from moderation.review.decision import Outcome
from moderation.scoring.rule_source import RuleSource, parse_source
from moderation.storage.tables.cases import case_hits, decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDecisions:
    """Decisions on cases in which a rule had a hit; each decision counts once, however many hits it covers.

    Attributes:
        violation: The finding names the rule's category.
        other: A violation, but of other categories.
        no_violation: The case was found to be in order.
    """

    violation: int = 0
    other: int = 0
    no_violation: int = 0


def by_rule(connection: Connection, *, since: datetime) -> Mapping[RuleSource, RuleDecisions]:
    """Standing decisions since a time, by rule and version. A message counts for the decision that first saw it."""
    covered = (
        (case_hits.c.case_id == decisions.c.case_id)
        & (case_hits.c.seq > decisions.c.previous_hit_seq)
        & (case_hits.c.seq <= decisions.c.seen_hit_seq)
    )
    query = (
        select(decisions.c.id, decisions.c.outcome, decisions.c.categories, case_hits.c.signals)
        .select_from(decisions.join(case_hits, covered))
        .where(
            decisions.c.decided_at >= since,
            cast(case_hits.c.signals, Text).like('%"rule:%'),
            decisions.c.outcome.in_([Outcome.VIOLATION.value, Outcome.NO_VIOLATION.value]),
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
    )
    found: defaultdict[RuleSource, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(query):
        for signal in row.signals:
            source = parse_source(signal["source"]) if signal["mode"] == "live" else None
            if source is not None:
                found[source][row.id] = _finding(row.outcome, row.categories, signal["category"])
    return {
        source: RuleDecisions(
            **{kind: list(by_id.values()).count(kind) for kind in ("violation", "other", "no_violation")}
        )
        for source, by_id in found.items()
    }


def _finding(outcome: str, categories: list[str], category: str) -> str:
    if outcome == Outcome.NO_VIOLATION.value:
        return "no_violation"
    return "violation" if category in categories else "other"
