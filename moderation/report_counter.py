"""Reports counted into the windows that rules read."""

from collections.abc import Sequence

import structlog

from moderation.bootstrap import EngineRoom
from moderation.reports.reading import ReadReport
from moderation.storage.chat import windows
from moderation.storage.redis import AWAY, Redis
from rules.windows import WindowRequest

log = structlog.get_logger(__name__)


class ReportCounter:
    """Counts reports into the windows that rules read, after they are safe.

    Only reports that weigh enough come here: a brigade and muted reporters move no rule.
    """

    def __init__(self, engines: EngineRoom, redis: Redis) -> None:
        self._engines = engines
        self._redis = redis

    def __call__(self, counted: Sequence[ReadReport]) -> None:
        """Count them; with Redis away rules do not see them, and the cases are not touched by that."""
        wanted: dict[str, list[WindowRequest]] = {}
        for read in counted:
            report = read.report
            asked = self._engines.current.rules.report_requests(
                author=report.subject.author_id,
                room=report.subject.room_id,
                reporter=report.reporter_id,
                at=report.reported_at.timestamp(),
            )
            of_service = wanted.setdefault(report.service, [])
            of_service += [request for request in asked if isinstance(request, WindowRequest)]
        try:
            for service, requests in wanted.items():
                windows.add(self._redis, service, requests)
        except AWAY as error:
            log.warning("redis.away", step="report_windows", why=str(error))
