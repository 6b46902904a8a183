"""What services say of our scores: corrections, kept for training."""

from sqlalchemy import Boolean, Column, Index, String, Table, Text, UniqueConstraint

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word

feedback = Table(
    "feedback",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("external_id", ExternalId, nullable=False),
    Column("content_hash", Id, nullable=False),
    Column("message_id", ExternalId),
    Column("text", Text, nullable=False),
    Column("categories", Json, nullable=False),  # what is right; empty: harmless
    Column("minors", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("given_by", String(128), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("verdict", Word, nullable=False),  # what the live engine said of the text when this came
    Column("category_scores", Json, nullable=False),
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    UniqueConstraint("service_id", "external_id"),
    Index("ix_feedback_time", "received_at"),
)
