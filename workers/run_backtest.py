"""Job: try a rule set over the archive, and keep what was found."""

from datetime import UTC, datetime
from time import monotonic

import structlog

from moderation.rulebook import backtests
from moderation.storage.rules import backtests as asked
from moderation.storage.rules import rulesets
from moderation.storage.rules.backtests import AskedBacktest
from workers import process
from workers.process import WorkerParts

log = structlog.get_logger(__name__)

_TELL_SECONDS = 1.0


def run(backtest_id: str) -> None:
    """Run one backtest; a second job for the same does nothing.

    May run twice: after a worker's death the schedule asks again, and it begins anew.
    """
    parts = process.parts()
    with parts.database.write() as unit:
        taken = asked.take(unit.connection, backtest_id, now=datetime.now(UTC))
    if taken is None:
        return
    try:
        report = _tried(parts, taken)
    except Exception as error:
        log.exception("backtest.failed", backtest=backtest_id)
        with parts.database.write() as unit:
            asked.end(
                unit.connection, backtest_id, why=f"{type(error).__name__}: {error}", now=datetime.now(UTC)
            )
        return
    with parts.database.write() as unit:
        asked.end(unit.connection, backtest_id, report=report, now=datetime.now(UTC))
    log.info("backtest.done", backtest=backtest_id, messages=report["messages"], seconds=report["seconds"])


def _tried(parts: WorkerParts, taken: AskedBacktest) -> dict[str, object]:
    with parts.database.read() as connection:
        candidate = rulesets.sources_of(connection, taken.version)
        live = rulesets.sources_of(connection, taken.against)
    told = monotonic() - _TELL_SECONDS

    def step(done: int, total: int) -> None:
        nonlocal told
        if done == total or monotonic() - told >= _TELL_SECONDS:
            told = monotonic()
            with parts.database.write() as unit:
                asked.tell(unit.connection, taken.id, done=done, total=total, now=datetime.now(UTC))

    return backtests.run(
        parts.database,
        candidate,
        live,
        service=taken.service_id,
        since=taken.since,
        until=taken.until,
        rescore=backtests.rescorer(parts.settings, parts.database),
        step=step,
    ).as_dict()
