"""Counts of what happened since the beginning, for /metrics."""

import sqlalchemy as sa
from alembic import op

revision = "0016_tallies"
down_revision = "0015_rotation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("label", sa.String(32), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "label", name=op.f("pk_tallies")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("tallies")
