"""Cases, what hit them, what was said around it, and what people decided."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word, constant

cases = Table(
    "cases",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("kind", Word, nullable=False),  # author_room | raid | quarrel | room | profile
    Column("live_key", String(400), nullable=False),  # one open case a key
    Column("state", Word, nullable=False),  # queued | escalated | closed
    Column("queue", Word, nullable=False),
    Column("author_id", ExternalId),
    Column("room_id", ExternalId),
    Column("other_id", ExternalId),  # the other side of a quarrel
    Column("severity", Integer, nullable=False),  # 0 none … 4 critical: sorts
    Column("categories", Json, nullable=False),  # {category: highest score}
    Column("minors", Boolean, nullable=False),
    Column("priority", Float, nullable=False),
    Column("live_viewers", Integer),  # the most that watched when something joined
    Column("asked_priority", Integer, nullable=False, server_default="0"),  # the highest a rule asked for
    Column("age_step", Integer, nullable=False, default=0),  # raised as the due time comes near and passes
    Column("heavy", Boolean, nullable=False, default=False),  # weighs on whoever reads it
    Column("hit_seq", Integer, nullable=False),  # raised by each hit and report
    Column("seen_hit_seq", Integer, nullable=False),  # what the last decision covered
    Column("hits", Integer, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("report_weight", Float, nullable=False, default=0.0),  # sum of the reporters' weights
    Column("version", Integer, nullable=False),  # moves on claim, decision and state change only
    Column("assigned_to", Id),
    Column("claimed_by", Id),
    Column("claimed_until", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index(
        "uq_cases_live",
        "service_id",
        "live_key",
        unique=True,
        postgresql_where=text("state <> 'closed'"),
        sqlite_where=text("state <> 'closed'"),
    ),
    Index(  # counts of what waits are made from it alone, without reading a case
        "ix_cases_open",
        "queue",
        "minors",
        "service_id",
        "kind",
        "severity",
        "state",
        postgresql_where=text("state <> 'closed'"),
        sqlite_where=text("state <> 'closed'"),
    ),
    Index(
        "ix_cases_closed",
        "closed_at",
        "id",
        postgresql_where=text("state = 'closed'"),
        sqlite_where=text("state = 'closed'"),
    ),
    Index(
        "ix_cases_claimed",
        "claimed_by",
        postgresql_where=text("claimed_by IS NOT NULL"),
        sqlite_where=text("claimed_by IS NOT NULL"),
    ),
    Index(
        "ix_cases_ageing",
        "due_at",
        postgresql_where=text("state <> 'closed' AND age_step < 2"),
        sqlite_where=text("state <> 'closed' AND age_step < 2"),
    ),
    Index("ix_cases_settled", "service_id", "live_key", "closed_at"),
    Index("ix_cases_author", "service_id", "author_id", "opened_at"),
    Index("ix_cases_other", "service_id", "other_id"),
    Index("ix_cases_room", "service_id", "room_id", "opened_at"),
)

_STILL_OPEN = text("state <> 'closed'")
FREE_FROM = func.coalesce(cases.c.claimed_until, constant("1970-01-01 00:00:00+00"))
"""When a case is, or was, nobody's: as one value, which an index can hold. Both stores read the words alike."""
_BY_URGENCY = (cases.c.priority.desc(), cases.c.opened_at, cases.c.id, FREE_FROM)
Index("ix_cases_work", cases.c.queue, *_BY_URGENCY, postgresql_where=_STILL_OPEN, sqlite_where=_STILL_OPEN)
Index(  # claim next looks over every queue a person may see
    "ix_cases_urgent", *_BY_URGENCY, postgresql_where=_STILL_OPEN, sqlite_where=_STILL_OPEN
)

case_hits = Table(
    "case_hits",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("service_id", Id, nullable=False),
    Column("message_id", ExternalId, nullable=False),
    Column("kind", Word, nullable=False),  # the case's kind: a message hits one case of each kind
    Column("author_id", ExternalId, nullable=False),
    Column("author_name", String(200)),
    Column("room_id", ExternalId, nullable=False),
    Column("target_id", ExternalId),
    Column("text", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("verdict", Word, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("minors", Boolean, nullable=False),
    Column("category_scores", Json, nullable=False),
    Column("signals", Json, nullable=False),
    Column("target", Word, nullable=False),
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("service_id", "message_id", "kind"),
    Index("ix_case_hits_case", "case_id", "seq"),
    Index("ix_case_hits_author", "service_id", "author_id", "sent_at"),
    Index("ix_case_hits_name", "author_name"),
)

case_context = Table(
    "case_context",
    MAIN,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("message_id", ExternalId, primary_key=True),
    Column("author_id", ExternalId, nullable=False),
    Column("author_name", String(200)),
    Column("text", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
)

case_events = Table(
    "case_events",
    MAIN,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),  # user:<id>, system, service:<id>
    Column("kind", Word, nullable=False),
    Column("data", Json, nullable=False),
    Index("ix_case_events_case", "case_id", "seq"),
    Index("ix_case_events_actor", "actor", "kind", "at"),
)

decisions = Table(
    "decisions",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("service_id", Id, nullable=False),
    Column("author_id", ExternalId),
    Column("room_id", ExternalId),
    Column("outcome", Word, nullable=False),  # violation | no_violation | unsure
    Column("categories", Json, nullable=False),
    Column("policy_id", Id),
    Column("policy_version", Integer),
    Column("actions", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("public_note", Text, nullable=False),
    Column("internal_note", Text, nullable=False),
    Column("decided_by", Id, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("seen_hit_seq", Integer, nullable=False),
    Column("previous_hit_seq", Integer, nullable=False),  # restored by an undo
    Column("undoes", Id),  # set: this decision takes that one back
    Column("undone_by", Id),
    Column("batch_id", Id),  # decisions of one bulk act
    Index("ix_decisions_case", "case_id", "decided_at"),
    Index("ix_decisions_author", "service_id", "author_id", "decided_at"),
    Index("ix_decisions_time", "service_id", "decided_at"),
)

held_messages = Table(
    "held_messages",
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("message_id", ExternalId, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("state", Word, nullable=False),  # held | approved | denied | expired
    Column("held_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("settled_by", String(128)),
    Index("ix_held_messages_due", "state", "expires_at"),
    Index("ix_held_messages_case", "case_id"),
)
