"""The two bridges: our classifier and our rules, as the engine wants them.

Only this module, bootstrap and the command line know a concrete detector.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import cast, overload

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled import HARM_HEADS
from classifiers.fold import fold
from classifiers.labels import CATEGORIES, MINORS, TARGETS
from classifiers.model import Classifier, Scores, likelihoods
from classifiers.views import Views
from moderation.scoring.decide import NO_FINDINGS, Classified, RuleFindings, rounded, rounded_many
from moderation.scoring.engine import Seen
from moderation.scoring.message import Message
from moderation.scoring.signal import Signal
from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome
from moderation.taxonomy import Category, Severity, Target
from rules.cost import SAMPLE, CostMeter
from rules.hit import Hit
from rules.match import Prepared, RuleSet
from rules.resolve import resolve
from rules.subject import AuthorFacts, Recent, RoomFacts, Subject, TargetFacts
from rules.windows import WindowRequest, report_requests

_TARGETS = tuple(Target(name) for name in TARGETS)
_TARGET_OF = dict(zip(TARGETS, _TARGETS, strict=True))
_CATEGORIES = tuple(Category(name) for name in CATEGORIES)
_MINORS = HARM_HEADS.index(MINORS)
_MANY = 8
"""Messages from which on NumPy rounds their scores quicker than Python."""


@lru_cache(maxsize=8192)
def fold_text(text: str) -> str:
    """The folding that rules' terms and the texts they are sought in share.

    Remembered, since a room's last messages are looked at again with each new one.
    """
    return fold(text).text


def _likelihoods(scores: Scores) -> dict[Target, float]:
    return dict(zip(_TARGETS, scores.targets.values(), strict=True))


def _likelihoods_at(targets: NDArray[np.float32], at: int) -> dict[Target, float]:
    return dict(zip(_TARGETS, likelihoods(targets[at].tolist()).values(), strict=True))


views_of = Views
"""The spellings of a text that rules look at."""


@dataclass(frozen=True, slots=True)
class ClassifierBridge:
    """The trained classifier as a TextDetector."""

    classifier: Classifier

    @property
    def versions(self) -> Mapping[str, str]:
        """``model``, ``lexicon`` and ``fold``."""
        return {
            "model": self.classifier.model_version,
            "lexicon": self.classifier.lexicon_version,
            "fold": self.classifier.fold_version,
        }

    def read(self, texts: Sequence[str]) -> list[object]:
        """Lazy views of each text."""
        return [Views(text) for text in texts]

    def classify(self, views: Sequence[object]) -> list[Classified]:
        """Calibrated probabilities of each text."""
        texts = cast("Sequence[Views]", views)
        return self._many(texts) if len(texts) >= _MANY else self._few(texts)

    def _few(self, texts: Sequence[Views]) -> list[Classified]:
        return [
            Classified(
                scores={
                    category: rounded(score) for category, score in zip(_CATEGORIES, scores.row, strict=False)
                },
                minors=scores.minors,
                target=_TARGET_OF[scores.target],
                targets=partial(_likelihoods, scores),
            )
            for scores in self.classifier.score(texts)
        ]

    def _many(self, texts: Sequence[Views]) -> list[Classified]:
        chances, targets = self.classifier.score_many(texts)
        columns = zip(
            rounded_many(chances[:, : len(_CATEGORIES)]).tolist(),
            chances[:, _MINORS].tolist(),
            targets.argmax(axis=1).tolist(),
            strict=True,
        )
        return [
            Classified(
                scores=dict(zip(_CATEGORIES, row, strict=True)),
                minors=minors,
                target=_TARGETS[likeliest],
                targets=partial(_likelihoods_at, targets, at),
            )
            for at, (row, minors, likeliest) in enumerate(columns)
        ]

    def explain(self, views: object, category: Category, score: float) -> Signal:
        """The classifier's evidence for one category."""
        evidence = self.classifier.explain(cast("Views", views), category)
        return Signal(
            source=f"classifier@{self.classifier.model_version}",
            category=category,
            score=score,
            reason=evidence.reason,
            spans=evidence.spans,
        )


@dataclass(frozen=True, slots=True)
class RulesBridge:
    """A compiled rule set as a RuleDetector; ``meter`` measures what its rules cost."""

    rule_set: RuleSet
    meter: CostMeter = field(default_factory=CostMeter, compare=False)

    @property
    def version(self) -> str:
        """The rule set's version."""
        return self.rule_set.version

    @property
    def reads_talk(self) -> bool:
        """Whether a rule looks at what was said before."""
        return bool(self.rule_set.needs & {"recent_author", "recent_room"})

    def report_requests(
        self, *, author: str | None, room: str | None, reporter: str, at: float
    ) -> tuple[WindowRequest, ...]:
        """What a report adds to the windows that rules read; ``at`` in Unix seconds."""
        return report_requests(self.rule_set.windows, author=author, room=room, reporter=reporter, at=at)

    def prepare(self, seen: Sequence[Seen]) -> "PreparedBatch":
        """Scan the texts."""
        needs = self.rule_set.needs
        prepared = self.rule_set.prepare([_subject(one, needs) for one in seen])
        return PreparedBatch(self.rule_set, prepared, self.meter)


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A scanned batch that waits for its windows."""

    rule_set: RuleSet
    prepared: Sequence[Prepared]
    meter: CostMeter

    @property
    def window_requests(self) -> Sequence[Sequence[WindowRequest]]:
        """Counters to add to and read."""
        return [one.window_requests() for one in self.prepared]

    def match(self, windows: Sequence[Mapping[str, int] | None]) -> list[RuleFindings]:
        """Findings of each message."""
        found = [_findings(hits) for hits in self.rule_set.match(self.prepared, windows)]
        # A few are enough to measure by, and the others' memory is given back while it is still in the cache.
        self.meter.seen = self.prepared[-SAMPLE:]
        return found


def _findings(hits: Sequence[Hit]) -> RuleFindings:
    if not hits:
        return NO_FINDINGS
    result = resolve(hits)
    return RuleFindings(
        verdict=Outcome(result.verdict),
        review=result.review,
        severity=Severity(result.severity),
        scores={Category(category): score for category, score in result.category_scores.items()},
        signals=tuple(_signal(hit) for hit in hits if hit not in result.lifted),
        allowed=result.decisive is not None and result.decisive.verdict == "allow",
        minors=result.minors,
        case_kind=result.case,
        queue=result.queue,
        asked_priority=result.priority,
        nudge=result.message_ja,
        labels=tuple((label.on, label.name, int(label.seconds), label.source) for label in result.labels),
    )


def _signal(hit: Hit) -> Signal:
    return Signal(
        source=hit.source,
        category=Category(hit.category),
        score=hit.score,
        reason=hit.reason,
        spans=tuple(hit.spans),
        minors=hit.minors,
        severity=Severity(hit.severity),
        mode=hit.mode,
        policy=hit.policy,
        strikes=hit.strikes,
    )


class _Recents(Sequence[Recent]):
    """Earlier lines as rules look at them; found and folded when the first rule looks."""

    __slots__ = ("_found", "_lines")

    def __init__(self, lines: Callable[[], Iterable[RoomLine]]) -> None:
        self._lines = lines
        self._found: list[Recent] | None = None

    def _read(self) -> list[Recent]:
        if self._found is None:
            self._found = [
                Recent(folded=fold_text(line.text), sent_at=line.sent_at) for line in self._lines()
            ]
        return self._found

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, at: int) -> Recent: ...
    @overload
    def __getitem__(self, at: slice) -> list[Recent]: ...
    def __getitem__(self, at: int | slice) -> Recent | list[Recent]:
        return self._read()[at]


def _subject(seen: Seen, needs: AbstractSet[str]) -> Subject:
    message, standing, talk = seen.message, seen.standing, seen.talk
    author, room = message.author, message.room
    # Words of our vocabulary are texts themselves, and rules know them by their values.
    return Subject(
        views=cast("Views", seen.views),
        sent_at=message.counted_at,
        author=AuthorFacts(
            id=author.id,
            account_age_seconds=_seconds_since(author.created_at, message),
            age_band=author.age_band,
            role=author.role,
            strikes=standing.strikes,
            labels=standing.labels,
        ),
        room=RoomFacts(
            id=room.id,
            game=room.game,
            category=room.category,
            strictness=seen.strictness,
            live_viewers=room.live_viewers,
            live=None if room.started_at is None else room.ended_at is None,
            live_seconds=_seconds_since(room.started_at, message),
            labels=standing.room_labels,
            shield=standing.shield,
        ),
        target=TargetFacts(
            kind=None if seen.classified is None else seen.classified.target,
            id=message.target_id,
            age_band=message.target_age_band,
        ),
        scores=None if seen.classified is None else cast("Mapping[str, float]", seen.classified.scores),
        recent_author=_Recents(talk.by_author) if talk is not None and "recent_author" in needs else None,
        recent_room=_Recents(talk.__iter__) if talk is not None and "recent_room" in needs else None,
    )


def _seconds_since(time: datetime | None, message: Message) -> float | None:
    return None if time is None else (message.counted_at - time).total_seconds()
