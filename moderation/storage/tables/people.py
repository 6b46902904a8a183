"""What the service told us of rooms and authors, and what we noted of them."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, UniqueConstraint

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word

rooms = Table(
    "rooms",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("id", ExternalId, primary_key=True),
    Column("title", String(500)),
    Column("game", String(200)),
    Column("category", String(64)),
    Column("strictness", Word, nullable=False),
    Column("streamer_id", ExternalId),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("live_viewers", Integer),
    Column("updated_at", UtcDateTime, nullable=False),
)

events = Table(
    "events",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("service_id", Id, nullable=False),
    Column("id", ExternalId, nullable=False),
    Column("type", Word, nullable=False),
    Column("room_id", ExternalId),
    Column("author_id", ExternalId),
    Column("target_id", ExternalId),
    Column("data", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("service_id", "id"),
    Index("ix_events_author", "service_id", "author_id", "at"),
    Index("ix_events_type", "service_id", "type", "at"),
)

labels = Table(
    "labels",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("entity", Word, primary_key=True),  # author | room
    Column("entity_id", ExternalId, primary_key=True),
    Column("label", String(64), primary_key=True),
    Column("set_by", String(128), nullable=False),  # user:<id> beats rule:<id>
    Column("by_person", Integer, nullable=False),
    Column("removed", Integer, nullable=False, default=0),  # a person took it off: rules may not put it back
    Column("set_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
)

strikes = Table(
    "strikes",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("author_id", ExternalId, nullable=False),
    Column("decision_id", Id, nullable=False),
    Column("weight", Float, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    Index("ix_strikes_author", "service_id", "author_id", "expires_at"),
)
