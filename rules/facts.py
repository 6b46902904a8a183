"""Facts: where each named fact of a subject is found, for the interpreter and for generated code."""

from typing import Final

from rules.subject import Subject

EXPRESSIONS: Final[dict[str, str]] = {
    "text.length": "p.length",
    "author.id": "s.author.id",
    "author.account_age_seconds": "s.author.account_age_seconds",
    "author.age_band": "s.author.age_band",
    "author.role": "s.author.role",
    "author.strikes": "s.author.strikes",
    "author.labels": "s.author.labels",
    "room.id": "s.room.id",
    "room.game": "s.room.game",
    "room.category": "s.room.category",
    "room.strictness": "s.room.strictness",
    "room.live": "s.room.live",
    "room.live_seconds": "s.room.live_seconds",
    "room.live_viewers": "s.room.live_viewers",
    "room.labels": "s.room.labels",
    "room.shield": "s.room.shield",
    "target.kind": "s.target.kind",
    "target.age_band": "s.target.age_band",
}
"""Python expressions over ``s``, the subject, and ``p``, the prepared message."""
UNKNOWN_WORDS: Final[frozenset[str | None]] = frozenset({None, "unknown"})
"""Words that mean that a fact is not known."""


def fact(subject: Subject, name: str) -> object:
    """The value of a fact, None where it is not known."""
    holder, _, attribute = name.partition(".")
    if holder == "text":
        return len(subject.views.raw)
    if holder == "score":
        return None if subject.scores is None else subject.scores.get(attribute)
    value = getattr(getattr(subject, holder), attribute)
    return None if value == "unknown" else value
