"""A rate limit of its own for an API key."""

import sqlalchemy as sa
from alembic import op

revision = "0007_key_limits"
down_revision = "0006_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("api_keys", sa.Column("rate_limit", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("api_keys", "rate_limit")
