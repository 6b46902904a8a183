"""Registered classifiers, agreement of a shadow, drift of scores."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0008_models"
down_revision = "0007_key_limits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "models",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("card", Json, nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_models")),
    )
    op.create_table(
        "model_states",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("follows", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("live", sa.String(length=64), nullable=True),
        sa.Column("shadow", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["live"], ["models.version"], name=op.f("fk_model_states_live")),
        sa.ForeignKeyConstraint(["shadow"], ["models.version"], name=op.f("fk_model_states_shadow")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_model_states")),
        sa.UniqueConstraint("follows", name=op.f("uq_model_states_follows")),
    )
    op.create_table(
        "model_agreement",
        sa.Column("shadow_version", sa.String(length=64), nullable=False),
        sa.Column("live_version", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("both", sa.BigInteger(), nullable=False),
        sa.Column("only_live", sa.BigInteger(), nullable=False),
        sa.Column("only_shadow", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "shadow_version", "live_version", "day", "category", name=op.f("pk_model_agreement")
        ),
    )
    op.create_table(
        "score_days",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("bins", Json, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "day", "model_version", "category", name=op.f("pk_score_days")),
    )
    op.create_table(
        "score_drift",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("psi", sa.Float(), nullable=True),
        sa.Column("flag_ratio", sa.Float(), nullable=True),
        sa.Column("flag_low", sa.Float(), nullable=True),
        sa.Column("flag_high", sa.Float(), nullable=True),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "day", "category", name=op.f("pk_score_drift")),
    )


def downgrade() -> None:
    """Take the change back."""
    for table in ("score_drift", "score_days", "model_agreement", "model_states", "models"):
        op.drop_table(table)
