"""Rule sets: immutable versions of all rules, how one comes into force, and what became of its rules."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from moderation.storage.tables.base import ARCHIVE, MAIN, ExternalId, Id, Json, UtcDateTime, Word

rule_sets = Table(
    "rule_sets",
    MAIN,
    Column("version", Id, primary_key=True),  # hash of the content
    Column("content", Json, nullable=False),  # {"packs": {path: text}, "lists": {path: text}}
    Column("parent", Id),  # the version it was made from
    Column("note", String(500), nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
    Index("ix_rule_sets_time", "created_at"),
)

rule_versions = Table(
    "rule_versions",
    MAIN,
    Column("rule_id", String(100), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("hash", Id, nullable=False),  # of what this version catches and does: it never means two things
)

rule_set_activations = Table(
    "rule_set_activations",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("version", Id, ForeignKey("rule_sets.version"), nullable=False),
    Column("act", Word, nullable=False, server_default="activate"),  # seed | activate | rollback | guard
    Column("activated_at", UtcDateTime, nullable=False),
    Column("activated_by", String(128), nullable=False),
)

rule_set_proposals = Table(
    "rule_set_proposals",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("version", Id, ForeignKey("rule_sets.version"), nullable=False),
    Column("replaces", BigInteger, nullable=False),  # the activation in force when it was asked for
    Column("act", Word, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("gives_up_at", UtcDateTime, nullable=False),
    Column("state", Word, nullable=False),  # waiting | active | refused
    Column("why", Text, nullable=False),
    Index(
        "uq_rule_set_proposals_waiting",  # one at a time
        "state",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

processes = Table(
    "processes",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
    Column("active_seq", BigInteger, nullable=False),  # the activation it scores with
    Column("proposal_seq", BigInteger, nullable=False),  # the last proposal it compiled
    Column("problem", Text),  # why it cannot run that proposal
)

rule_costs = Table(
    "rule_costs",
    MAIN,
    Column("rule_id", String(100), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("day", Date, primary_key=True),  # in Japan
    Column("messages", BigInteger, nullable=False),  # of the sample
    Column("nanoseconds", BigInteger, nullable=False),  # of processor time, over all of them
)

rule_alarms = Table(
    "rule_alarms",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("rule_id", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Word, nullable=False),  # too_broad | slow | rate
    Column("data", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("seen_by", String(128)),
    Index("ix_rule_alarms_time", "at"),
)

backtests = Table(
    "backtests",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("version", Id, ForeignKey("rule_sets.version"), nullable=False),
    Column("against", Id, ForeignKey("rule_sets.version"), nullable=False),
    Column("service_id", Id, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("state", Word, nullable=False),  # waiting | running | done | failed
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("report", Json),
    Column("why", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),  # last sign of life of whoever runs it
    Index("ix_backtests_version", "version", "asked_at"),
    Index("ix_backtests_state", "state"),
)

room_stances = Table(
    "room_stances",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("room_id", ExternalId, primary_key=True),  # "*" is every room of the service
    Column("strictness", Word),  # null: as the service says
    Column("shield_until", UtcDateTime),  # null: down
    Column("set_by", String(128), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)

rule_hits = Table(
    "rule_hits",
    ARCHIVE,
    Column("service_id", Id, primary_key=True),
    Column("rule_id", String(100), primary_key=True),
    Column("message_id", ExternalId, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("mode", Word, nullable=False),  # live | shadow
    Column("beside", Integer, nullable=False),  # other live rules that hit the same message
    Column("flagged", Boolean, nullable=False),  # the message was held, blocked or sent to review
    Column("minors", Boolean, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
    Index("ix_rule_hits_rule", "rule_id", "version", "counted_at"),
    Index("ix_rule_hits_time", "counted_at"),
)
