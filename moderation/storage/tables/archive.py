"""The archive of scored messages, and the trend buckets counted from it.

Hours and days: ``hour`` is a UTC hour; ``day`` a calendar day in Japan. Tables of counts have no rowid on
SQLite: their rows lie in the key, which is most of a row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from moderation.storage.tables.base import ARCHIVE, ExternalId, Id, Json, UtcDateTime, Word

messages = Table(
    "archive_messages",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("id", ExternalId, primary_key=True),
    Column("author_id", ExternalId, nullable=False),
    Column("author_created_at", UtcDateTime),
    Column("age_band", Word, nullable=False),
    Column("room_id", ExternalId, nullable=False),
    Column("room_category", String(64), nullable=False),
    Column("target_id", ExternalId),
    Column("text", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
    Column("verdict", Word, nullable=False),
    Column("review", Boolean, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("minors", Boolean, nullable=False),
    Column("categories", Json, nullable=False),
    Column("category_scores", Json, nullable=False),
    Column("rules", Json, nullable=False),  # [[id, version, mode]]
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    Column("author_role", Word),  # null: not kept at that time
    Column("target", Word),  # whom the classifier says it is about; null likewise
    Index("ix_archive_messages_room", "service_id", "room_id", "counted_at"),
    Index("ix_archive_messages_author", "service_id", "author_id", "counted_at"),
    Index("ix_archive_messages_time", "service_id", "counted_at"),
)

trend_buckets = Table(
    "trend_buckets",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("category", Word, primary_key=True),  # a harm category, or "all" for the denominators
    Column("room_category", String(64), primary_key=True),
    Column("source", Word, primary_key=True),  # live | measure:<version of a measurement model>
    Column("model_version", Id, primary_key=True),
    Column("lexicon_version", Id, primary_key=True),
    Column("fold_version", Id, primary_key=True),
    Column("ruleset_version", Id, primary_key=True),
    Column("messages", BigInteger, nullable=False),
    Column("hits", BigInteger, nullable=False),
    Column("holds", BigInteger, nullable=False),
    Column("blocks", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

day_totals = Table(
    "day_totals",  # trend_buckets by day in Japan
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("room_category", String(64), primary_key=True),
    Column("category", Word, primary_key=True),
    Column("model_version", Id, primary_key=True),
    Column("lexicon_version", Id, primary_key=True),
    Column("fold_version", Id, primary_key=True),
    Column("ruleset_version", Id, primary_key=True),
    Column("messages", BigInteger, nullable=False),
    Column("hits", BigInteger, nullable=False),
    Column("holds", BigInteger, nullable=False),
    Column("blocks", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

hour_totals = Table(
    "hour_totals",  # trend_buckets over all kinds of rooms and all versions
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("category", Word, primary_key=True),
    Column("messages", BigInteger, nullable=False),
    Column("hits", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

day_groups = Table(
    "day_groups",  # random groups of authors, rooms and pairs: what intervals are made from
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("segment", String(96), primary_key=True),  # author, room, pair, account:…, age:…, kind:…
    Column("grp", SmallInteger, primary_key=True, autoincrement=False),
    Column("category", Word, primary_key=True),
    Column("messages", BigInteger, nullable=False),
    Column("hits", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

closed_groups = Table(
    "closed_groups",  # day_groups of days that are over, a row a segment: see storage.day_groups
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("segment", String(96), primary_key=True),
    Column("categories", Json, nullable=False),
    Column("width", SmallInteger, nullable=False),  # bytes a number
    Column("counts", LargeBinary, nullable=False),  # messages, then hits: by category and group
)

day_terms = Table(
    "day_terms",  # words and pairs of words of flagged and reported texts; no sentence
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("category", Word, primary_key=True),  # a harm category, "all", or "reported"
    Column("term", String(64), primary_key=True),
    Column("texts", Integer, nullable=False),  # it stands in
    Column("authors", Integer, nullable=False),  # distinct on that day
    Column("rooms", Integer, nullable=False),
    Column("beside", Json, nullable=False),  # {term: texts} of what it most often stands with
)

day_term_totals = Table(
    "day_term_totals",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("category", Word, primary_key=True),
    Column("texts", Integer, nullable=False),
    Column("terms", Integer, nullable=False),  # occurrences of all terms, kept or not
    Column("counted_at", UtcDateTime, nullable=False),
)

fact_buckets = Table(
    "fact_buckets",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("kind", Word, primary_key=True),  # decision | report | action | stream
    Column("category", Word, primary_key=True),  # a harm category or report reason
    Column("value", Word, primary_key=True),  # the outcome, the reason, the action
    Column("room_category", String(64), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

facts = Table(
    "recorded_facts",
    ARCHIVE,
    Column("id", Id, primary_key=True),  # the outbox id: a fact is counted once
    Column("at", UtcDateTime, nullable=False),
)

day_rooms = Table(
    "day_rooms",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("room", Id, primary_key=True),  # HMAC of the room id
    Column("category", Word, primary_key=True),  # a harm category, or "all"
    Column("source", Word, primary_key=True),
    Column("fold_version", Id, primary_key=True),
    Column("model_version", Id, primary_key=True),
    Column("room_category", String(64), nullable=False),
    Column("messages", Integer, nullable=False),
    Column("hits", Integer, nullable=False),
    sqlite_with_rowid=False,
)

day_authors = Table(
    "day_authors",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("author", Id, primary_key=True),  # HMAC of the author id
    Column("category", Word, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("fold_version", Id, primary_key=True),
    Column("model_version", Id, primary_key=True),
    Column("age_band", Word, nullable=False),
    Column("new_account", Boolean, nullable=False),  # younger than 30 days on that day
    Column("messages", Integer, nullable=False),
    Column("hits", Integer, nullable=False),
    sqlite_with_rowid=False,
)

gaps = Table(
    "trend_gaps",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("started_at", UtcDateTime, primary_key=True),
    Column("ended_at", UtcDateTime),
    Column("why", Word, primary_key=True),  # redis_away | stream_full
    Column("messages", BigInteger, nullable=False),
)
