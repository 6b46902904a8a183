"""Activation of rule sets: asked for, compiled and acknowledged by every live process, then in force by one row.

A process is live while its last beat is younger than ``LIVE``. Whoever sees that all of them have
acknowledged puts the version in force, so that it does not matter who dies on the way. Processes on
several machines are compared by their clocks, which have to agree to about a second.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from moderation.rulebook.errors import RuleSetConflict, RuleSetNotFound
from moderation.storage import outbox
from moderation.storage.accounts import audit
from moderation.storage.accounts.accounts import service_ids
from moderation.storage.rules import rulesets
from moderation.storage.tables.rulesets import processes, rule_set_proposals, rule_sets

LIVE = timedelta(seconds=5)
"""A process that was not heard of for longer is late: nobody waits for it, and it is not ready until it follows."""
PATIENCE = timedelta(seconds=10)
"""A proposal that a live process did not take up by then is refused; the set in force stays."""
FORGOTTEN = timedelta(hours=1)
"""A process that was not heard of for so long is gone."""

WAITING, ACTIVE, REFUSED = "waiting", "active", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A version that shall come into force. ``state``: ``waiting``, ``active`` or ``refused`` (``why`` says so)."""

    seq: int
    version: str
    replaces: int
    act: str
    asked_at: datetime
    asked_by: str
    gives_up_at: datetime
    state: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A sign of life of a scoring process.

    Attributes:
        active_seq: The activation it scores with.
        proposal_seq: The last proposal it compiled.
        problem: Why it cannot run that proposal.
    """

    id: str
    host: str
    pid: int
    started_at: datetime
    beat_at: datetime
    active_seq: int
    proposal_seq: int
    problem: str | None = None


def propose(
    connection: Connection, version: str, *, by: str, now: datetime, act: str = rulesets.ACTIVATE
) -> Proposal:
    """Ask every live process to take up a version.

    Raises:
        RuleSetNotFound: It is not kept.
        RuleSetConflict: It is in force, or another one is on its way.
    """
    known = select(rule_sets.c.version).where(rule_sets.c.version == version)
    if connection.execute(known).one_or_none() is None:
        raise RuleSetNotFound(version)
    settle(connection, now=now)
    current = rulesets.activations(connection, most=1)
    if current and current[0].version == version:
        raise RuleSetConflict(f"Rule set {version} is in force already.")
    row = insert(rule_set_proposals).values(
        version=version,
        replaces=current[0].seq if current else 0,
        act=act,
        asked_at=now,
        asked_by=by,
        gives_up_at=now + PATIENCE,
        state=WAITING,
        why="",
    )
    try:
        with connection.begin_nested():
            made = connection.execute(row.returning(rule_set_proposals)).mappings().one()
    except IntegrityError as error:
        raise RuleSetConflict("Another rule set is on its way; try again in a few seconds.") from error
    return Proposal(**made)


def proposal(connection: Connection, seq: int) -> Proposal:
    """One proposal as it stands now."""
    row = connection.execute(select(rule_set_proposals).where(rule_set_proposals.c.seq == seq))
    return Proposal(**row.mappings().one())


def waiting(connection: Connection) -> Proposal | None:
    """The proposal that waits for acknowledgement."""
    query = select(rule_set_proposals).where(rule_set_proposals.c.state == WAITING)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Proposal(**row)


def news(connection: Connection) -> tuple[int, int]:
    """Numbers of the last activation and of the proposal that waits (0: none); they change when there is news."""
    query = select(rule_set_proposals.c.seq).where(rule_set_proposals.c.state == WAITING)
    return rulesets.active_seq(connection), connection.execute(query).scalar_one_or_none() or 0


def beat(connection: Connection, sign: Beat) -> None:
    """Write down a sign of life, and what the process has taken up."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = asdict(sign)
    row = dialect.insert(processes).values(values)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))
    connection.execute(delete(processes).where(processes.c.beat_at < sign.beat_at - FORGOTTEN))


def leave(connection: Connection, process_id: str) -> None:
    """A process that ends in good order need not be waited for."""
    connection.execute(delete(processes).where(processes.c.id == process_id))


def live_processes(connection: Connection, *, now: datetime) -> list[Beat]:
    """Every process that was heard of lately, oldest first."""
    query = select(processes).where(processes.c.beat_at > now - LIVE).order_by(processes.c.started_at)
    return [Beat(**row) for row in connection.execute(query).mappings()]


def settle(connection: Connection, *, now: datetime) -> Proposal | None:
    """Put the waiting version in force if every live process has it, or give it up; None where none waits.

    Two who do this at once do it once: the state changes under one condition.
    """
    asked = waiting(connection)
    if asked is None:
        return None
    alive = live_processes(connection, now=now)
    behind = [one for one in alive if one.proposal_seq < asked.seq]
    unable = [one for one in alive if one.proposal_seq == asked.seq and one.problem]
    if unable:
        return _end(connection, asked, REFUSED, f"{_name(unable[0])}: {unable[0].problem}")
    if behind and now < asked.gives_up_at:
        return asked
    if behind:
        why = f"{_name(behind[0])} did not take it up within {PATIENCE.seconds} s."
        return _end(connection, asked, REFUSED, why)
    if rulesets.active_seq(connection) != asked.replaces:
        return _end(connection, asked, REFUSED, "Another rule set came into force meanwhile.")
    return _end(connection, asked, ACTIVE, "", alive=len(alive), now=now)


def _end(
    connection: Connection,
    asked: Proposal,
    state: str,
    why: str,
    *,
    alive: int = 0,
    now: datetime | None = None,
) -> Proposal:
    ended = connection.execute(
        update(rule_set_proposals)
        .where(rule_set_proposals.c.seq == asked.seq, rule_set_proposals.c.state == WAITING)
        .values(state=state, why=why)
    )
    if ended.rowcount and now is not None:
        _put_in_force(connection, asked, alive=alive, now=now)
    return proposal(connection, asked.seq)


def _put_in_force(connection: Connection, asked: Proposal, *, alive: int, now: datetime) -> None:
    before = rulesets.activations(connection, most=1)
    rulesets.activate(connection, version=asked.version, by=asked.asked_by, now=now, act=asked.act)
    data = {"from": before[0].version if before else "", "processes": alive}
    act = "ruleset.rollback" if asked.act == rulesets.ROLLBACK else "ruleset.activate"
    audit.append(
        connection,
        actor=asked.asked_by,
        act=act,
        object_=asked.version,
        data={**data, "act": asked.act},
        now=now,
    )
    for service in service_ids(connection):
        outbox.emit(
            connection,
            service=service,
            type_="rule.activated",
            subject="rulesets",
            data={"ruleset_version": asked.version, "replaces": data["from"], "act": asked.act},
            now=now,
        )


def _name(sign: Beat) -> str:
    return f"process {sign.pid} on {sign.host}"
