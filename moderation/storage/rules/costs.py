"""What asking each rule costs, measured on samples by the processes that score."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from moderation.scoring.rule_source import RuleSource
from moderation.storage import bulk
from moderation.storage.tables.rulesets import rule_costs


class Cost(NamedTuple):
    """Processor time of one rule over a sample of messages."""

    rule: RuleSource
    messages: int
    nanoseconds: int

    @property
    def microseconds(self) -> float:
        """Of one message."""
        return self.nanoseconds / self.messages / 1000 if self.messages else 0.0


def add(connection: Connection, costs: Sequence[Cost], *, day: date) -> None:
    """Add measurements to the day's."""
    rows = [
        {
            "rule_id": cost.rule.rule_id,
            "version": cost.rule.version,
            "day": day,
            "messages": cost.messages,
            "nanoseconds": cost.nanoseconds,
        }
        for cost in sorted(costs)
    ]
    if rows:
        bulk.write(
            connection,
            rule_costs,
            rows,
            lambda statement: statement.on_conflict_do_update(
                index_elements=list(rule_costs.primary_key),
                set_={
                    name: rule_costs.c[name] + statement.excluded[name]
                    for name in ("messages", "nanoseconds")
                },
            ),
        )


def read(connection: Connection, *, since: date) -> Mapping[RuleSource, Cost]:
    """What each rule cost from a day on."""
    query = (
        select(
            rule_costs.c.rule_id,
            rule_costs.c.version,
            func.sum(rule_costs.c.messages),
            func.sum(rule_costs.c.nanoseconds),
        )
        .where(rule_costs.c.day >= since)
        .group_by(rule_costs.c.rule_id, rule_costs.c.version)
    )
    found = [Cost(RuleSource(row[0], row[1]), int(row[2]), int(row[3])) for row in connection.execute(query)]
    return {cost.rule: cost for cost in found}
