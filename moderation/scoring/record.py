"""Record: a scored message on its way through the stream to the archive and buckets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec

from moderation.scoring.message import Message
from moderation.scoring.verdict import Verdict


class ScoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One scored message; times are aware UTC, severity is the rank 0 to 4.

    ``own_scores`` are the classifier's where a rule scored higher, None where it did not speak.
    """

    service: str
    id: str
    author_id: str
    author_created_at: datetime | None
    age_band: str
    room_id: str
    room_category: str
    target_id: str | None
    text: str
    sent_at: datetime
    counted_at: datetime
    verdict: str
    review: bool
    severity: int
    minors: bool
    categories: Sequence[str]
    category_scores: Mapping[str, float]
    own_scores: Mapping[str, float] | None = None
    rules: list[tuple[str, str]]
    model_version: str
    lexicon_version: str
    fold_version: str
    ruleset_version: str
    author_role: str | None = None
    target: str | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ScoredRecord)


def record_of(message: Message, verdict: Verdict) -> ScoredRecord:
    """What the archive keeps of one message."""
    return ScoredRecord(
        service=message.service,
        id=message.id,
        author_id=message.author.id,
        author_created_at=message.author.created_at,
        age_band=message.author.age_band,
        room_id=message.room.id,
        room_category=message.room.category or "unknown",
        target_id=message.target_id,
        text=message.text.encode("utf-8", "replace").decode("utf-8"),
        sent_at=message.sent_at,
        counted_at=message.counted_at,
        verdict=verdict.verdict,
        review=verdict.review,
        severity=verdict.severity.rank,
        minors=verdict.minors,
        categories=verdict.categories,
        category_scores=cast("Mapping[str, float]", verdict.category_scores),
        own_scores=cast("Mapping[str, float] | None", verdict.own_scores),
        rules=[
            (signal.source, signal.mode) for signal in verdict.signals if signal.source.startswith("rule:")
        ],
        model_version=verdict.versions.model,
        lexicon_version=verdict.versions.lexicon,
        fold_version=verdict.versions.fold,
        ruleset_version=verdict.versions.ruleset,
        author_role=message.author.role,
        target=verdict.target,
    )


def encode(record: ScoredRecord) -> bytes:
    """As it stands in the stream (MessagePack)."""
    return _ENCODER.encode(record)


def decode(entry: bytes) -> ScoredRecord:
    """Back from the stream.

    Raises:
        msgspec.DecodeError: The entry is not one of ours.
    """
    return _DECODER.decode(entry)
