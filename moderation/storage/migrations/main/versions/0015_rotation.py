"""Keys and webhook secrets that overlap with the ones they replace."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import UtcDateTime

revision = "0015_rotation"
down_revision = "0014_campaigns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("api_keys", sa.Column("replaces", sa.String(64), nullable=True))
    op.add_column("webhook_endpoints", sa.Column("old_secret", sa.String(200), nullable=True))
    op.add_column("webhook_endpoints", sa.Column("old_secret_until", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("webhook_endpoints", "old_secret_until")
    op.drop_column("webhook_endpoints", "old_secret")
    op.drop_column("api_keys", "replaces")
