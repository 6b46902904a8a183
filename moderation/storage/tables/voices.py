"""What people tell us: reports, inquiries; and the policies that answers cite."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word

policies = Table(
    "policies",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", String(500)),
    Column("categories", Json, nullable=False),
    Column("effective_at", UtcDateTime, nullable=False),
)

reports = Table(
    "reports",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("external_id", ExternalId, nullable=False),
    Column("content_hash", Id, nullable=False),
    Column("reporter_id", ExternalId, nullable=False),
    Column("subject_kind", Word, nullable=False),
    Column("subject_id", ExternalId, nullable=False),
    Column("message_id", ExternalId),
    Column("author_id", ExternalId),
    Column("room_id", ExternalId),
    Column("reason", Word, nullable=False),
    Column("text", Text, nullable=False),
    Column("evidence", Json, nullable=False),  # message ids
    Column("reported_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("case_id", Id),
    Column("counted", Boolean, nullable=False),  # false: the same reporter said it of this subject before
    Column("weight", Float, nullable=False),
    Column("minors", Boolean, nullable=False),
    Column("category_scores", Json, nullable=False),  # of the free text
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    UniqueConstraint("service_id", "external_id"),
    Index("ix_reports_subject", "service_id", "subject_kind", "subject_id", "reporter_id"),
    Index("ix_reports_case", "case_id"),
    Index("ix_reports_time", "service_id", "reported_at"),
)

inquiries = Table(
    "inquiries",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("external_id", ExternalId, nullable=False),
    Column("content_hash", Id, nullable=False),
    Column("topic", Word, nullable=False),
    Column("text", Text, nullable=False),
    Column("room_id", ExternalId),
    Column("author_id", ExternalId),
    Column("case_id", Id),
    Column("ticket_id", ExternalId),
    Column("state", Word, nullable=False),  # open | answered | closed
    Column("minors", Boolean, nullable=False),
    Column("category_scores", Json, nullable=False),  # of the free text
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("service_id", "external_id"),
    Index("ix_inquiries_time", "service_id", "asked_at"),
)
