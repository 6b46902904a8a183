"""On SQLite the rows of counts lie in their keys: one tree a table to write and to read instead of two."""

import sqlalchemy as sa
from alembic import op

revision = "0005_clustered_counts"
down_revision = "0004_closed_groups"
branch_labels = None
depends_on = None

COUNTS = ("trend_buckets", "day_totals", "hour_totals", "day_groups", "day_rooms", "day_authors")


def upgrade() -> None:
    """Make the change."""
    _copy(with_rowid=False)


def downgrade() -> None:
    """Take the change back."""
    _copy(with_rowid=True)


def _copy(*, with_rowid: bool) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for name in COUNTS:
        op.rename_table(name, f"{name}_before")
        before = sa.Table(f"{name}_before", sa.MetaData(), autoload_with=connection)
        after = before.to_metadata(sa.MetaData(), name=name)
        after.dialect_options["sqlite"]["with_rowid"] = with_rowid
        after.create(connection)
        # In the order of the key, so that the new tree is written from one end to the other.
        rows = sa.select(before).order_by(*before.primary_key)
        connection.execute(after.insert().from_select(list(before.columns.keys()), rows))
        before.drop(connection)
