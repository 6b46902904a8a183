"""The desk: review queues, routing, filters, near texts, appeals, second looks, looks at what is protected."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0010_desk"
down_revision = "0009_feedback"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("decision_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("appealed_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("public_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("service_id", "external_id", name=op.f("uq_appeals_service_id_external_id")),
    )
    op.create_index("ix_appeals_author", "appeals", ["service_id", "author_id"], unique=False)
    op.create_index("ix_appeals_state", "appeals", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_appeals_open",
        "appeals",
        ["decision_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "audit_inbox",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_inbox")),
    )
    op.create_table(
        "case_sketches",
        sa.Column("sketch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sketch", "case_id", name=op.f("pk_case_sketches")),
    )
    op.create_index("ix_case_sketches_case", "case_sketches", ["case_id"], unique=False)
    op.create_table(
        "golden_cases",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("seen_hit_seq", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_golden_cases")),
    )
    op.create_table(
        "protected_looks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_looks")),
    )
    op.create_index("ix_protected_looks_user", "protected_looks", ["user_id", "case_id", "at"], unique=False)
    op.create_table(
        "review_queue_roles",
        sa.Column("queue_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "role", name=op.f("pk_review_queue_roles")),
    )
    op.create_table(
        "review_queues",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_queues")),
    )
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("queue_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filters_user_id_name")),
    )
    op.create_table(
        "second_looks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("decision_id", sa.String(length=64), nullable=True),
        sa.Column("moderator_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("categories", Json, nullable=False),
        sa.Column("seen_hit_seq", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answer_categories", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
    )
    op.create_index("ix_second_looks_answered", "second_looks", ["answered_at"], unique=False)
    op.create_index("ix_second_looks_case", "second_looks", ["case_id"], unique=False)
    op.create_index(
        "ix_second_looks_open",
        "second_looks",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_case_events_actor", "case_events", ["actor", "at"], unique=False)
    op.add_column("cases", sa.Column("other_id", sa.String(length=128), nullable=True))
    op.add_column("cases", sa.Column("live_viewers", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("age_step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("heavy", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_cases_ageing",
        "cases",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed' AND age_step < 2"),
        sqlite_where=sa.text("state <> 'closed' AND age_step < 2"),
    )
    op.add_column("decisions", sa.Column("batch_id", sa.String(length=64), nullable=True))

    op.create_index("ix_case_hits_name", "case_hits", ["author_name"], unique=False)
    op.create_index("ix_cases_other", "cases", ["service_id", "other_id"], unique=False)
    queues = sa.table("review_queues", sa.column("id"), sa.column("name"), sa.column("position"))
    op.bulk_insert(
        queues,
        [
            {"id": "general", "name": "一般", "position": 1},
            {"id": "child_safety", "name": "児童保護", "position": 2},
        ],
    )
    roles = sa.table("review_queue_roles", sa.column("queue_id"), sa.column("role"))
    op.bulk_insert(roles, [{"queue_id": "child_safety", "role": "child_safety"}])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_cases_other", table_name="cases")
    op.drop_index("ix_case_hits_name", table_name="case_hits")
    op.drop_column("decisions", "batch_id")
    op.drop_index(
        "ix_cases_ageing",
        table_name="cases",
        postgresql_where=sa.text("state <> 'closed' AND age_step < 2"),
        sqlite_where=sa.text("state <> 'closed' AND age_step < 2"),
    )
    op.drop_column("cases", "heavy")
    op.drop_column("cases", "age_step")
    op.drop_column("cases", "live_viewers")
    op.drop_column("cases", "other_id")
    op.drop_index("ix_case_events_actor", table_name="case_events")
    op.drop_index(
        "ix_second_looks_open",
        table_name="second_looks",
        postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )
    op.drop_index("ix_second_looks_case", table_name="second_looks")
    op.drop_index("ix_second_looks_answered", table_name="second_looks")
    op.drop_table("second_looks")
    op.drop_table("saved_filters")
    op.drop_table("routing_rules")
    op.drop_table("review_queues")
    op.drop_table("review_queue_roles")
    op.drop_index("ix_protected_looks_user", table_name="protected_looks")
    op.drop_table("protected_looks")
    op.drop_table("golden_cases")
    op.drop_index("ix_case_sketches_case", table_name="case_sketches")
    op.drop_table("case_sketches")
    op.drop_table("audit_inbox")
    op.drop_index(
        "uq_appeals_open",
        table_name="appeals",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_appeals_state", table_name="appeals")
    op.drop_index("ix_appeals_author", table_name="appeals")
    op.drop_table("appeals")
