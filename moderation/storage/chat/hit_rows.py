"""Hits as the database keeps them: a row for each flagged message."""

import re
from datetime import datetime
from typing import Any

from moderation.review.case import CaseKind
from moderation.scoring.decide import rounded
from moderation.scoring.message import Message
from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Verdict
from moderation.storage.ids import new_id

COLUMNS = (
    "id",
    "case_id",
    "seq",
    "service_id",
    "message_id",
    "kind",
    "author_id",
    "author_name",
    "room_id",
    "target_id",
    "text",
    "sent_at",
    "verdict",
    "severity",
    "minors",
    "category_scores",
    "signals",
    "target",
    "model_version",
    "lexicon_version",
    "fold_version",
    "ruleset_version",
    "created_at",
)


def row(
    message: Message, verdict: Verdict, kind: CaseKind, *, case_id: str, seq: int, now: datetime
) -> tuple[Any, ...]:
    """The values of ``COLUMNS`` for one flagged message; ``seq`` is its number in its case."""
    return (
        new_id(),
        case_id,
        seq,
        message.service,
        message.id,
        kind.value,
        message.author.id,
        message.author.name,
        message.room.id,
        message.target_id,
        storable(message.text),
        message.sent_at,
        verdict.verdict.value,
        verdict.severity.rank,
        verdict.minors,
        verdict.category_scores,
        [_signal(signal) for signal in verdict.signals],
        verdict.target.value,
        verdict.versions.model,
        verdict.versions.lexicon,
        verdict.versions.fold,
        verdict.versions.ruleset,
        now,
    )


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "source": signal.source,
        "category": signal.category.value,
        "score": rounded(signal.score),
        "reason": signal.reason,
        "spans": [list(span) for span in signal.spans],
        "minors": signal.minors,
        "severity": signal.severity.value if signal.severity else None,
        "mode": signal.mode,
        "policy": signal.policy,
        "strikes": signal.strikes,
    }


def storable(text: str) -> str:
    """Text as both databases can keep it, of the same length in code points.

    PostgreSQL refuses NUL, and neither store can encode a lone surrogate; both become U+FFFD,
    so that spans still fit.
    """
    return _UNSTORABLE.sub("\ufffd", text)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
