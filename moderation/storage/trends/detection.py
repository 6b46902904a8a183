"""Detection against reports: of the messages that viewers complained of, which had we seen ourselves?"""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from moderation.storage.tables.archive import messages
from moderation.storage.tables.voices import reports
from moderation.trends.days import Period
from moderation.trends.detection import Detection

_ASKED_AT_ONCE = 5_000


def read(main: Connection, archive: Connection, *, service: str, period: Period) -> tuple[Detection, ...]:
    """By reason, the most reported first; a message counts once a reason, however often it was reported.

    Only reports that name a message, and messages that the archive still has.
    """
    told: dict[str, set[str]] = defaultdict(set)
    rows = main.execute(
        select(reports.c.reason, reports.c.message_id)
        .where(
            reports.c.service_id == service,
            reports.c.message_id.is_not(None),
            reports.c.reported_at >= period.start,
            reports.c.reported_at < period.end,
        )
        .distinct()
    )
    for reason, message_id in rows:
        told[reason].add(message_id)
    known = dict(_known(archive, service, sorted(set().union(*told.values()))))
    found = [
        Detection(
            reason=reason,
            reported=sum(one in known for one in ids),
            seen=sum(known.get(one, False) for one in ids),
        )
        for reason, ids in told.items()
    ]
    return tuple(sorted((one for one in found if one.reported), key=lambda one: (-one.reported, one.reason)))


def _known(archive: Connection, service: str, ids: list[str]) -> Iterator[tuple[str, bool]]:
    """Messages of the archive, and whether the verdict flagged them."""
    flagged = or_(messages.c.review, messages.c.verdict != "allow").label("flagged")
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        some = ids[start : start + _ASKED_AT_ONCE]
        for row in archive.execute(
            select(messages.c.id, flagged).where(messages.c.service_id == service, messages.c.id.in_(some))
        ):
            yield row.id, bool(row.flagged)
