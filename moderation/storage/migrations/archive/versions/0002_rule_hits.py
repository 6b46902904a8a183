"""Which rule hit which message; whom a message was about and who wrote it, for backtests."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import UtcDateTime

revision = "0002_rule_hits"
down_revision = "0001_archive"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "rule_hits",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("rule_id", sa.String(length=100), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("beside", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "rule_id", "message_id", name=op.f("pk_rule_hits")),
    )
    op.create_index("ix_rule_hits_rule", "rule_hits", ["rule_id", "version", "counted_at"], unique=False)
    op.create_index("ix_rule_hits_time", "rule_hits", ["counted_at"], unique=False)
    op.add_column("archive_messages", sa.Column("author_role", sa.String(length=32), nullable=True))
    op.add_column("archive_messages", sa.Column("target", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("archive_messages", "target")
    op.drop_column("archive_messages", "author_role")
    op.drop_table("rule_hits")
