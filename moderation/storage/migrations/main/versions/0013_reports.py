"""Report weights and outcomes, reporters, notices, evidence, legal holds."""

import sqlalchemy as sa
from alembic import op

from moderation.storage.tables.base import Json, UtcDateTime

revision = "0013_reports"
down_revision = "0012_rules"
branch_labels = None
depends_on = None

_SEALED = ("evidence", "evidence_custody", "notice_events")
"""Tables whose rows never change: the database itself refuses."""
_HELD = {"evidence": "id", "evidence_custody": "evidence_id"}
"""Tables whose rows cannot go while a legal hold of theirs stands, with the column that names the evidence."""


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "erased_authors",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("erased_by", sa.String(length=128), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "pseudonym", name=op.f("pk_erased_authors")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=True),
        sa.Column("notice_id", sa.String(length=64), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_case", "evidence", ["case_id"], unique=False)
    op.create_index("ix_evidence_time", "evidence", ["made_at"], unique=False)
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=128), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=True),
        sa.Column("set_by", sa.String(length=128), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("released_by", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index("ix_legal_holds_source", "legal_holds", ["source_id"], unique=False)
    op.create_index(
        "ix_legal_holds_subject", "legal_holds", ["service_id", "kind", "subject_id"], unique=False
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("applicant_name", sa.String(length=200), nullable=False),
        sa.Column("applicant_kind", sa.String(length=32), nullable=False),
        sa.Column("applicant_email", sa.String(length=320), nullable=False),
        sa.Column("applicant_phone", sa.String(length=40), nullable=False),
        sa.Column("applicant_address", sa.Text(), nullable=False),
        sa.Column("right_claimed", sa.String(length=32), nullable=False),
        sa.Column("message_ids", Json, nullable=False),
        sa.Column("urls", Json, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("wants_poster_hidden", sa.Boolean(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("specialist", sa.String(length=64), nullable=True),
        sa.Column("extension_ground", sa.String(length=32), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("extended_until", UtcDateTime(), nullable=True),
        sa.Column("extension_notified_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("measures", Json, nullable=False),
        sa.Column("result_reason", sa.Text(), nullable=True),
        sa.Column("policy_id", sa.String(length=64), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("applicant_notified_at", UtcDateTime(), nullable=True),
        sa.Column("applicant_exempt_ground", sa.String(length=32), nullable=True),
        sa.Column("poster_notified_at", UtcDateTime(), nullable=True),
        sa.Column("poster_exempt_ground", sa.String(length=32), nullable=True),
        sa.Column("poster_exempt_reason", sa.Text(), nullable=True),
        sa.Column("due_soon_at", UtcDateTime(), nullable=True),
        sa.Column("overdue_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("reference", name=op.f("uq_notices_reference")),
    )
    op.create_index(
        "ix_notices_due",
        "notices",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_notices_time", "notices", ["received_at"], unique=False)
    op.create_index("uq_notices_external", "notices", ["service_id", "external_id"], unique=True)
    op.create_table(
        "reporters",
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "id", name=op.f("pk_reporters")),
    )
    op.create_table(
        "evidence_custody",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("evidence_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_custody_evidence_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_evidence_custody")),
    )
    op.create_index("ix_evidence_custody_evidence", "evidence_custody", ["evidence_id", "seq"], unique=False)
    op.create_table(
        "notice_events",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_events_notice_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_notice_events")),
    )
    op.create_index("ix_notice_events_notice", "notice_events", ["notice_id", "seq"], unique=False)
    op.create_table(
        "notice_files",
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_files_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "number", name=op.f("pk_notice_files")),
    )
    op.add_column("cases", sa.Column("report_weight", sa.Float(), nullable=False, server_default="0"))
    op.add_column("inquiries", sa.Column("sender_id", sa.String(length=128), nullable=True))
    op.add_column("inquiries", sa.Column("reply", sa.Text(), nullable=True))
    op.add_column("inquiries", sa.Column("answered_by", sa.String(length=64), nullable=True))
    op.add_column("inquiries", sa.Column("answered_at", UtcDateTime(), nullable=True))
    op.add_column("inquiries", sa.Column("urgent", Json, nullable=False, server_default="[]"))
    op.add_column(
        "reports", sa.Column("status", sa.String(length=32), nullable=False, server_default="joined")
    )
    op.add_column("reports", sa.Column("seq", sa.Integer(), nullable=True))
    op.add_column("reports", sa.Column("severity", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("reports", sa.Column("subject_text", sa.Text(), nullable=True))
    op.add_column("reports", sa.Column("suggested", sa.String(length=32), nullable=True))
    op.add_column("reports", sa.Column("urgent", Json, nullable=False, server_default="[]"))
    op.add_column("reports", sa.Column("quality", sa.String(length=32), nullable=False, server_default="ok"))
    op.add_column(
        "reports", sa.Column("new_reporter", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("reports", sa.Column("brigade", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("reports", sa.Column("outcome", sa.String(length=32), nullable=True))
    op.add_column("reports", sa.Column("judged_at", UtcDateTime(), nullable=True))
    op.add_column("reports", sa.Column("decision_id", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_reports_reporter", "reports", ["service_id", "reporter_id", "author_id"], unique=False
    )
    op.execute("UPDATE cases SET report_weight = reports")
    op.create_index("ix_cases_settled", "cases", ["service_id", "live_key", "closed_at"], unique=False)
    seal = _seal_postgresql if op.get_bind().dialect.name == "postgresql" else _seal_sqlite
    for table in _SEALED:
        seal(table, "UPDATE", f"{table} rows never change", "")
    for table, column in _HELD.items():
        holds = f"EXISTS (SELECT 1 FROM legal_holds WHERE source_id = OLD.{column} AND released_at IS NULL)"  # noqa: S608 - a name of ours
        seal(table, "DELETE", f"a legal hold keeps these {table} rows", holds)


def _seal_sqlite(table: str, act: str, why: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"{f'WHEN {when} ' if when else ''}BEGIN SELECT RAISE(ABORT, '{why}'); END"
    )


def _seal_postgresql(table: str, act: str, why: str, when: str) -> None:
    name = f"{table}_no_{act.lower()}"
    refuse = f"RAISE EXCEPTION '{why}';"
    body = f"IF {when} THEN {refuse} END IF; RETURN OLD;" if when else refuse
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take the change back."""
    for table, act in (*((name, "update") for name in _SEALED), *((name, "delete") for name in _HELD)):
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_no_{act} ON {table}")
            op.execute(f"DROP FUNCTION {table}_no_{act}()")
        else:
            op.execute(f"DROP TRIGGER {table}_no_{act}")
    op.drop_index("ix_cases_settled", table_name="cases")
    op.drop_index("ix_reports_reporter", table_name="reports")
    op.drop_column("reports", "decision_id")
    op.drop_column("reports", "judged_at")
    op.drop_column("reports", "outcome")
    op.drop_column("reports", "brigade")
    op.drop_column("reports", "new_reporter")
    op.drop_column("reports", "quality")
    op.drop_column("reports", "urgent")
    op.drop_column("reports", "suggested")
    op.drop_column("reports", "subject_text")
    op.drop_column("reports", "severity")
    op.drop_column("reports", "seq")
    op.drop_column("reports", "status")
    op.drop_column("inquiries", "urgent")
    op.drop_column("inquiries", "answered_at")
    op.drop_column("inquiries", "answered_by")
    op.drop_column("inquiries", "reply")
    op.drop_column("inquiries", "sender_id")
    op.drop_column("cases", "report_weight")
    op.drop_table("notice_files")
    op.drop_index("ix_notice_events_notice", table_name="notice_events")
    op.drop_table("notice_events")
    op.drop_index("ix_evidence_custody_evidence", table_name="evidence_custody")
    op.drop_table("evidence_custody")
    op.drop_table("reporters")
    op.drop_index("uq_notices_external", table_name="notices")
    op.drop_index("ix_notices_time", table_name="notices")
    op.drop_index(
        "ix_notices_due",
        table_name="notices",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_table("notices")
    op.drop_index("ix_legal_holds_subject", table_name="legal_holds")
    op.drop_index("ix_legal_holds_source", table_name="legal_holds")
    op.drop_table("legal_holds")
    op.drop_index("ix_evidence_time", table_name="evidence")
    op.drop_index("ix_evidence_case", table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("erased_authors")
