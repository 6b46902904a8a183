"""Feedback in the database: what services say our scores should have been. Never commits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import FeedbackConflict
from moderation.scoring.verdict import Verdict
from moderation.storage.chat.hit_rows import storable
from moderation.storage.ids import new_id
from moderation.storage.tables.feedback import feedback
from moderation.taxonomy import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One correction.

    Attributes:
        id: The service's id of it; taken once.
        message_id: The message it is about, where it has one.
        categories: What is right; none means harmless.
        minors: A minor is the one at risk.
        given_by: Who says so.
    """

    service: str
    id: str
    message_id: str | None
    text: str
    categories: Sequence[Category]
    minors: bool
    comment: str
    given_by: str

    @property
    def digest(self) -> str:
        """What "the same content" means for a feedback id."""
        parts = (self.message_id or "", self.text, *sorted(self.categories), str(self.minors), self.comment)
        return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A text with the categories that are right, as training wants it."""

    text: str
    categories: tuple[Category, ...]
    minors: bool
    received_at: datetime


def add(connection: Connection, given: Feedback, said: Verdict, *, now: datetime) -> bool:
    """Keep a correction beside what we say of the text; whether it is new.

    Raises:
        FeedbackConflict: The id came before with other content.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(feedback).values(
        id=new_id(),
        service_id=given.service,
        external_id=given.id,
        content_hash=given.digest,
        message_id=given.message_id,
        text=storable(given.text),
        categories=sorted(category.value for category in given.categories),
        minors=given.minors or said.minors,
        comment=storable(given.comment),
        given_by=given.given_by,
        received_at=now,
        verdict=said.verdict.value,
        category_scores={category.value: round(score, 4) for category, score in said.category_scores.items()},
        model_version=said.versions.model,
        lexicon_version=said.versions.lexicon,
        fold_version=said.versions.fold,
        ruleset_version=said.versions.ruleset,
    )
    new = connection.execute(row.on_conflict_do_nothing().returning(feedback.c.id)).scalar_one_or_none()
    if new is not None:
        return True
    kept = connection.execute(
        select(feedback.c.content_hash).where(
            feedback.c.service_id == given.service, feedback.c.external_id == given.id
        )
    ).scalar_one()
    if kept != given.digest:
        raise FeedbackConflict(given.id)
    return False


def corrections(
    connection: Connection, *, since: datetime | None = None, protected: bool = False
) -> Iterator[Correction]:
    """What was corrected, oldest first.

    Args:
        connection: A snapshot.
        since: Received from then on; None is all.
        protected: Also what concerns minors. Whoever asks must leave an entry in the audit trail.
    """
    query = select(feedback).order_by(feedback.c.received_at, feedback.c.id)
    if since is not None:
        query = query.where(feedback.c.received_at >= since)
    if not protected:
        query = query.where(feedback.c.minors.is_(False))
    for row in connection.execute(query):
        yield Correction(
            text=row.text,
            categories=tuple(Category(name) for name in row.categories),
            minors=row.minors,
            received_at=row.received_at,
        )
