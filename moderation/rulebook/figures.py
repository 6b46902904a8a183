"""Figures of rules: hits, what moderators made of them, what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moderation.scoring.backtest_report import precision
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import RuleSources
from moderation.storage.database import Connection
from moderation.storage.rules import costs as rule_costs
from moderation.storage.rules import decisions as rule_decisions
from moderation.storage.rules import hits as rule_hits
from moderation.storage.rules.decisions import RuleDecisions
from moderation.trends.days import hour_of, jst_day_of
from moderation.trends.intervals import Interval

NO_DECISIONS = RuleDecisions()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """One version of one rule over some days.

    Attributes:
        live: Hits that counted; ``shadow`` those that were only recorded.
        share: Hits, live and shadow, of the messages scored in that time, 0 to 1; None without messages.
        alone: Hits on messages that no other live rule hit.
        unflagged: Hits on messages that nobody would have looked at otherwise (for a shadow rule: what it would add).
        precision: Share of decisions that upheld it, with Wilson's 95 % interval; None before the first.
        microseconds: Processor time of one message; None before it was measured.
    """

    live: int
    shadow: int
    share: float | None
    alone: int
    unflagged: int
    last_hit_at: datetime | None
    decisions: RuleDecisions
    precision: tuple[float, Interval] | None
    microseconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = self.precision
        return {
            "hits": self.live,
            "shadow_hits": self.shadow,
            "share": None if self.share is None else round(self.share, 6),
            "alone": self.alone,
            "unflagged": self.unflagged,
            "last_hit_at": None if self.last_hit_at is None else self.last_hit_at.isoformat(),
            "decided": {
                "violation": self.decisions.violation,
                "other": self.decisions.other,
                "no_violation": self.decisions.no_violation,
            },
            "precision": None
            if found is None
            else {
                "value": round(found[0], 4),
                "low": round(found[1].low, 4),
                "high": round(found[1].high, 4),
            },
            "microseconds": None if self.microseconds is None else round(self.microseconds, 2),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of all rules; ``messages`` is how many were scored in that time."""

    messages: int
    by_rule: Mapping[RuleSource, RuleFigures]

    def of(self, rule_id: str, version: int) -> RuleFigures:
        """Those of one rule."""
        return self.by_rule.get(RuleSource(rule_id, version), _NONE)


_NONE = RuleFigures(
    live=0,
    shadow=0,
    share=None,
    alone=0,
    unflagged=0,
    last_hit_at=None,
    decisions=NO_DECISIONS,
    precision=None,
    microseconds=None,
)


def figures(
    connection: Connection, archive: Connection, sources: RuleSources, *, days: int, now: datetime
) -> Figures:
    """Figures of the rules of a rule set over the last days, each in its present version."""
    since = hour_of(now - timedelta(days=days))
    messages = rule_hits.traffic(archive, since=since)
    decided = rule_decisions.by_rule(connection, since=since)
    costs = rule_costs.read(connection, since=jst_day_of(since))
    hits: dict[RuleSource, dict[str, rule_hits.HitCount]] = {}
    for count in rule_hits.counts(archive, since=since):
        hits.setdefault(RuleSource(count.rule_id, count.version), {})[count.mode] = count
    found = {}
    for item in sources.loaded.rules:
        rule = RuleSource(item.rule.id, item.rule.version)
        by_mode = hits.get(rule, {})
        every = by_mode.values()
        total = sum(one.hits for one in every)
        made = decided.get(rule, NO_DECISIONS)
        cost = costs.get(rule)
        found[rule] = RuleFigures(
            live=by_mode["live"].hits if "live" in by_mode else 0,
            shadow=by_mode["shadow"].hits if "shadow" in by_mode else 0,
            share=total / messages if messages else None,
            alone=sum(one.alone for one in every),
            unflagged=sum(one.unflagged for one in every),
            last_hit_at=max((one.last_at for one in every), default=None),
            decisions=made,
            precision=precision(made.violation, made.no_violation),
            microseconds=None if cost is None else cost.microseconds,
        )
    return Figures(messages=messages, by_rule=found)
