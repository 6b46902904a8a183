"""Pages of a desk with years of cases: what waits where, closed ones by their time, who holds what."""

import sqlalchemy as sa
from alembic import op

revision = "0019_desk_pages"
down_revision = "0018_report_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    still_open = sa.text("state <> 'closed'")
    closed = sa.text("state = 'closed'")
    held = sa.text("claimed_by IS NOT NULL")
    op.create_index(
        "ix_cases_open",
        "cases",
        ["queue", "minors", "service_id", "kind", "severity", "state"],
        unique=False,
        postgresql_where=still_open,
        sqlite_where=still_open,
    )
    op.create_index(
        "ix_cases_closed",
        "cases",
        ["closed_at", "id"],
        unique=False,
        postgresql_where=closed,
        sqlite_where=closed,
    )
    op.create_index(
        "ix_cases_claimed",
        "cases",
        ["claimed_by"],
        unique=False,
        postgresql_where=held,
        sqlite_where=held,
    )


def downgrade() -> None:
    """Take the change back."""
    for name in ("ix_cases_claimed", "ix_cases_closed", "ix_cases_open"):
        op.drop_index(name, table_name="cases")
