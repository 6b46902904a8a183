"""How the desk works: review queues and routing, filters, appeals, second looks, looks at what is protected."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word

review_queues = Table(
    "review_queues",
    MAIN,
    Column("id", Word, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("position", Integer, nullable=False),
)

review_queue_roles = Table(
    "review_queue_roles",  # who sees a queue; without a row here: everybody of the desk
    MAIN,
    Column("queue_id", Word, primary_key=True),
    Column("role", Word, primary_key=True),
)

routing_rules = Table(
    "routing_rules",  # the first that fits a new case says its queue; null fits everything
    MAIN,
    Column("id", Id, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("service_id", Id),
    Column("kind", Word),
    Column("category", Word),
    Column("severity", Integer),  # at least
    Column("queue_id", Word, nullable=False),
)

saved_filters = Table(
    "saved_filters",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, nullable=False),
    Column("name", String(60), nullable=False),
    Column("query", String(500), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("user_id", "name"),
)

case_sketches = Table(
    "case_sketches",  # hashes of a case's texts: who shares one says the same, or nearly
    MAIN,
    Column("sketch", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", Id, primary_key=True),
    Column("exact", Boolean, nullable=False),
    Index("ix_case_sketches_case", "case_id"),
)

appeals = Table(
    "appeals",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("external_id", ExternalId, nullable=False),
    Column("content_hash", Id, nullable=False),
    Column("decision_id", Id, nullable=False),
    Column("case_id", Id, nullable=False),
    Column("author_id", ExternalId, nullable=False),
    Column("text", Text, nullable=False),
    Column("appealed_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Word, nullable=False),  # open | upheld | overturned
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    Column("reason", Text, nullable=False),
    Column("public_note", Text, nullable=False),
    UniqueConstraint("service_id", "external_id"),
    Index(
        "uq_appeals_open",
        "decision_id",
        unique=True,
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
    Index("ix_appeals_state", "state", "due_at"),
    Index("ix_appeals_author", "service_id", "author_id"),
)

golden_cases = Table(
    "golden_cases",  # cases whose right answer is known; moderators are asked about them now and then
    MAIN,
    Column("case_id", Id, primary_key=True),
    Column("outcome", Word, nullable=False),
    Column("categories", Json, nullable=False),
    Column("seen_hit_seq", Integer, nullable=False),
    Column("set_by", Id, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime),
)

second_looks = Table(
    "second_looks",  # a second person's answer, given without knowing the first
    MAIN,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, nullable=False),
    Column("decision_id", Id),  # of a sampled decision; null: a golden case
    Column("moderator_id", Id, nullable=False),  # whose agreement is measured
    Column("outcome", Word, nullable=False),  # what the answer is compared with
    Column("categories", Json, nullable=False),
    Column("seen_hit_seq", Integer, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_by", Id),
    Column("answered_at", UtcDateTime),
    Column("answer", Word),
    Column("answer_categories", Json),
    Index(
        "ix_second_looks_open",
        "asked_at",
        postgresql_where=text("answered_at IS NULL"),
        sqlite_where=text("answered_at IS NULL"),
    ),
    Index("ix_second_looks_answered", "answered_at"),
    Index("ix_second_looks_case", "case_id"),
)

protected_looks = Table(
    "protected_looks",  # why someone opened a minors' case without working on it
    MAIN,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, nullable=False),
    Column("case_id", Id, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_protected_looks_user", "user_id", "case_id", "at"),
)

audit_inbox = Table(
    "audit_inbox",  # acts on their way into the audit trail, written with the act itself
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("act", String(64), nullable=False),
    Column("object", String(200), nullable=False),
    Column("data", Json, nullable=False),
)
