"""Sums by day and hour, random groups for intervals, and terms.

Of what was counted before, the pairs of author and room are not known any more: without them an
interval over those days is wider than it need be.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0003_measured"
down_revision = "0002_rule_hits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change, and add up what is there."""
    op.create_table(
        "day_totals",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("room_category", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("holds", sa.BigInteger(), nullable=False),
        sa.Column("blocks", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id",
            "day",
            "source",
            "room_category",
            "category",
            "model_version",
            "lexicon_version",
            "fold_version",
            "ruleset_version",
            name=op.f("pk_day_totals"),
        ),
    )
    op.create_table(
        "hour_totals",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "hour", "source", "category", name=op.f("pk_hour_totals")),
    )
    op.create_table(
        "day_groups",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("segment", sa.String(length=96), nullable=False),
        sa.Column("grp", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id", "day", "source", "segment", "grp", "category", name=op.f("pk_day_groups")
        ),
    )
    op.create_table(
        "day_terms",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("term", sa.String(length=64), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("authors", sa.Integer(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("beside", Json, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "day", "category", "term", name=op.f("pk_day_terms")),
    )
    op.create_table(
        "day_term_totals",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "day", "category", name=op.f("pk_day_term_totals")),
    )
    _add_up(op.get_bind())


_OLD_DAYS = (("day_authors", "author"), ("day_rooms", "room"))
_GROUPS = 128


def _add_up(connection: sa.Connection) -> None:
    old = sa.MetaData()
    versions = ("model_version", "lexicon_version", "fold_version", "ruleset_version")
    buckets = _table(
        old, "trend_buckets", ("service_id", "source", "room_category", "category", *versions), ("hour",)
    )
    days: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    hours: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for row in connection.execute(sa.select(buckets)):
        day = (row.hour + timedelta(hours=9)).date()
        known = [getattr(row, name) for name in versions]
        for at, count in enumerate((row.messages, row.hits, row.holds, row.blocks)):
            days[row.service_id, day, row.source, row.room_category, row.category, *known][at] += count
        for at, count in enumerate((row.messages, row.hits)):
            hours[row.service_id, row.hour, row.source, row.category][at] += count
    groups: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for name, who in _OLD_DAYS:
        table = _table(old, name, ("service_id", who, "source", "category"), ("day",))
        for row in connection.execute(sa.select(table)):
            group = int(getattr(row, who)[:8], 16) % _GROUPS
            for at, count in enumerate((row.messages, row.hits)):
                groups[row.service_id, row.day, row.source, who, group, row.category][at] += count
    for name, sums in (("day_totals", days), ("hour_totals", hours), ("day_groups", groups)):
        new = sa.Table(name, sa.MetaData(), autoload_with=connection)
        if sums:
            rows = [dict(zip(new.columns.keys(), (*key, *n), strict=True)) for key, n in sums.items()]
            connection.execute(sa.insert(_with_times(new)), rows)


def _table(old: sa.MetaData, name: str, words: Sequence[str], times: Sequence[str]) -> sa.Table:
    counts = ("messages", "hits", "holds", "blocks")[: 4 if name == "trend_buckets" else 2]
    return sa.Table(
        name,
        old,
        *(sa.Column(word, sa.String) for word in words),
        *(sa.Column(time, UtcDateTime if time == "hour" else sa.Date) for time in times),
        *(sa.Column(count, sa.BigInteger) for count in counts),
    )


def _with_times(table: sa.Table) -> sa.Table:
    """SQLite's own catalogue does not say that a time is of ours."""
    if "hour" in table.c:
        table.c.hour.type = UtcDateTime()
    return table


def downgrade() -> None:
    """Take the change back."""
    for table in ("day_term_totals", "day_terms", "day_groups", "hour_totals", "day_totals"):
        op.drop_table(table)
