"""Score texts without a trace: no window, no case, no stream, no log line holds them."""

from collections.abc import Sequence
from datetime import datetime

from moderation.scoring.engine import Engine, HalfScored
from moderation.scoring.mappings import Reading
from moderation.scoring.message import Author, Message, Room
from moderation.scoring.verdict import Verdict

_NOBODY = Author(id="compat")
_NOWHERE = Room(id="compat")


def read_texts(engine: Engine, texts: Sequence[str], *, service: str, now: datetime) -> list[Reading]:
    """What the engine says of each text alone.

    Nothing is known of author, room or what was said before: rules that ask for those, or count in
    windows, find it unknown.
    """
    half = engine.begin([_message(text, service, now) for text in texts])
    verdicts = engine.finish(half, [None] * len(texts))
    return [
        Reading(verdict=verdict, minors=_minors(half, at, verdict)) for at, verdict in enumerate(verdicts)
    ]


def _message(text: str, service: str, now: datetime) -> Message:
    return Message(
        service=service,
        id="compat",
        text=text,
        author=_NOBODY,
        room=_NOWHERE,
        sent_at=now,
        received_at=now,
        counted_at=now,
    )


def _minors(half: HalfScored, at: int, verdict: Verdict) -> float:
    if any(signal.minors and signal.mode == "live" for signal in verdict.signals):
        return 1.0
    classified = half.seen[at].classified
    return 0.0 if classified is None else classified.minors
