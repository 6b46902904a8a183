"""Archive of messages and trend buckets."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0001_archive"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "archive_messages",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("author_created_at", UtcDateTime(), nullable=True),
        sa.Column("age_band", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=128), nullable=False),
        sa.Column("room_category", sa.String(length=64), nullable=False),
        sa.Column("target_id", sa.String(length=128), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("category_scores", Json, nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "id", name=op.f("pk_archive_messages")),
    )
    op.create_index(
        "ix_archive_messages_author",
        "archive_messages",
        ["service_id", "author_id", "counted_at"],
        unique=False,
    )
    op.create_index(
        "ix_archive_messages_room", "archive_messages", ["service_id", "room_id", "counted_at"], unique=False
    )
    op.create_index(
        "ix_archive_messages_time", "archive_messages", ["service_id", "counted_at"], unique=False
    )
    op.create_table(
        "day_authors",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("age_band", sa.String(length=32), nullable=False),
        sa.Column("new_account", sa.Boolean(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id",
            "day",
            "author",
            "category",
            "source",
            "fold_version",
            "model_version",
            name=op.f("pk_day_authors"),
        ),
    )
    op.create_table(
        "day_rooms",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("room_category", sa.String(length=64), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id",
            "day",
            "room",
            "category",
            "source",
            "fold_version",
            "model_version",
            name=op.f("pk_day_rooms"),
        ),
    )
    op.create_table(
        "fact_buckets",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("room_category", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id", "hour", "kind", "category", "value", "room_category", name=op.f("pk_fact_buckets")
        ),
    )
    op.create_table(
        "recorded_facts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_facts")),
    )
    op.create_table(
        "trend_buckets",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("room_category", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("holds", sa.BigInteger(), nullable=False),
        sa.Column("blocks", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_id",
            "hour",
            "category",
            "room_category",
            "source",
            "model_version",
            "lexicon_version",
            "fold_version",
            "ruleset_version",
            name=op.f("pk_trend_buckets"),
        ),
    )
    op.create_table(
        "trend_gaps",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "started_at", "why", name=op.f("pk_trend_gaps")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("trend_gaps")
    op.drop_table("trend_buckets")
    op.drop_table("recorded_facts")
    op.drop_table("fact_buckets")
    op.drop_table("day_rooms")
    op.drop_table("day_authors")
    op.drop_index("ix_archive_messages_time", table_name="archive_messages")
    op.drop_index("ix_archive_messages_room", table_name="archive_messages")
    op.drop_index("ix_archive_messages_author", table_name="archive_messages")
    op.drop_table("archive_messages")
