"""Corrections of our scores."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0009_feedback"
down_revision = "0008_models"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(length=128), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("category_scores", Json, nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_feedback_service_id_external_id")),
    )
    op.create_index("ix_feedback_time", "feedback", ["received_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_feedback_time", table_name="feedback")
    op.drop_table("feedback")
