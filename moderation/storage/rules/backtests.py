"""Backtests that were asked for: who wants to try what, how far it is, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from moderation.rulebook.errors import BacktestNotFound
from moderation.storage.ids import new_id
from moderation.storage.tables.rulesets import backtests

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
DEAD_AFTER = timedelta(seconds=60)
"""A backtest that gave no sign of life for so long has lost its worker, and is begun anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBacktest:
    """One backtest.

    Attributes:
        version: The rule set to try; ``against`` the one it is compared with.
        state: ``waiting``, ``running``, ``done`` or ``failed``.
        done: Messages tried so far, of ``total``.
        report: What was found, once it is done (moderation/scoring/backtest_report.py).
        why: Why it failed.
    """

    id: str
    version: str
    against: str
    service_id: str
    since: datetime
    until: datetime
    state: str
    done: int
    total: int
    report: Mapping[str, Any] | None
    why: str
    asked_at: datetime
    asked_by: str
    beat_at: datetime

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return 1.0 if self.state == DONE else self.done / self.total if self.total else 0.0


def ask(
    connection: Connection,
    *,
    version: str,
    against: str,
    service: str,
    since: datetime,
    until: datetime,
    by: str,
    now: datetime,
) -> AskedBacktest:
    """Want a rule set tried; a worker does it."""
    row = insert(backtests).values(
        id=new_id(),
        version=version,
        against=against,
        service_id=service,
        since=since,
        until=until,
        state=WAITING,
        done=0,
        total=0,
        why="",
        asked_at=now,
        asked_by=by,
        beat_at=now,
    )
    return AskedBacktest(**connection.execute(row.returning(backtests)).mappings().one())


def get(connection: Connection, backtest_id: str) -> AskedBacktest:
    """One backtest. Raises BacktestNotFound."""
    row = connection.execute(select(backtests).where(backtests.c.id == backtest_id)).mappings().one_or_none()
    if row is None:
        raise BacktestNotFound(backtest_id)
    return AskedBacktest(**row)


def of_version(connection: Connection, version: str, *, most: int = 5) -> list[AskedBacktest]:
    """The last backtests of a rule set, newest first."""
    query = (
        select(backtests)
        .where(backtests.c.version == version)
        .order_by(backtests.c.asked_at.desc())
        .limit(most)
    )
    return [AskedBacktest(**row) for row in connection.execute(query).mappings()]


def take(connection: Connection, backtest_id: str, *, now: datetime) -> AskedBacktest | None:
    """Begin one; None where another worker has it, or it is over."""
    free = or_(
        backtests.c.state == WAITING,
        (backtests.c.state == RUNNING) & (backtests.c.beat_at < now - DEAD_AFTER),
    )
    taken = connection.execute(
        update(backtests)
        .where(backtests.c.id == backtest_id, free)
        .values(state=RUNNING, beat_at=now, done=0)
        .returning(backtests)
    )
    row = taken.mappings().one_or_none()
    return None if row is None else AskedBacktest(**row)


def tell(connection: Connection, backtest_id: str, *, done: int, total: int, now: datetime) -> None:
    """How far it is; also a sign of life."""
    connection.execute(
        update(backtests)
        .where(backtests.c.id == backtest_id, backtests.c.state == RUNNING)
        .values(done=done, total=total, beat_at=now)
    )


def end(
    connection: Connection,
    backtest_id: str,
    *,
    report: Mapping[str, Any] | None = None,
    why: str = "",
    now: datetime,
) -> None:
    """It is done, with its report; or failed, where there is none."""
    connection.execute(
        update(backtests)
        .where(backtests.c.id == backtest_id, backtests.c.state == RUNNING)
        .values(state=FAILED if report is None else DONE, report=report, why=why, beat_at=now)
    )


def stuck(connection: Connection, *, now: datetime, most: int) -> list[str]:
    """Ids of those that wait for a worker, or whose worker died."""
    query = (
        select(backtests.c.id)
        .where(
            or_(
                backtests.c.state == WAITING,
                (backtests.c.state == RUNNING) & (backtests.c.beat_at < now - DEAD_AFTER),
            )
        )
        .order_by(backtests.c.asked_at)
        .limit(most)
    )
    return list(connection.execute(query).scalars())
