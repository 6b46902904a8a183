"""Cases, hits, decisions, held messages."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0004_cases"
down_revision = "0003_rulesets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("live_key", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=True),
        sa.Column("room_id", sa.String(length=128), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("hit_seq", sa.Integer(), nullable=False),
        sa.Column("seen_hit_seq", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assigned_to", sa.String(length=64), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_author", "cases", ["service_id", "author_id", "opened_at"], unique=False)
    op.create_index("ix_cases_room", "cases", ["service_id", "room_id", "opened_at"], unique=False)
    op.create_index(
        "ix_cases_urgent",
        "cases",
        ["priority"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "ix_cases_work",
        "cases",
        ["queue", "priority", "opened_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "uq_cases_live",
        "cases",
        ["service_id", "live_key"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "case_context",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_context_case_id")),
        sa.PrimaryKeyConstraint("case_id", "message_id", name=op.f("pk_case_context")),
    )
    op.create_table(
        "case_events",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_case_events")),
    )
    op.create_index("ix_case_events_case", "case_events", ["case_id", "seq"], unique=False)
    op.create_table(
        "case_hits",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=True),
        sa.Column("room_id", sa.String(length=128), nullable=False),
        sa.Column("target_id", sa.String(length=128), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("category_scores", Json, nullable=False),
        sa.Column("signals", Json, nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("fold_version", sa.String(length=64), nullable=False),
        sa.Column("ruleset_version", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_hits_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_hits")),
        sa.UniqueConstraint(
            "service_id", "message_id", "kind", name=op.f("uq_case_hits_service_id_message_id_kind")
        ),
    )
    op.create_index("ix_case_hits_author", "case_hits", ["service_id", "author_id", "sent_at"], unique=False)
    op.create_index("ix_case_hits_case", "case_hits", ["case_id", "seq"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=True),
        sa.Column("room_id", sa.String(length=128), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("policy_id", sa.String(length=64), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("actions", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("public_note", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("seen_hit_seq", sa.Integer(), nullable=False),
        sa.Column("previous_hit_seq", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.String(length=64), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(
        "ix_decisions_author", "decisions", ["service_id", "author_id", "decided_at"], unique=False
    )
    op.create_index("ix_decisions_case", "decisions", ["case_id", "decided_at"], unique=False)
    op.create_index("ix_decisions_time", "decisions", ["service_id", "decided_at"], unique=False)
    op.create_table(
        "held_messages",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_held_messages_case_id")),
        sa.PrimaryKeyConstraint("service_id", "message_id", name=op.f("pk_held_messages")),
    )
    op.create_index("ix_held_messages_case", "held_messages", ["case_id"], unique=False)
    op.create_index("ix_held_messages_due", "held_messages", ["state", "expires_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_held_messages_due", table_name="held_messages")
    op.drop_index("ix_held_messages_case", table_name="held_messages")
    op.drop_table("held_messages")
    op.drop_index("ix_decisions_time", table_name="decisions")
    op.drop_index("ix_decisions_case", table_name="decisions")
    op.drop_index("ix_decisions_author", table_name="decisions")
    op.drop_table("decisions")
    op.drop_index("ix_case_hits_case", table_name="case_hits")
    op.drop_index("ix_case_hits_author", table_name="case_hits")
    op.drop_table("case_hits")
    op.drop_index("ix_case_events_case", table_name="case_events")
    op.drop_table("case_events")
    op.drop_table("case_context")
    op.drop_index(
        "uq_cases_live",
        table_name="cases",
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.drop_index("ix_cases_urgent", table_name="cases")
    op.drop_index(
        "ix_cases_work",
        table_name="cases",
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.drop_index("ix_cases_room", table_name="cases")
    op.drop_index("ix_cases_author", table_name="cases")
    op.drop_table("cases")
