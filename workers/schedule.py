"""The schedule: every few seconds, what is due is asked for again, however it got stuck."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import structlog

from moderation.campaigns import report_watch
from moderation.errors import StoreUnavailable
from moderation.reports import retention
from moderation.reports.clock import Terms
from moderation.reports.retention import Keeping
from moderation.rulebook import crowding, guards
from moderation.scoring.drift_watch import watch
from moderation.storage import outbox
from moderation.storage.accounts import audit
from moderation.storage.chat import stream
from moderation.storage.database import Database
from moderation.storage.desk import ageing, expiry, second_looks
from moderation.storage.redis import AWAY, Redis
from moderation.storage.reports import notice_alarms
from moderation.storage.rules import backtests
from moderation.storage.trends import gaps, term_counts
from moderation.trends import alarm_watch
from moderation.trends.closing import close_days
from moderation.trends.days import jst_day_of
from moderation.trends.phrases import LOOK_BACK_DAYS
from workers.enqueue import Jobs
from workers.stopping import Stop

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
_RETAIN_EVERY = timedelta(hours=1)
_MOST = 500
"""Rows a round; the rest comes the next time."""
_DRAW_EVERY = timedelta(minutes=1)
_GUARD_EVERY = timedelta(seconds=30)
"""How often live rules are looked at for being slow or far too broad."""
_TERMS_EVERY = timedelta(hours=1)
_REPORT_EVERY = timedelta(hours=1)
_TERM_DAYS = LOOK_BACK_DAYS + 7
"""Days back whose terms are counted if nobody did: a week and what it is held against, brought in late or not."""
_DAY_IS_OVER = timedelta(days=1, hours=1)
"""A day's scores are looked at an hour after its end: the recorder may be behind."""
_CLOSE_EVERY = timedelta(hours=1)
_DAYS_A_ROUND = 5
"""Days that are closed in one round: each holds the recorder up for a fraction of a second."""


class Schedule:
    """What comes round. More than one may run; nothing is done twice."""

    def __init__(
        self,
        *,
        redis: Redis,
        database: Database,
        second_look_share: float = 0.0,
        notice_terms: Terms | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._redis = redis
        self._jobs = Jobs(redis)
        self._database = database
        self._second_look_share = second_look_share
        self._notice_terms = notice_terms or Terms()
        self._keeping = keeping
        self._retained: datetime | None = None
        self._drawn: datetime | None = None
        self._watched: date | None = None
        self._guarded: datetime | None = None
        self._watched_hour: datetime | None = None
        self._terms_asked: datetime | None = None
        self._reported: datetime | None = None
        self._closed: datetime | None = None

    def run(self, stop: Stop) -> None:
        """Go round until asked to stop."""
        while not stop.asked:
            self.once(now=datetime.now(UTC))
            stop.wait(EVERY_SECONDS)

    def once(self, *, now: datetime) -> None:
        """One round; a step that fails is logged and tried again in the next."""
        steps: tuple[Callable[[datetime], None], ...] = (
            self._expire,
            self._sound_notice_alarms,
            self._retain,
            self._sweep,
            self._note_gaps,
            self._watch_drift,
            self._ask_backtests,
            self._guard_rules,
            self._watch_trouble,
            self._count_terms,
            self._report_campaigns,
            self._close_days,
            self._age_cases,
            self._seal_audit,
            self._draw_second_looks,
        )
        for step in steps:
            try:
                step(now)
            except StoreUnavailable as error:
                log.warning("schedule.store_away", step=step.__name__, why=str(error))
            except AWAY as error:
                log.warning("redis.away", step=step.__name__, why=str(error))

    def _expire(self, now: datetime) -> None:
        with self._database.write() as unit:
            expired = expiry.expire_held(unit.connection, now=now, most=_MOST)
        if expired:
            log.info("held.expired", messages=expired)

    def _retain(self, now: datetime) -> None:
        """A piece a round until nothing is past its time; then an hour's rest."""
        if self._keeping is None or (self._retained is not None and now - self._retained < _RETAIN_EVERY):
            return
        done = retention.run_once(self._database, self._keeping, now=now)
        if any(done.values()):
            log.info("retention.done", **done)
        else:
            self._retained = now

    def _sound_notice_alarms(self, now: datetime) -> None:
        with self._database.write() as unit:
            soon, late = notice_alarms.sound_alarms(unit.connection, self._notice_terms, now=now, most=_MOST)
        if soon or late:
            log.warning("notices.alarm", due_soon=soon, overdue=late)

    def _sweep(self, now: datetime) -> None:
        with self._database.read() as connection:
            due = outbox.due(connection, destination=outbox.WEBHOOK, now=now, most=_MOST)
        for row in due:
            if not self._jobs.deliver_webhook(row.id, attempt=row.attempts):
                return

    def _note_gaps(self, now: datetime) -> None:
        left_out = stream.take_left_out(self._redis)
        if not left_out:
            return
        with self._database.write_archive() as unit:
            for service, messages in sorted(left_out.items()):
                gaps.note(unit.connection, service=service, why="stream_full", messages=messages, at=now)
        stream.settle_left_out(self._redis)
        log.error("trends.gap", why="stream_full", messages=sum(left_out.values()))

    def _age_cases(self, now: datetime) -> None:
        with self._database.write() as unit:
            ageing.age(unit.connection, now=now, most=_MOST)

    def _seal_audit(self, now: datetime) -> None:
        del now
        with self._database.write() as unit:
            audit.seal(unit.connection)

    def _draw_second_looks(self, now: datetime) -> None:
        if self._drawn is not None and now - self._drawn < _DRAW_EVERY:
            return
        with self._database.write() as unit:
            second_looks.draw(unit.connection, share=self._second_look_share, now=now)
        self._drawn = now

    def _watch_drift(self, now: datetime) -> None:
        """A piece a round; nothing more that day once all is done."""
        day = jst_day_of(now - _DAY_IS_OVER)
        if self._watched != day and watch(self._database, day):
            self._watched = day

    def _watch_trouble(self, now: datetime) -> None:
        """Once an hour."""
        hour = alarm_watch.hour_to_watch(now)
        if self._watched_hour != hour:
            alarm_watch.watch(self._database, hour, now=now)
            self._watched_hour = hour

    def _ask_backtests(self, now: datetime) -> None:
        with self._database.read() as connection:
            waiting = backtests.stuck(connection, now=now, most=_MOST)
        for backtest_id in waiting:
            if not self._jobs.run_backtest(backtest_id):
                return

    def _guard_rules(self, now: datetime) -> None:
        if self._guarded is None or now - self._guarded >= _GUARD_EVERY:
            self._guarded = now
            guards.guard(self._database, now=now)
            crowding.watch(self._database, self._redis, now=now)

    def _count_terms(self, now: datetime) -> None:
        """Once an hour: days that are over and were not counted, however the job for them got lost."""
        if self._terms_asked is not None and now - self._terms_asked < _TERMS_EVERY:
            return
        for days_ago in range(_TERM_DAYS):
            day = jst_day_of(now - _DAY_IS_OVER - timedelta(days=days_ago))
            with self._database.read_archive() as archive:
                waiting = term_counts.services_of(archive, day)
            if waiting and not self._jobs.count_terms(day):
                return
        self._terms_asked = now

    def _report_campaigns(self, now: datetime) -> None:
        """Once an hour: a campaign that cannot be measured now is tried again then."""
        if self._reported is not None and now - self._reported < _REPORT_EVERY:
            return
        for service, campaign_id in report_watch.due(self._database, now=now, most=_MOST):
            if not self._jobs.report_campaign(service, campaign_id):
                return
        self._reported = now

    def _close_days(self, now: datetime) -> None:
        """A few days a round until none waits; then an hour's rest, after which late messages may have come."""
        if self._closed is not None and now - self._closed < _CLOSE_EVERY:
            return
        if not close_days(self._database, last=jst_day_of(now - _DAY_IS_OVER), most=_DAYS_A_ROUND):
            self._closed = now
