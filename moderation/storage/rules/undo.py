"""Take back what one version of a rule did in a period: cases, held messages and labels, by decisions.

Cases that stand on this rule alone are decided as no violation, with ``restore``. In cases that something
else speaks for as well only what this rule alone held is let go. What a person decided stays: people take
their own decisions back.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, select

from moderation.errors import ModerationError
from moderation.review.case import Case
from moderation.review.decision import Action, Outcome, Ruling
from moderation.review.sight import Sight
from moderation.scoring.rule_source import RuleSource, parse_source
from moderation.storage.accounts import audit
from moderation.storage.chat import held
from moderation.storage.desk import claims, decide
from moderation.storage.desk.held import APPROVED, HELD
from moderation.storage.desk.rows import case_of
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import case_hits, cases, held_messages
from moderation.storage.tables.people import labels

_LEASE = timedelta(minutes=1)
_SHOWN = 20
_ACTIONS = (Action.RESTORE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What an undo would do, or did.

    Attributes:
        alone: Ids of open cases that stand on this rule alone: they are decided as no violation.
        mixed: Ids of open cases that something else speaks for as well: they stay open.
        decided: Cases that people decided since; they stay as they are.
        released: Held messages, (service, message id), that this rule alone held: they are let go.
        labels: Labels that this rule set and that are still there: they are taken off.
        protected: Cases that whoever asks may not see; they stay as they are.
        left: Why something could not be taken back, by case id: somebody works on it, or was first.
        samples: Some of the texts that were hit.
    """

    rule: RuleSource
    since: datetime
    until: datetime
    alone: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    decided: int = 0
    released: tuple[tuple[str, str], ...] = ()
    labels: int = 0
    protected: int = 0
    left: tuple[tuple[str, str], ...] = ()
    samples: tuple[str, ...] = ()


def preview(
    connection: Connection,
    rule: RuleSource,
    *,
    since: datetime,
    until: datetime,
    sight: Sight,
    service: str | None = None,
) -> Undoing:
    """What taking back would do; nothing is changed.

    Args:
        connection: A snapshot of the case store.
        rule: The rule and the version that did it.
        since: First moment of the period, by when messages were flagged.
        until: First moment after it.
        sight: Who asks; cases they may not see are only counted.
        service: Only this service; None is all.
    """
    by_case: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(_hits_of(rule, since, until, service)).mappings():
        if _is_live(row["signals"], rule):
            by_case[row["case_id"]].append(row)
    found = [
        (case_of(row), by_case[row["id"]])
        for row in connection.execute(select(cases).where(cases.c.id.in_(sorted(by_case)))).mappings()
    ]
    seen = [(case, hits) for case, hits in found if sight.minors or not case.minors]
    waiting = [
        (case, hits)
        for case, hits in seen
        if case.closed_at is None and any(hit["seq"] > case.seen_hit_seq for hit in hits)
    ]
    alone = [case.id for case, _ in waiting if _stands_alone(connection, case, rule)]
    mixed = [case.id for case, _ in waiting if case.id not in set(alone)]
    only_hits = [
        hit for case, hits in waiting if case.id in mixed for hit in hits if _only(hit["signals"], rule)
    ]
    return Undoing(
        rule=rule,
        since=since,
        until=until,
        alone=tuple(sorted(alone)),
        mixed=tuple(sorted(mixed)),
        decided=len(seen) - len(waiting),
        released=_held(connection, alone, only_hits),
        labels=int(connection.execute(_labels(rule, since, until, service)).scalar_one()),
        protected=len(found) - len(seen),
        samples=tuple(dict.fromkeys(hit["text"] for _, hits in seen for hit in hits))[:_SHOWN],
    )


def undo(
    connection: Connection,
    rule: RuleSource,
    *,
    since: datetime,
    until: datetime,
    sight: Sight,
    actor: str,
    reason: str,
    now: datetime,
    service: str | None = None,
) -> Undoing:
    """Take it back, in one transaction; the audit trail says who did it and what it came to.

    Args:
        connection: A unit of work on the case store.
        rule: The rule and the version that did it.
        since: First moment of the period.
        until: First moment after it.
        sight: Whose decisions these become.
        actor: For the audit trail.
        reason: Why, for colleagues and appeals.
        now: When.
        service: Only this service; None is all.
    """
    plan = preview(connection, rule, since=since, until=until, sight=sight, service=service)
    decider = replace(sight, desk=True, senior=True)
    left: list[tuple[str, str]] = []
    for case_id in plan.alone:
        try:
            with connection.begin_nested():
                _decide(connection, case_id, decider, f"{rule}: {reason}", now=now)
        except ModerationError as error:
            left.append((case_id, str(error)))
    for name, message_id in _held(connection, (), _mixed_hits(connection, plan)):
        try:
            held.settle(connection, name, message_id, state=APPROVED, by=actor, minors=sight.minors, now=now)
        except ModerationError as error:
            left.append((message_id, str(error)))
    connection.execute(_labels_gone(rule, since, until, service))
    done = replace(plan, alone=tuple(one for one in plan.alone if one not in dict(left)), left=tuple(left))
    data = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "reason": reason,
        "cases": len(done.alone),
        "messages": len(done.released),
        "labels": done.labels,
        "left": len(left),
    }
    audit.append(connection, actor=actor, act="rule.undo", object_=str(rule), data=data, now=now)
    return done


def _decide(connection: Connection, case_id: str, sight: Sight, reason: str, *, now: datetime) -> None:
    case = claims.claim(connection, case_id, sight, now=now, lease=_LEASE)
    ruling = Ruling(outcome=Outcome.NO_VIOLATION, actions=_ACTIONS, reason=reason)
    decide.decide(
        connection,
        case_id,
        sight,
        ruling,
        decision_id=new_id(),
        version=case.version,
        seen_hit_seq=case.hit_seq,
        now=now,
    )


def _hits_of(rule: RuleSource, since: datetime, until: datetime, service: str | None) -> Any:
    named = cast(case_hits.c.signals, Text).like(f'%"{rule}"%')
    query = select(case_hits).where(named, case_hits.c.created_at >= since, case_hits.c.created_at < until)
    return query if service is None else query.where(case_hits.c.service_id == service)


def _is_live(signals: Sequence[Any], rule: RuleSource) -> bool:
    return any(one["mode"] == "live" and parse_source(one["source"]) == rule for one in signals)


def _only(signals: Sequence[Any], rule: RuleSource) -> bool:
    return all(parse_source(one["source"]) == rule for one in signals if one["mode"] == "live")


def _stands_alone(connection: Connection, case: Case, rule: RuleSource) -> bool:
    """Nobody reported, and of what nobody decided on yet every hit is this rule's alone."""
    if case.reports:
        return False
    rows = connection.execute(
        select(case_hits.c.signals).where(case_hits.c.case_id == case.id, case_hits.c.seq > case.seen_hit_seq)
    ).scalars()
    return all(_is_live(signals, rule) and _only(signals, rule) for signals in rows)


def _mixed_hits(connection: Connection, plan: Undoing) -> list[Any]:
    query = select(case_hits).where(
        case_hits.c.case_id.in_(plan.mixed),
        case_hits.c.created_at >= plan.since,
        case_hits.c.created_at < plan.until,
    )
    rows = connection.execute(query).mappings()
    return [row for row in rows if _is_live(row["signals"], plan.rule) and _only(row["signals"], plan.rule)]


def _held(
    connection: Connection, case_ids: Sequence[str], hits: Sequence[Any]
) -> tuple[tuple[str, str], ...]:
    """Messages that wait, of whole cases and of single hits."""
    single = {(hit["service_id"], hit["message_id"]) for hit in hits}
    ids = {*case_ids, *(hit["case_id"] for hit in hits)}
    query = select(held_messages.c.service_id, held_messages.c.message_id, held_messages.c.case_id).where(
        held_messages.c.case_id.in_(sorted(ids)), held_messages.c.state == HELD
    )
    whole = set(case_ids)
    return tuple(
        sorted(
            (row.service_id, row.message_id)
            for row in connection.execute(query)
            if row.case_id in whole or (row.service_id, row.message_id) in single
        )
    )


def _labels(rule: RuleSource, since: datetime, until: datetime, service: str | None) -> Any:
    return select(func.count()).select_from(labels).where(*_given(rule, since, until, service))


def _labels_gone(rule: RuleSource, since: datetime, until: datetime, service: str | None) -> Any:
    return delete(labels).where(*_given(rule, since, until, service))


def _given(rule: RuleSource, since: datetime, until: datetime, service: str | None) -> list[Any]:
    found = [
        labels.c.set_by == str(rule),
        labels.c.by_person == 0,
        labels.c.set_at >= since,
        labels.c.set_at < until,
    ]
    return found if service is None else [*found, labels.c.service_id == service]
