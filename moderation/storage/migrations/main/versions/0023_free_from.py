"""The order of work knows what somebody holds: claim next steps over it without reading the case."""

import sqlalchemy as sa
from alembic import op

revision = "0023_free_from"
down_revision = "0022_order_of_work"
branch_labels = None
depends_on = None

BY_URGENCY = (sa.text("priority DESC"), "opened_at", "id")
FREE_FROM = sa.text("coalesce(claimed_until, '1970-01-01 00:00:00+00')")


def upgrade() -> None:
    """Make the change."""
    _replace(work=("queue", *BY_URGENCY, FREE_FROM), urgent=(*BY_URGENCY, FREE_FROM))


def downgrade() -> None:
    """Take the change back."""
    _replace(work=("queue", *BY_URGENCY), urgent=BY_URGENCY)


def _replace(**columns: tuple[str | sa.TextClause, ...]) -> None:
    still_open = sa.text("state <> 'closed'")
    for name, those in columns.items():
        op.drop_index(f"ix_cases_{name}", table_name="cases")
        op.create_index(
            f"ix_cases_{name}", "cases", list(those), postgresql_where=still_open, sqlite_where=still_open
        )
