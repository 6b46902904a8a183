"""Record: a scored message on its way through the stream to the archive and buckets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec

from moderation.scoring.message import Message
from moderation.scoring.verdict import Verdict


class ScoredRecord(msgspec.Struct, frozen=True, gc=False):
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
    rules: list[tuple[str, str]]
    model_version: str
    lexicon_version: str
    fold_version: str
    ruleset_version: str
    author_role: str | None = None
    target: str | None = None
    own_scores: Mapping[str, float] | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ScoredRecord)


def record_of(message: Message, verdict: Verdict) -> ScoredRecord:
    """What the archive keeps of one message."""
    author, room, versions = message.author, message.room, verdict.versions
    # By position, in the order of the fields, as in ``answer_of``: so many keywords take four times as long.
    return ScoredRecord(
        message.service,
        message.id,
        author.id,
        author.created_at,
        author.age_band,
        room.id,
        room.category or "unknown",
        message.target_id,
        message.text.encode("utf-8", "replace").decode("utf-8"),
        message.sent_at,
        message.counted_at,
        verdict.verdict,
        verdict.review,
        verdict.severity.rank,
        verdict.minors,
        verdict.categories,
        cast("Mapping[str, float]", verdict.category_scores),
        [(signal.source, signal.mode) for signal in verdict.signals if signal.source.startswith("rule:")],
        versions.model,
        versions.lexicon,
        versions.fold,
        versions.ruleset,
        author.role,
        verdict.target,
        cast("Mapping[str, float] | None", verdict.own_scores),
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
