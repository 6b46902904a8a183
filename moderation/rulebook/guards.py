"""Guards: a live rule that is slow, or hits far too much while it is new, goes to the shadow by itself.

Also an alarm where a rule's hits jump or fall away against the week before: then a person looks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import structlog

from moderation.rulebook.errors import RuleSetConflict
from moderation.scoring.backtest_report import precision
from moderation.scoring.detectors import fold_text
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import RuleSources
from moderation.storage.accounts import audit
from moderation.storage.database import Connection, Database
from moderation.storage.rules import activation, alarms, costs, rulesets
from moderation.storage.rules import hits as rule_hits
from moderation.trends.days import hour_of, jst_day_of
from rules.compile import compile_rules

log = structlog.get_logger(__name__)

NEW_FOR: Final = timedelta(hours=24)
"""How long after its activation a rule version is watched for hitting too much."""
MOST_HITS: Final = 0.05
"""Share of the traffic that a new rule may hit; past it, with its interval, it goes to the shadow."""
FEWEST_HITS: Final = 20
"""Below this many hits nothing is said about a share."""
SLOWEST_US: Final = 500.0
"""Processor time of one message that a rule may take, in microseconds; the whole set takes about 20."""
FEWEST_MEASURED: Final = 160
"""Messages that a rule must have been measured on."""
ACTOR: Final = "system:guard"

_WEEK: Final = timedelta(days=7)
_JUMP: Final = 3.0
"""Times more, or fewer, than in the week before."""
_CHANCE: Final = 1e-6
"""How unlikely such a number must be by chance, so that hundreds of rules watched hourly stay quiet."""
QUIET_FOR: Final = timedelta(hours=6)
"""So long no second alarm of the same kind about the same rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a guard stops, or speaks up about."""

    rule: RuleSource
    kind: str
    data: Mapping[str, Any]


def guard(database: Database, *, now: datetime) -> list[Finding]:
    """Look at every live rule, send those that must not go on to the shadow, and sound alarms.

    Raises:
        StoreUnavailable: A database does not answer.
    """
    with database.read() as connection, database.read_archive() as archive:
        active = rulesets.active(connection)
        if active is None:
            return []
        live = live_rules(active.sources)
        found = [
            *_too_broad(connection, archive, live, now=now),
            *_too_slow(connection, live, now=now),
        ]
        jumped = list(_jumped(connection, archive, live, now=now))
    if found:
        _to_shadow(database, active.sources, found, now=now)
    if jumped:
        with database.write() as unit:
            for one in jumped:
                alarms.sound(unit.connection, one.rule, one.kind, one.data, now=now)
                log.warning("rule.rate_alarm", rule=str(one.rule), **one.data)
    return [*found, *jumped]


@lru_cache(maxsize=64)
def live_rules(sources: RuleSources) -> frozenset[RuleSource]:
    """The rules of a set that count, in their versions."""
    return frozenset(
        RuleSource(item.rule.id, item.rule.version)
        for item in sources.loaded.rules
        if item.rule.status == "live"
    )


def _too_broad(
    connection: Connection, archive: Connection, live: frozenset[RuleSource], *, now: datetime
) -> Iterator[Finding]:
    since = {rule: at for rule, at in _new_since(connection, live, now=now).items() if at > now - NEW_FOR}
    hits: dict[datetime, dict[RuleSource, int]] = {}
    for rule, at in since.items():
        if at not in hits:
            hits[at] = {
                RuleSource(one.rule_id, one.version): one.hits
                for one in rule_hits.counts(archive, since=at)
                if one.mode == rule_hits.LIVE
            }
        found = hits[at].get(rule, 0)
        if found < FEWEST_HITS:
            continue
        messages = rule_hits.messages_since(archive, at)
        share = precision(found, max(0, messages - found))
        if share is not None and share[1].low > MOST_HITS:
            data = {"hits": found, "messages": messages, "per_cent": str(round(100 * share[0], 1))}
            yield Finding(rule=rule, kind=alarms.TOO_BROAD, data=data)


def _new_since(
    connection: Connection, live: frozenset[RuleSource], *, now: datetime
) -> dict[RuleSource, datetime]:
    """Since when each rule has been live without a break, as far back as new rules are watched."""
    since: dict[RuleSource, datetime] = {}
    left = set(live)
    for one in rulesets.activations(connection):
        left &= live_rules(rulesets.sources_of(connection, one.version))
        since |= dict.fromkeys(left, one.activated_at)
        if not left or one.activated_at < now - NEW_FOR:
            break
    return since


def _too_slow(connection: Connection, live: frozenset[RuleSource], *, now: datetime) -> Iterator[Finding]:
    for rule, cost in costs.read(connection, since=jst_day_of(now)).items():
        if rule in live and cost.messages >= FEWEST_MEASURED and cost.microseconds > SLOWEST_US:
            data = {"microseconds": round(cost.microseconds), "messages": cost.messages}
            yield Finding(rule=rule, kind=alarms.SLOW, data=data)


def _jumped(
    connection: Connection, archive: Connection, live: frozenset[RuleSource], *, now: datetime
) -> Iterator[Finding]:
    """Rules whose last full hour differs from the week before more than chance would have it."""
    hour = hour_of(now) - timedelta(hours=1)
    messages = rule_hits.traffic(archive, since=hour, until=hour + timedelta(hours=1))
    before = rule_hits.traffic(archive, since=hour - _WEEK, until=hour)
    if not messages or not before:
        return
    late = _by_rule(archive, since=hour, until=hour + timedelta(hours=1))
    early = _by_rule(archive, since=hour - _WEEK, until=hour)
    for rule in sorted(live):
        share = early.get(rule, 0) / before
        hits, expected = late.get(rule, 0), share * messages
        if not share or not _is_jump(hits, messages, share):
            continue
        last = alarms.last(connection, rule.rule_id, alarms.RATE)
        if last is None or last.at < now - QUIET_FOR:
            data = {
                "hits": hits,
                "messages": messages,
                "expected": str(round(expected, 1)),
                "hour": hour.isoformat(),
            }
            yield Finding(rule=rule, kind=alarms.RATE, data=data)


def _is_jump(hits: int, messages: int, share: float) -> bool:
    from scipy import stats  # noqa: PLC0415 -- half a second at the start of every process

    expected = share * messages
    if hits > _JUMP * expected and hits >= FEWEST_HITS:
        return bool(stats.binom.sf(hits - 1, messages, share) < _CHANCE)
    if hits * _JUMP < expected:
        return bool(stats.binom.cdf(hits, messages, share) < _CHANCE)
    return False


def _by_rule(archive: Connection, *, since: datetime, until: datetime) -> dict[RuleSource, int]:
    return {
        RuleSource(one.rule_id, one.version): one.hits
        for one in rule_hits.counts(archive, since=since, until=until)
        if one.mode == rule_hits.LIVE
    }


def _to_shadow(database: Database, sources: RuleSources, found: list[Finding], *, now: datetime) -> None:
    changed = in_shadow(sources, {one.rule.rule_id for one in found})
    names = ", ".join(str(one.rule) for one in found)
    try:
        with database.write() as unit:
            version = rulesets.store(
                unit.connection,
                sources=changed,
                by=ACTOR,
                now=now,
                parent=sources.version,
                note=f"「記録のみ」へ：{names}",
            )
            activation.propose(unit.connection, version, by=ACTOR, now=now, act=rulesets.GUARD)
            activation.settle(unit.connection, now=now)
            for one in found:
                alarms.sound(unit.connection, one.rule, one.kind, one.data, now=now)
                audit.append(
                    unit.connection,
                    actor=ACTOR,
                    act="rule.auto_disabled",
                    object_=str(one.rule),
                    data={"why": one.kind, **one.data},
                    now=now,
                )
    except RuleSetConflict as error:
        log.warning("rule.guard_waits", why=str(error))
        return
    for one in found:
        log.error("rule.auto_disabled", rule=str(one.rule), why=one.kind, **one.data)


def in_shadow(sources: RuleSources, rule_ids: set[str]) -> RuleSources:
    """The same set with some rules in the shadow, and with them every live rule that asks one of them."""
    changed, todo = sources, set(rule_ids)
    while todo:
        for item in changed.loaded.rules:
            line = item.document.line(("status",))
            if item.rule.id in todo and line is not None:
                lines = item.source.split("\n")
                lines[line - 1] = lines[line - 1].replace("live", "shadow", 1)
                changed = changed.with_file("pack", item.path, "\n".join(lines))
        broken = compile_rules(changed.loaded, fold=fold_text).broken
        todo = {one.rule_id for one in broken if one.code == "live_asks_shadow" and one.rule_id}
    return changed
