"""What moderators decided about the messages that each rule hit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Text,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

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
    signal = _signals(connection)
    names_it = cast(decisions.c.categories, Text).like(literal('%"') + signal.category + '"%')
    finding = case(
        (decisions.c.outcome == Outcome.NO_VIOLATION.value, "no_violation"),
        (names_it, "violation"),
        else_="other",
    )
    made = (
        select(decisions.c.id, signal.source.label("source"), finding.label("finding"))
        .select_from(decisions.join(case_hits, covered).join(signal.each, true()))
        .distinct()
        .where(
            decisions.c.decided_at >= since,
            signal.source.startswith("rule:"),
            signal.mode == "live",
            decisions.c.outcome.in_([Outcome.VIOLATION.value, Outcome.NO_VIOLATION.value]),
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
        .subquery()
    )
    counted = select(made.c.source, made.c.finding, func.count()).group_by(made.c.source, made.c.finding)
    found: defaultdict[RuleSource, dict[str, int]] = defaultdict(dict)
    for name, kind, number in connection.execute(counted):
        source = parse_source(name)
        if source is not None:
            found[source][kind] = int(number)
    return {source: RuleDecisions(**numbers) for source, numbers in found.items()}


class _Signals(NamedTuple):
    """The signals of a hit as rows, and what is asked of each."""

    each: FromClause
    source: ColumnElement[str]
    mode: ColumnElement[str]
    category: ColumnElement[str]


def _signals(connection: Connection) -> _Signals:
    if connection.dialect.name == "postgresql":
        element = func.jsonb_array_elements(case_hits.c.signals).table_valued(column("value", JSONB))
        value = [element.c.value[name].astext for name in ("source", "mode", "category")]
    else:
        element = func.json_each(case_hits.c.signals).table_valued("value")
        value = [func.json_extract(element.c.value, f"$.{name}") for name in ("source", "mode", "category")]
    return _Signals(element, *value)
