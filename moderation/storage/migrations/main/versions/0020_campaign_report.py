"""When a campaign's report was announced."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import UtcDateTime

revision = "0020_campaign_report"
down_revision = "0019_desk_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("campaigns", sa.Column("report_ready_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("campaigns", "report_ready_at")
