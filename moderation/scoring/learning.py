"""Learning from people: what a moderator's decision teaches about the messages it covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.taxonomy import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedHit:
    """One flagged message, and the decision that settled it.

    Attributes:
        violation: What was found; a decision that says neither teaches nothing and is not one of these.
        categories: What was found in the whole case; empty where it is no violation.
        covered: Messages that the same decision settled.
        flagged: What live rules and classifier had said of this very message.
        minors: The case, or the message, is about harm to a minor.
        sources: What had flagged it: ``rule:<id>@<version>``, ``classifier@<version>``.
        versions: ``model``, ``lexicon``, ``fold``, ``ruleset``.
    """

    service: str
    case_id: str
    case_kind: str
    decision_id: str
    decided_at: datetime
    policy: str | None
    violation: bool
    categories: Sequence[Category]
    covered: int
    flagged: frozenset[Category]
    author_id: str
    room_id: str
    text: str
    minors: bool
    sources: Sequence[str]
    versions: Mapping[str, str]


def taught_categories(hit: DecidedHit) -> tuple[Category, ...] | None:
    """The categories a message is an example of; empty for benign, None where the decision does not tell.

    A decision is about a case. Where it covers one message, what was found was found there. Where it
    covers several, a message is an example of those findings that it was flagged for itself; one that
    was flagged for none of them only stood beside the others.
    """
    if not hit.violation:
        return ()
    if hit.covered == 1:
        return tuple(hit.categories)
    return tuple(category for category in hit.categories if category in hit.flagged) or None


def training_row(hit: DecidedHit, *, author: str, room: str) -> dict[str, Any] | None:
    """A line for `ibasho model train --extra`; None where the decision does not tell, or nothing is said.

    Whom it is about, and how it is said, nobody was asked; these stay open. The group is the case, so
    that messages of one case never stand on both sides of a split. Who decided is left out.

    Args:
        hit: The message and its decision.
        author: Pseudonym of the author.
        room: Pseudonym of the room.
    """
    categories = taught_categories(hit)
    if categories is None or not hit.text.strip():
        return None
    return {
        "text": hit.text,
        "categories": [category.value for category in categories],
        "minors": hit.minors and bool(categories),
        "group": f"case:{hit.case_id}",
        "provenance": {
            "source": "decision",
            "service": hit.service,
            "case": hit.case_id,
            "case_kind": hit.case_kind,
            "decision": hit.decision_id,
            "decided_at": hit.decided_at.isoformat(),
            "policy": hit.policy,
            "author": author,
            "room": room,
            "sources": list(hit.sources),
            "versions": dict(hit.versions),
        },
    }
