"""Random groups of days that are over, a row a segment. The schedule moves the days that are there."""

import numpy as np
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.tables.base import Json

revision = "0004_closed_groups"
down_revision = "0003_measured"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "closed_groups",
        sa.Column("service_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("segment", sa.String(96), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "day", "source", "segment", name=op.f("pk_closed_groups")),
    )


def downgrade() -> None:
    """Take the change back; every count goes back to a row of its own."""
    connection = op.get_bind()
    closed = sa.Table("closed_groups", sa.MetaData(), autoload_with=connection)
    opened = sa.Table("day_groups", sa.MetaData(), autoload_with=connection)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(opened)
    add = new.on_conflict_do_update(
        index_elements=list(opened.primary_key),
        set_={name: opened.c[name] + new.excluded[name] for name in ("messages", "hits")},
    )
    for row in connection.execute(sa.select(closed)).all():
        counts = np.frombuffer(row.counts, f"<u{row.width}").reshape(2, len(row.categories), -1)
        rows = [
            {
                "service_id": row.service_id,
                "day": row.day,
                "source": row.source,
                "segment": row.segment,
                "grp": int(group),
                "category": row.categories[at],
                "messages": int(counts[0, at, group]),
                "hits": int(counts[1, at, group]),
            }
            for at, group in np.argwhere(counts.any(axis=0))
        ]
        if rows:
            connection.execute(add, rows)
    op.drop_table("closed_groups")
