"""The rules of this process: those in force, and those that shall come into force next, compiled beforehand."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

import structlog

from moderation.errors import StoreUnavailable
from moderation.scoring.detectors import RulesBridge, views_of
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import RuleSources
from moderation.storage.database import Connection, Database
from moderation.storage.ids import new_id
from moderation.storage.rules import activation, rulesets
from moderation.storage.rules.activation import Beat
from moderation.storage.rules.costs import Cost

log = structlog.get_logger(__name__)

_LONGEST_PROBLEM = 500
LATE_SECONDS = activation.LIVE.total_seconds() - 1
"""A process whose last sign of life is older must look before it answers: soon nobody waits for it. Clocks may differ by the second."""
BUDGET_NS = 5_000_000
"""Processor time spent on measuring at each refresh: a quarter of a per cent of it."""


class FollowedRules:
    """Follows the database's word on which rule set is in force, and acknowledges what is proposed.

    ``away`` is true while the last look found no database.
    """

    def __init__(self, compile_sources: Callable[[RuleSources], RulesBridge], *, now: datetime) -> None:
        self._compile = compile_sources
        self._id, self._started_at = new_id(), now
        self._ready: dict[str, RulesBridge] = {}
        self._proposal, self._problem = 0, None
        self._news: tuple[int, int] = (0, 0)
        self._heard_at, self.away = monotonic() - LATE_SECONDS, False
        self.bridge: RulesBridge | None = None
        self.seq = 0

    _problem: str | None

    @property
    def late(self) -> bool:
        """Whether a rule set may have come into force without this process."""
        return monotonic() - self._heard_at >= LATE_SECONDS

    def take_up(self, database: Database) -> None:
        """Follow, and give a sign of life; that may bring the proposal into force. Raises StoreUnavailable.

        What comes into force after the last look waits for this process, until its sign of life is old.
        """
        now, heard_at = datetime.now(UTC), monotonic()
        try:
            self.follow(database)
            self.beat(database, now=now)
            self.follow(database)
        except StoreUnavailable:
            self.away = True
            raise
        self._heard_at, self.away = heard_at, False

    def has_news(self, connection: Connection) -> bool:
        """Whether something came into force or was proposed since the last ``follow``; one cheap query."""
        return activation.news(connection) != self._news

    def follow(self, database: Database) -> bool:
        """Take up the version in force, and compile the one that is proposed.

        Returns:
            Whether ``bridge`` changed.

        Raises:
            StoreUnavailable: The database does not answer; all stays as it was.
        """
        with database.read() as connection:
            news = activation.news(connection)
            active = rulesets.active(connection) if news[0] != self.seq else None
            asked = activation.waiting(connection) if news[1] > self._proposal else None
            proposed = None if asked is None else rulesets.sources_of(connection, asked.version)
        if active is not None:
            before = self.bridge
            self.bridge = self._ready.get(active.version) or self._compile(active.sources)
            if before is not None:
                self.bridge.meter.go_on_from(before.meter)
            self.seq = active.seq
            log.info("rules.loaded", version=active.version, rules=len(self.bridge.rule_set.rules))
        if asked is not None and proposed is not None:
            self._prepare(asked.version, proposed)
            self._proposal = asked.seq
        self._news = news
        return active is not None

    def _prepare(self, version: str, sources: RuleSources) -> None:
        self._problem = None
        try:
            self._ready = {version: self._compile(sources)}
        except Exception as error:  # whatever it is, this process cannot run that set, and says so
            log.exception("rules.proposal_refused", version=version)
            self._problem = f"{type(error).__name__}: {error}"[:_LONGEST_PROBLEM]

    def beat(self, database: Database, *, now: datetime) -> None:
        """Give a sign of life; where that makes a proposal complete, it comes into force. Raises StoreUnavailable."""
        sign = Beat(
            id=self._id,
            host=socket.gethostname()[:200],
            pid=os.getpid(),
            started_at=self._started_at,
            beat_at=now,
            active_seq=self.seq,
            proposal_seq=self._proposal,
            problem=self._problem,
        )
        with database.write() as unit:
            activation.beat(unit.connection, sign)
            activation.settle(unit.connection, now=now)

    def leave(self, database: Database) -> None:
        """Say goodbye, so that nobody waits. Raises StoreUnavailable."""
        with database.write() as unit:
            activation.leave(unit.connection, self._id)


def measure(bridge: RulesBridge, costs: dict[RuleSource, Cost]) -> None:
    """Add what a few rules cost on the last messages; takes about ``BUDGET_NS`` of processor time."""
    for rule_id, version, messages, spent in bridge.meter.measure(
        bridge.rule_set, views_of, budget_ns=BUDGET_NS
    ):
        rule = RuleSource(rule_id, version)
        before = costs.get(rule, Cost(rule, 0, 0))
        costs[rule] = Cost(rule, before.messages + messages, before.nanoseconds + spent)
