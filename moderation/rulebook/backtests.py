"""Run a backtest over the archive: read, try, tell how far it is."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import structlog

from classifiers.errors import ClassifierError
from classifiers.views import Views
from moderation import bootstrap
from moderation.errors import ModelUnavailable
from moderation.scoring.backtest import Backtest
from moderation.scoring.backtest_report import Report
from moderation.scoring.backtest_subjects import Rescore
from moderation.scoring.ruleset import RuleSources
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.rules import backtest_read

log = structlog.get_logger(__name__)

Step = Callable[[int, int], None]
"""Told how many messages are done, of how many."""


def run(
    database: Database,
    candidate: RuleSources,
    live: RuleSources,
    *,
    service: str,
    since: datetime,
    until: datetime,
    rescore: Rescore | None,
    step: Step,
) -> Report:
    """Try a rule set over a period of one service's archive, beside another.

    Args:
        database: Both stores; nothing is written.
        candidate: The rule set to try.
        live: The rule set it is compared with.
        service: Whose messages.
        since: First moment of the period; aware.
        until: First moment after it.
        rescore: The classifier, for messages whose scores a rule had raised.
        step: Told about progress after each chunk.

    Raises:
        StoreUnavailable: A database does not answer.
    """
    with database.read() as connection:
        test = Backtest(
            candidate,
            live,
            since=since,
            until=until,
            rooms=backtest_read.rooms_of(connection, service),
            strikes=backtest_read.strikes_of(connection, service),
            decided=backtest_read.decided(connection, service),
            rescore=rescore,
        )
    with database.read_archive() as archive, _rare_collections():
        total = backtest_read.count(archive, service, since=since, until=until)
        step(0, total)
        done = 0
        for chunk in backtest_read.read(archive, service, since=since, until=until):
            test.feed(chunk)
            done += len(chunk)
            step(done, total)
    return test.finish()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cycles seldom: what a message makes goes with it and what stays is in use, and looking costs a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def rescorer(settings: Settings, database: Database) -> Rescore | None:
    """The live classifier as a backtest wants it; None where it cannot be loaded."""
    try:
        bridge = bootstrap.load_live(settings, database)
    except (ClassifierError, ModelUnavailable) as error:
        log.warning("backtest.no_classifier", why=str(error))
        return None

    def scores(views: Views) -> Mapping[str, float]:
        return {category.value: score for category, score in bridge.classify([views])[0].scores.items()}

    return scores
