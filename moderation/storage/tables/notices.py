"""Legal takedown requests with their clock and history, and evidence kept for authorities."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word

notices = Table(
    "notices",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("reference", Word, nullable=False, unique=True),  # what applicant and platform call it
    Column("service_id", Id, nullable=False),
    Column("channel", Word, nullable=False),  # form | api
    Column("external_id", ExternalId),  # the service's id, where it came over the API
    Column("content_hash", Id, nullable=False),
    Column("applicant_name", String(200), nullable=False),
    Column("applicant_kind", Word, nullable=False),  # self | agent | organisation
    Column("applicant_email", String(320), nullable=False),
    Column("applicant_phone", String(40), nullable=False),
    Column("applicant_address", Text, nullable=False),
    Column("right_claimed", Word, nullable=False),
    Column("message_ids", Json, nullable=False),
    Column("urls", Json, nullable=False),
    Column("statement", Text, nullable=False),
    Column("wants_poster_hidden", Boolean, nullable=False),  # the applicant's name may not reach the poster
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Word, nullable=False),  # open | decided | withdrawn
    Column("specialist", Id),
    Column("extension_ground", Word),
    Column("extension_reason", Text),
    Column("extended_until", UtcDateTime),
    Column("extension_notified_at", UtcDateTime),
    Column("result", Word),  # measure_taken | not_taken
    Column("measures", Json, nullable=False),
    Column("result_reason", Text),
    Column("policy_id", Id),
    Column("policy_version", Integer),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Id),
    Column("applicant_notified_at", UtcDateTime),
    Column("applicant_exempt_ground", Word),
    Column("poster_notified_at", UtcDateTime),
    Column("poster_exempt_ground", Word),
    Column("poster_exempt_reason", Text),
    Column("due_soon_at", UtcDateTime),  # when the alert left
    Column("overdue_at", UtcDateTime),
    Index("uq_notices_external", "service_id", "external_id", unique=True),
    Index(
        "ix_notices_due",
        "due_at",
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
    Index("ix_notices_time", "received_at"),
)

notice_files = Table(
    "notice_files",
    MAIN,
    Column("notice_id", Id, ForeignKey("notices.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("size", Integer, nullable=False),  # bytes; 0 where only the hash was given
    Column("sha256", Id, nullable=False),
    Column("content", LargeBinary),  # null: only the hash was given
)

notice_events = Table(
    "notice_events",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("notice_id", Id, ForeignKey("notices.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("kind", Word, nullable=False),
    Column("data", Json, nullable=False),
    Index("ix_notice_events_notice", "notice_id", "seq"),
)

evidence = Table(
    "evidence",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("case_id", Id),
    Column("notice_id", Id),
    Column("purpose", Text, nullable=False),
    Column("made_by", String(128), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON: never changed, triggers see to it
    Column("sha256", Id, nullable=False),
    Index("ix_evidence_case", "case_id"),
    Index("ix_evidence_time", "made_at"),
)

custody = Table(
    "evidence_custody",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("evidence_id", Id, ForeignKey("evidence.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("act", Word, nullable=False),  # made | viewed | exported | verified | held | released
    Column("data", Json, nullable=False),
    Column("previous_hash", Id, nullable=False),
    Column("hash", Id, nullable=False),
    Index("ix_evidence_custody_evidence", "evidence_id", "seq"),
)

legal_holds = Table(
    "legal_holds",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("kind", Word, nullable=False),  # case | author | message | notice
    Column("subject_id", ExternalId, nullable=False),
    Column("why", Text, nullable=False),
    Column("source_id", Id),  # the evidence or notice it comes from
    Column("set_by", String(128), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("released_at", UtcDateTime),
    Column("released_by", String(128)),
    Index("ix_legal_holds_subject", "service_id", "kind", "subject_id"),
    Index("ix_legal_holds_source", "source_id"),
)

erased_authors = Table(
    "erased_authors",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("pseudonym", Id, primary_key=True),
    Column("day", Date, nullable=False),  # in Japan
    Column("erased_by", String(128), nullable=False),
    Column("counts", Json, nullable=False),  # rows by table
)
