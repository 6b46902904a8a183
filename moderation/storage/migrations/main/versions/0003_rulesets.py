"""Rule sets."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0003_rulesets"
down_revision = "0002_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "rule_sets",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rule_sets")),
    )
    op.create_table(
        "rule_set_activations",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("activated_at", UtcDateTime(), nullable=False),
        sa.Column("activated_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["rule_sets.version"], name=op.f("fk_rule_set_activations_version")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_rule_set_activations")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("rule_set_activations")
    op.drop_table("rule_sets")
