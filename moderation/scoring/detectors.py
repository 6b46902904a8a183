"""The two bridges: our classifier and our rules, as the engine wants them.

Only this module, bootstrap and the command line know a concrete detector.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from classifiers.fold import fold
from classifiers.labels import TARGETS
from classifiers.model import Classifier
from classifiers.views import Views
from moderation.scoring.decide import Classified, RuleFindings
from moderation.scoring.engine import Seen
from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Outcome
from moderation.taxonomy import Category, Severity, Target
from rules.hit import Hit
from rules.match import Prepared, RuleSet
from rules.resolve import resolve
from rules.subject import AuthorFacts, Recent, RoomFacts, Subject, TargetFacts
from rules.windows import WindowRequest

_TARGETS = tuple(Target(name) for name in TARGETS)


@lru_cache(maxsize=8192)
def fold_text(text: str) -> str:
    """The folding that rules' terms and the texts they are sought in share.

    Remembered, since a room's last messages are looked at again with each new one.
    """
    return fold(text).text


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
        return [
            Classified(
                scores={category: scores.probabilities[category] for category in Category},
                minors=scores.minors,
                target=Target(scores.target),
                targets=dict(zip(_TARGETS, scores.targets.values(), strict=True)),
            )
            for scores in self.classifier.score(cast("Sequence[Views]", views))
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
    """A compiled rule set as a RuleDetector."""

    rule_set: RuleSet

    @property
    def version(self) -> str:
        """The rule set's version."""
        return self.rule_set.version

    @property
    def reads_talk(self) -> bool:
        """Whether a rule looks at what was said before."""
        return bool(self.rule_set.needs & {"recent_author", "recent_room"})

    def prepare(self, seen: Sequence[Seen]) -> "PreparedBatch":
        """Scan the texts."""
        return PreparedBatch(self.rule_set, self.rule_set.prepare([_subject(one) for one in seen]))


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A scanned batch that waits for its windows."""

    rule_set: RuleSet
    prepared: Sequence[Prepared]

    @property
    def window_requests(self) -> Sequence[Sequence[WindowRequest]]:
        """Counters to add to and read."""
        return [one.window_requests() for one in self.prepared]

    def match(self, windows: Sequence[Mapping[str, int] | None]) -> list[RuleFindings]:
        """Findings of each message."""
        return [_findings(hits) for hits in self.rule_set.match(self.prepared, windows)]


_NOTHING = RuleFindings(scores={})


def _findings(hits: Sequence[Hit]) -> RuleFindings:
    if not hits:
        return _NOTHING
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
        nudge=result.message_ja,
        labels=tuple((label.on, label.name, int(label.seconds)) for label in result.labels),
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
    )


def _subject(seen: Seen) -> Subject:
    message = seen.message
    author, room = message.author, message.room
    age = (message.counted_at - author.created_at).total_seconds() if author.created_at else None
    recent_room: list[Recent] | None = None
    recent_author: list[Recent] | None = None
    if seen.talk is not None:
        recent_room = [Recent(folded=fold_text(one.text), sent_at=one.sent_at) for one in seen.talk]
        recent_author = [
            recent for one, recent in zip(seen.talk, recent_room, strict=True) if one.author_id == author.id
        ]
    return Subject(
        views=cast("Views", seen.views),
        sent_at=message.counted_at,
        author=AuthorFacts(
            id=author.id,
            account_age_seconds=age,
            age_band=author.age_band.value,
            role=author.role.value,
            strikes=seen.standing.strikes,
            labels=seen.standing.labels,
        ),
        room=RoomFacts(
            id=room.id,
            game=room.game,
            category=room.category,
            strictness=seen.strictness.value,
            live_viewers=room.live_viewers,
            live=None if room.started_at is None else room.ended_at is None,
            live_seconds=(message.counted_at - room.started_at).total_seconds() if room.started_at else None,
            labels=seen.standing.room_labels,
            shield=seen.standing.shield,
        ),
        target=TargetFacts(
            kind=seen.classified.target.value if seen.classified else None,
            id=message.target_id,
        ),
        scores=None if seen.classified is None else {c.value: s for c, s in seen.classified.scores.items()},
        recent_author=recent_author,
        recent_room=recent_room,
    )
