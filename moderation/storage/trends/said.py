"""What flagged messages said, as examples of articles are picked from. Needs the archive to hold their text still."""

from sqlalchemy import Connection, or_, select

from moderation.storage.tables.archive import messages
from moderation.taxonomy import AgeBand
from moderation.trends.days import Period
from moderation.trends.examples import Said

MOST = 50_000
"""The newest flagged messages of a period that are looked at."""


def read(archive: Connection, *, service: str, period: Period) -> list[Said]:
    """Flagged messages of a period; none that concern minors, none that minors wrote."""
    table = messages.c
    rows = archive.execute(
        select(table.text, table.author_id, table.room_id, table.categories)
        .where(
            table.service_id == service,
            table.counted_at >= period.start,
            table.counted_at < period.end,
            or_(table.review, table.verdict != "allow"),
            table.minors.is_(False),
            table.age_band != AgeBand.MINOR.value,
        )
        .order_by(table.counted_at.desc())
        .limit(MOST)
    )
    return [
        Said(text=row.text, author=row.author_id, room=row.room_id, categories=tuple(row.categories))
        for row in rows
    ]
