"""What is most urgent comes straight from an index, without sorting all that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0022_order_of_work"
down_revision = "0021_rule_asks"
branch_labels = None
depends_on = None

BY_URGENCY = (sa.text("priority DESC"), "opened_at", "id")


def upgrade() -> None:
    """Make the change."""
    _replace(work=("queue", *BY_URGENCY), urgent=BY_URGENCY)


def downgrade() -> None:
    """Take the change back."""
    _replace(work=("queue", "priority", "opened_at"), urgent=("priority",))


def _replace(**columns: tuple[str | sa.TextClause, ...]) -> None:
    still_open = sa.text("state <> 'closed'")
    for name, those in columns.items():
        op.drop_index(f"ix_cases_{name}", table_name="cases")
        op.create_index(
            f"ix_cases_{name}", "cases", list(those), postgresql_where=still_open, sqlite_where=still_open
        )
