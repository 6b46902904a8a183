"""What has to leave the house: webhook endpoints, the outbox, deliveries; and the audit trail."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from moderation.storage.tables.base import MAIN, Id, Json, UtcDateTime, Word

webhook_endpoints = Table(
    "webhook_endpoints",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, ForeignKey("services.id"), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("secret", String(200), nullable=False),  # whsec_…: needed in clear to sign
    Column("old_secret", String(200)),  # signs beside it after a rotation, for a while
    Column("old_secret_until", UtcDateTime),
    Column("event_types", Json, nullable=False),  # empty: all
    Column("sees_minors", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("disabled_why", Text),
)

outbox = Table(
    "outbox",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),  # the webhook-id
    Column("destination", Word, nullable=False),  # webhook | recorder
    Column("endpoint_id", Id, ForeignKey("webhook_endpoints.id")),
    Column("service_id", Id, nullable=False),
    Column("type", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_attempt_at", UtcDateTime),  # null: done or given up
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Index(
        "ix_outbox_due",
        "destination",
        "next_attempt_at",
        postgresql_where=text("next_attempt_at IS NOT NULL"),
        sqlite_where=text("next_attempt_at IS NOT NULL"),
    ),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("outbox_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", Integer),  # null: no answer
    Column("error", Text),
    Column("milliseconds", Integer, nullable=False),
    Index("ix_webhook_deliveries_outbox", "outbox_id"),
)

tallies = Table(
    "tallies",
    MAIN,
    Column("name", Word, primary_key=True),
    Column("label", Word, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("act", String(64), nullable=False),
    Column("object", String(200), nullable=False),
    Column("data", Json, nullable=False),
    Column("previous_hash", Id, nullable=False),
    Column("hash", Id, nullable=False),
)
