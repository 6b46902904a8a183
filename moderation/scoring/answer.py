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


class ScoreAnswer(msgspec.Struct, frozen=True, kw_only=True):
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
    return ScoreAnswer(
        id=message.id,
        status=verdict.status,
        degraded=verdict.degraded,
        missing=verdict.missing,
        verdict=verdict.verdict,
        review=verdict.review,
        severity=verdict.severity,
        categories=verdict.categories,
        category_scores=verdict.category_scores,
        minors=verdict.minors,
        target=verdict.target,
        signals=[_signal(signal, text) for signal in verdict.signals if signal.mode == "live"],
        rules=[_rule(signal, text) for signal in verdict.signals if signal.source.startswith("rule:")],
        labels_added=[name for _, name, _, _ in verdict.labels],
        message_to_author=verdict.nudge,
        case_id=case_id,
        clock="sent" if message.clock == "sent" else "arrival",
        model_version=verdict.versions.model,
        lexicon_version=verdict.versions.lexicon,
        fold_version=verdict.versions.fold,
        ruleset_version=verdict.versions.ruleset,
        latency_ms=round(latency_ms, 2),
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
