"""Campaigns: awareness articles, what was published when, who read them; and what they are measured with."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table, Text

from moderation.storage.tables.base import MAIN, Id, Json, UtcDateTime, Word

measurement_models = Table(
    "measurement_models",
    MAIN,
    Column("version", Id, primary_key=True),  # hash of the parts
    Column("model", Id, ForeignKey("models.version"), nullable=False),
    Column("lexicon", Id, nullable=False),
    Column("fold", Id, nullable=False),
    Column("dictionary", String(64), nullable=False),
    Column("points", Json, nullable=False),  # {category: probability from which on it counts}
    Column("pinned_at", UtcDateTime, nullable=False),
    Column("pinned_by", String(128), nullable=False),
    Column("until", UtcDateTime),  # null: the present one
)

campaigns = Table(
    "campaigns",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("title", String(200), nullable=False),
    Column("url", String(500)),
    Column("categories", Json, nullable=False),
    Column("policies", Json, nullable=False),
    Column("audience", Json, nullable=False),  # {"kind": all|room_categories|rooms, "values": [...]}
    Column("published_at", UtcDateTime, nullable=False),
    Column("measured_with", Id, ForeignKey("measurement_models.version")),  # null: none was pinned yet
    Column("closed_at", UtcDateTime),
    Column("report_ready_at", UtcDateTime),  # when the webhooks heard what came of it
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
    Index("ix_campaigns_time", "service_id", "published_at"),
)

campaign_events = Table(
    "campaign_events",
    MAIN,
    Column("campaign_id", Id, ForeignKey("campaigns.id"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("kind", Word, primary_key=True),  # revision | follow_up
    Column("note", Text, nullable=False),
    Column("url", String(500)),
)

campaign_reach = Table(
    "campaign_reach",
    MAIN,
    Column("campaign_id", Id, ForeignKey("campaigns.id"), primary_key=True),
    Column("day", Date, primary_key=True),  # in Japan
    Column("views", BigInteger),
    Column("readers", BigInteger),  # distinct on that day
)

campaign_readers = Table(
    "campaign_readers",
    MAIN,
    Column("campaign_id", Id, ForeignKey("campaigns.id"), primary_key=True),
    Column("reader", Id, primary_key=True),  # the pseudonym that stands for the author in the day rows
    Column("read_at", UtcDateTime, nullable=False),
)
