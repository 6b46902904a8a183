"""The answer to a scoring request, as it goes over the wire and is stored for retries.

Offsets count Unicode code points of the text as typed; ends are exclusive.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from moderation.scoring.decide import rounded
from moderation.scoring.message import Message
from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Outcome, Status, Verdict
from moderation.taxonomy import Category, Severity, Target


class Span(msgspec.Struct, frozen=True):
    """A place in the text as typed."""

    start: int
    end: int
    text: str


class SignalAnswer(msgspec.Struct, frozen=True):
    """One piece of evidence."""

    source: str
    category: Category
    score: float
    minors: bool
    reason: str
    spans: list[Span]


class RuleAnswer(msgspec.Struct, frozen=True):
    """One rule that fired; ``shadow`` ones changed nothing."""

    id: str
    version: int
    mode: Literal["live", "shadow"]
    category: Category
    severity: Severity
    policy: str | None
    spans: list[Span]
    message: str


class ScoreAnswer(msgspec.Struct, frozen=True, gc=False):
    """The machine's answer about one message."""

    id: str
    status: Status
    degraded: bool
    missing: tuple[str, ...]
    verdict: Outcome
    review: bool
    severity: Severity
    categories: tuple[Category, ...]
    category_scores: Mapping[Category, float]
    minors: bool
    target: Target
    signals: list[SignalAnswer]
    rules: list[RuleAnswer]
    labels_added: list[str]
    message_to_author: str | None
    case_id: str | None
    clock: Literal["sent", "arrival"]
    model_version: str
    lexicon_version: str
    fold_version: str
    ruleset_version: str
    latency_ms: float


def answer_of(message: Message, verdict: Verdict, *, case_id: str | None, latency_ms: float) -> ScoreAnswer:
    """What the caller is told of one message."""
    text = message.text
    # By position, in the order of the fields: Python hands on more than 15 keywords in a dict, which takes four times as long.
    return ScoreAnswer(
        message.id,
        verdict.status,
        verdict.degraded,
        verdict.missing,
        verdict.verdict,
        verdict.review,
        verdict.severity,
        verdict.categories,
        verdict.category_scores,
        verdict.minors,
        verdict.target,
        [_signal(signal, text) for signal in verdict.signals if signal.mode == "live"],
        [_rule(signal, text) for signal in verdict.signals if signal.source.startswith("rule:")],
        [name for _, name, _, _ in verdict.labels],
        verdict.nudge,
        case_id,
        "sent" if message.clock == "sent" else "arrival",
        verdict.versions.model,
        verdict.versions.lexicon,
        verdict.versions.fold,
        verdict.versions.ruleset,
        latency_ms,
    )


def _signal(signal: Signal, text: str) -> SignalAnswer:
    return SignalAnswer(
        source=signal.source,
        category=signal.category,
        score=rounded(signal.score),
        minors=signal.minors,
        reason=signal.reason,
        spans=_spans(signal, text),
    )


def _rule(signal: Signal, text: str) -> RuleAnswer:
    name, _, version = signal.source.removeprefix("rule:").rpartition("@")
    return RuleAnswer(
        id=name,
        version=int(version),
        mode="shadow" if signal.mode == "shadow" else "live",
        category=signal.category,
        severity=signal.severity or Severity.NONE,
        policy=signal.policy,
        spans=_spans(signal, text),
        message=signal.reason,
    )


def _spans(signal: Signal, text: str) -> list[Span]:
    return [Span(start, end, text[start:end]) for start, end in signal.spans]
