"""Hand jobs to the workers. Job ids, lifetimes and time limits are given only here."""

from collections.abc import Callable
from datetime import date

import structlog
from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from moderation.storage.redis import AWAY
from workers import count_terms, deliver_webhook, report_campaign, run_backtest

log = structlog.get_logger(__name__)

WEBHOOKS = "ibasho-webhooks"
"""Name of the queue that webhook attempts wait in."""

LONG = "ibasho-long"
"""Name of the queue of jobs that take minutes."""

_LONG_SECONDS = 3_600
"""A worker stops a long job after this."""
_ATTEMPT_SECONDS = 120
"""A worker stops an attempt after this; the receiver itself has far less time."""


class Jobs:
    """The jobs that may be asked for. Connects at first use; safe to share between threads.

    Asking is a hint: what has to happen stands in the database, and the scheduler asks again
    every few seconds. So Redis being away is logged, and never fails the one who asks.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def deliver_webhook(self, outbox_id: str, *, attempt: int = 0) -> bool:
        """Ask for one attempt to deliver an outbox row. Asking twice makes one job.

        Args:
            outbox_id: The row.
            attempt: How many attempts it had. Part of the job's id, so that a job whose worker was
                killed cannot block the next attempt.

        Returns:
            False when Redis is away.
        """
        return self._ask(
            webhook_queue(self._redis),
            deliver_webhook.deliver,
            outbox_id,
            job_id=f"webhook-{outbox_id}-{attempt}",
            seconds=_ATTEMPT_SECONDS,
        )

    def run_backtest(self, backtest_id: str) -> bool:
        """Ask for a backtest to be run. Asking twice makes one job; False when Redis is away."""
        return self._ask_long(run_backtest.run, backtest_id, job_id=f"backtest-{backtest_id}")

    def count_terms(self, day: date) -> bool:
        """Ask for the terms of a day in Japan to be counted. Asking twice makes one job; False when Redis is away."""
        return self._ask_long(count_terms.count, day.isoformat(), job_id=f"terms-{day:%Y%m%d}")

    def report_campaign(self, service: str, campaign_id: str) -> bool:
        """Ask for a campaign to be measured and told. Asking twice makes one job; False when Redis is away."""
        job_id = f"campaign-report-{campaign_id}"
        return self._ask_long(report_campaign.report, service, campaign_id, job_id=job_id)

    def _ask_long(self, work: Callable[..., None], *given: str, job_id: str) -> bool:
        return self._ask(long_queue(self._redis), work, *given, job_id=job_id, seconds=_LONG_SECONDS)

    def _ask(self, queue: Queue, work: Callable[..., None], *given: str, job_id: str, seconds: int) -> bool:
        try:
            queue.enqueue_call(
                work,
                args=given,
                job_id=job_id,
                unique=True,  # without it RQ queues the same id twice
                result_ttl=0,  # seconds; 500 by default, and the id is taken that long
                failure_ttl=60,  # seconds; a year by default, likewise
                timeout=seconds,
            )
        except DuplicateJobError:
            log.debug("job.already_queued", job=job_id)
        except AWAY as error:
            log.warning("redis.away", step="enqueue", job=job_id, why=str(error))
            return False
        return True


def long_queue(redis: Redis) -> Queue:
    """The queue of jobs that take minutes; a worker of their own keeps them out of the way of webhooks."""
    return Queue(LONG, connection=redis, serializer=JSONSerializer)


def webhook_queue(redis: Redis) -> Queue:
    """The queue of webhook attempts.

    JSON, not pickle: whoever can write to Redis must not be able to run code.
    """
    return Queue(WEBHOOKS, connection=redis, serializer=JSONSerializer)
