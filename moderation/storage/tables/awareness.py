"""What customer support makes of trends: proposals, article kits, and alarms of rising trouble."""

from sqlalchemy import Column, Date, Float, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from moderation.storage.tables.base import MAIN, Id, Json, UtcDateTime, Word

proposals = Table(
    "improvement_proposals",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("source", Word, nullable=False),  # theme | category | other
    Column(
        "words", Json, nullable=False
    ),  # of the theme: letters that hold them are counted before and after
    Column("category", Word),
    Column("figures", Json, nullable=False),  # [[name, value]] as they were when it was made
    Column("quotes", Json, nullable=False),  # masked
    Column("team", String(100), nullable=False),
    Column("state", Word, nullable=False),  # draft | proposed | accepted | done | declined
    Column("shipped_on", Date),  # the day in Japan the change reached viewers
    Column("made_by", Id, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_improvement_proposals_service", "service_id", "made_at"),
)

article_kits = Table(
    "article_kits",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("categories", Json, nullable=False),
    Column("content", LargeBinary, nullable=False),  # the zip, as it was made
    Column("sha256", Id, nullable=False),
    Column("state", Word, nullable=False),  # draft | approved | withdrawn
    Column("made_by", Id, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("settled_by", Id),
    Column("settled_at", UtcDateTime),
    Column("note", Text, nullable=False),
    Index("ix_article_kits_service", "service_id", "made_at"),
)

alarms = Table(
    "trend_alarms",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("category", Word, nullable=False),
    Column("hour", UtcDateTime, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("hits", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    Column("p_value", Float, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    UniqueConstraint("service_id", "category", "hour"),
)
