"""Registered classifiers: which one scores, how a shadow agrees with it, and how scores drift."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Integer, String, Table

from moderation.storage.tables.base import MAIN, Id, Json, UtcDateTime, Word

models = Table(
    "models",
    MAIN,
    Column("version", Id, primary_key=True),  # hash of what scores
    Column("card", Json, nullable=False),
    Column("files", Json, nullable=False),  # {name: sha256}
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
)

model_states = Table(
    "model_states",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    # The state this one replaces, 0 for the first: of two at once, one is refused.
    Column("follows", BigInteger, nullable=False, unique=True),
    Column("act", Word, nullable=False),  # shadow | live | stop | rollback
    Column("live", Id, ForeignKey("models.version")),  # null: the model of the settings
    Column("shadow", Id, ForeignKey("models.version")),  # null: none
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(128), nullable=False),
)

model_agreement = Table(
    "model_agreement",
    MAIN,
    Column("shadow_version", Id, primary_key=True),
    Column("live_version", Id, primary_key=True),
    Column("day", Date, primary_key=True),  # in Japan
    Column("category", Word, primary_key=True),  # a harm category, or "all" for any of them
    Column("messages", BigInteger, nullable=False),  # of the sample
    Column("both", BigInteger, nullable=False),  # flagged by both
    Column("only_live", BigInteger, nullable=False),
    Column("only_shadow", BigInteger, nullable=False),
)

score_days = Table(
    "score_days",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),  # in Japan
    Column("model_version", Id, primary_key=True),
    Column("category", Word, primary_key=True),
    Column("bins", Json, nullable=False),  # messages of the sample by score, see moderation/scoring/drift.py
)

score_drift = Table(
    "score_drift",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("category", Word, primary_key=True),
    Column("model_version", Id, nullable=False),  # of most of the day's messages
    Column("psi", Float),  # null: too few messages to tell
    Column("flag_ratio", Float),  # flag rate of the day over that of the days before
    Column("flag_low", Float),
    Column("flag_high", Float),
    Column("alarm", Boolean, nullable=False),
)
