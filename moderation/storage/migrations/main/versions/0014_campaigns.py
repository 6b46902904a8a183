"""Campaigns, and the measurement models they are measured with."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0014_campaigns"
down_revision = "0013_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "measurement_models",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("lexicon", sa.String(length=64), nullable=False),
        sa.Column("fold", sa.String(length=64), nullable=False),
        sa.Column("dictionary", sa.String(length=64), nullable=False),
        sa.Column("points", Json, nullable=False),
        sa.Column("pinned_at", UtcDateTime(), nullable=False),
        sa.Column("pinned_by", sa.String(length=128), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["model"], ["models.version"], name=op.f("fk_measurement_models_model")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_measurement_models")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("categories", Json, nullable=False),
        sa.Column("policies", Json, nullable=False),
        sa.Column("audience", Json, nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("measured_with", sa.String(length=64), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["measured_with"], ["measurement_models.version"], name=op.f("fk_campaigns_measured_with")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index("ix_campaigns_time", "campaigns", ["service_id", "published_at"], unique=False)
    op.create_table(
        "campaign_events",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_events_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "at", "kind", name=op.f("pk_campaign_events")),
    )
    op.create_table(
        "campaign_reach",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("readers", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_reach_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_campaign_reach")),
    )
    op.create_table(
        "campaign_readers",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_readers_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "reader", name=op.f("pk_campaign_readers")),
    )


def downgrade() -> None:
    """Take the change back."""
    for table in ("campaign_readers", "campaign_reach", "campaign_events", "campaigns", "measurement_models"):
        op.drop_table(table)
