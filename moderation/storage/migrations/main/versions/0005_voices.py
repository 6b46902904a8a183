"""Policies, reports, inquiries."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0005_voices"
down_revision = "0004_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "inquiries",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("room_id", sa.String(length=128), nullable=True),
        sa.Column("author_id", sa.String(length=128), nullable=True),
        sa.Column("case_id", sa.String(length=64), nullable=True),
        sa.Column("ticket_id", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("category_scores", Json, nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_inquiries_service_id_external_id")),
    )
    op.create_index("ix_inquiries_time", "inquiries", ["service_id", "asked_at"], unique=False)
    op.create_table(
        "policies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("categories", Json, nullable=False),
        sa.Column("effective_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_policies")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reporter_id", sa.String(length=128), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=128), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=True),
        sa.Column("author_id", sa.String(length=128), nullable=True),
        sa.Column("room_id", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("category_scores", Json, nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_reports_service_id_external_id")),
    )
    op.create_index("ix_reports_case", "reports", ["case_id"], unique=False)
    op.create_index(
        "ix_reports_subject",
        "reports",
        ["service_id", "subject_kind", "subject_id", "reporter_id"],
        unique=False,
    )
    op.create_index("ix_reports_time", "reports", ["service_id", "reported_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_reports_time", table_name="reports")
    op.drop_index("ix_reports_subject", table_name="reports")
    op.drop_index("ix_reports_case", table_name="reports")
    op.drop_table("reports")
    op.drop_table("policies")
    op.drop_index("ix_inquiries_time", table_name="inquiries")
    op.drop_table("inquiries")
