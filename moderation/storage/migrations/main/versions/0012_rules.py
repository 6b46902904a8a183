"""Rule sets with parents, proposals and processes; costs, alarms and backtests of rules; stances of rooms."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0012_rules"
down_revision = "0011_awareness"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.add_column("rule_sets", sa.Column("parent", sa.String(length=64), nullable=True))
    op.add_column("rule_sets", sa.Column("note", sa.String(length=500), nullable=False, server_default=""))
    op.create_index("ix_rule_sets_time", "rule_sets", ["created_at"], unique=False)
    op.add_column(
        "rule_set_activations",
        sa.Column("act", sa.String(length=32), nullable=False, server_default="activate"),
    )
    op.create_table(
        "rule_versions",
        sa.Column("rule_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "version", name=op.f("pk_rule_versions")),
    )
    op.create_table(
        "rule_set_proposals",
        sa.Column("seq", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("gives_up_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["rule_sets.version"], name=op.f("fk_rule_set_proposals_version")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_rule_set_proposals")),
    )
    op.create_index(
        "uq_rule_set_proposals_waiting",
        "rule_set_proposals",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "processes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.Column("active_seq", sa.BigInteger(), nullable=False),
        sa.Column("proposal_seq", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "rule_costs",
        sa.Column("rule_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("nanoseconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "version", "day", name=op.f("pk_rule_costs")),
    )
    op.create_table(
        "rule_alarms",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("rule_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("seen_by", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_alarms")),
    )
    op.create_index("ix_rule_alarms_time", "rule_alarms", ["at"], unique=False)
    op.create_table(
        "backtests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("against", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("report", Json, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["rule_sets.version"], name=op.f("fk_backtests_version")),
        sa.ForeignKeyConstraint(["against"], ["rule_sets.version"], name=op.f("fk_backtests_against")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtests")),
    )
    op.create_index("ix_backtests_version", "backtests", ["version", "asked_at"], unique=False)
    op.create_index("ix_backtests_state", "backtests", ["state"], unique=False)
    op.create_table(
        "room_stances",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("room_id", sa.String(length=128), nullable=False),
        sa.Column("strictness", sa.String(length=32), nullable=True),
        sa.Column("shield_until", UtcDateTime(), nullable=True),
        sa.Column("set_by", sa.String(length=128), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "room_id", name=op.f("pk_room_stances")),
    )


def downgrade() -> None:
    """Take the change back."""
    for table in (
        "room_stances",
        "backtests",
        "rule_alarms",
        "rule_costs",
        "processes",
        "rule_set_proposals",
        "rule_versions",
    ):
        op.drop_table(table)
    op.drop_column("rule_set_activations", "act")
    op.drop_index("ix_rule_sets_time", table_name="rule_sets")
    op.drop_column("rule_sets", "note")
    op.drop_column("rule_sets", "parent")
