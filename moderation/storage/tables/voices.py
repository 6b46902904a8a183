"""What people tell us: reports, inquiries; and the policies that answers cite."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from moderation.storage.tables.base import MAIN, ExternalId, Id, Json, UtcDateTime, Word

policies = Table(
    "policies",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", String(500)),
    Column("categories", Json, nullable=False),
    Column("effective_at", UtcDateTime, nullable=False),
)

reports = Table(
    "reports",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("external_id", ExternalId, nullable=False),
    Column("content_hash", Id, nullable=False),
    Column("reporter_id", ExternalId, nullable=False),
    Column("subject_kind", Word, nullable=False),
    Column("subject_id", ExternalId, nullable=False),
    Column("message_id", ExternalId),
    Column("author_id", ExternalId),
    Column("room_id", ExternalId),
    Column("reason", Word, nullable=False),
    Column("text", Text, nullable=False),
    Column("evidence", Json, nullable=False),  # message ids
    Column("reported_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("case_id", Id),
    Column("counted", Boolean, nullable=False),  # false: the same reporter said it of this subject before
    Column("weight", Float, nullable=False),
    Column("status", Word, nullable=False, default="joined"),  # what became of it on arrival
    Column("seq", Integer),  # its number in the case: a decision covers up to the one it saw
    Column("severity", Integer, nullable=False, default=0),  # what it alone would make of a case
    Column("subject_text", Text),  # the reported thing as the reporter gave it
    Column("suggested", Word),  # category that the text or the message points to, where one does
    Column(
        "urgent", Json, nullable=False, default=list
    ),  # why it takes the fast lane: threat, self_harm, minors
    Column("quality", Word, nullable=False, default="ok"),  # ok | empty | copied
    Column(
        "new_reporter", Boolean, nullable=False, default=False
    ),  # nothing spoke for them: see Reporter.unproven
    Column("brigade", Boolean, nullable=False, default=False),  # one of many alike from new accounts
    Column("outcome", Word),  # agreed | disagreed | ignored, once decided
    Column("judged_at", UtcDateTime),
    Column("decision_id", Id),
    Column("minors", Boolean, nullable=False),
    Column("category_scores", Json, nullable=False),  # of the free text
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    UniqueConstraint("service_id", "external_id"),
    Index("ix_reports_subject", "service_id", "subject_kind", "subject_id", "reporter_id"),
    Index("ix_reports_reporter", "service_id", "reporter_id", "author_id"),
    Index("ix_reports_case", "case_id", "seq"),
    Index("ix_reports_time", "service_id", "reported_at"),
)

reporters = Table(
    "reporters",  # only those a person set something on; weights come from the reports' outcomes
    MAIN,
    Column("service_id", Id, primary_key=True),
    Column("id", ExternalId, primary_key=True),
    Column("trusted", Boolean, nullable=False),
    Column("muted_until", UtcDateTime),
    Column("why", Text, nullable=False),
    Column("set_by", Id, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)

inquiries = Table(
    "inquiries",
    MAIN,
    Column("id", Id, primary_key=True),
    Column("service_id", Id, nullable=False),
    Column("external_id", ExternalId, nullable=False),
    Column("content_hash", Id, nullable=False),
    Column("topic", Word, nullable=False),
    Column("text", Text, nullable=False),
    Column("room_id", ExternalId),
    Column("author_id", ExternalId),
    Column("case_id", Id),
    Column("ticket_id", ExternalId),
    Column("state", Word, nullable=False),  # open | answered | closed
    Column("sender_id", ExternalId),  # who wrote it, where the service knows
    Column("reply", Text),  # what was answered
    Column("answered_by", Id),
    Column("answered_at", UtcDateTime),
    Column("urgent", Json, nullable=False, default=list),  # as of a report
    Column("minors", Boolean, nullable=False),
    Column("category_scores", Json, nullable=False),  # of the free text
    Column("model_version", Id, nullable=False),
    Column("lexicon_version", Id, nullable=False),
    Column("fold_version", Id, nullable=False),
    Column("ruleset_version", Id, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("service_id", "external_id"),
    Index("ix_inquiries_time", "service_id", "asked_at"),
)
