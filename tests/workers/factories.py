"""What the workers' tests are made from: each test states only what matters to it."""

from datetime import UTC, datetime
from typing import Any

from moderation.scoring.record import ScoredRecord, encode
from moderation.storage.chat.live import STREAM

NOON = datetime(2026, 8, 20, 3, tzinfo=UTC)
"""Noon in Japan, a Thursday."""


def record(**given: Any) -> ScoredRecord:
    """A harmless message."""
    fields: dict[str, Any] = {
        "service": "stream",
        "id": "m1",
        "author_id": "a1",
        "author_created_at": None,
        "age_band": "unknown",
        "room_id": "r1",
        "room_category": "fps",
        "target_id": None,
        "text": "ナイスエイム",
        "sent_at": NOON,
        "counted_at": given.get("sent_at", NOON),
        "verdict": "allow",
        "review": False,
        "severity": 0,
        "minors": False,
        "categories": [],
        "category_scores": {},
        "rules": [],
        "model_version": "model-1",
        "lexicon_version": "lexicon-1",
        "fold_version": "fold-1",
        "ruleset_version": "rules-1",
    }
    return ScoredRecord(**(fields | given))


def put(redis: Any, *records: ScoredRecord) -> None:
    """Put records into the stream, as the scoring path does."""
    pipe = redis.pipeline(transaction=False)
    for one in records:
        pipe.xadd(STREAM, {"m": encode(one)})
    pipe.execute()
