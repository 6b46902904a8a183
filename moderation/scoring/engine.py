"""The engine: ask every detector about a batch of messages, then decide.

Works stage by stage (fold all, classify all, match all): in a batch that is twice as fast as
message by message, since each stage's tables stay in the cache.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec

from moderation.scoring.decide import Classified, RuleFindings, decide
from moderation.scoring.message import Message
from moderation.scoring.policy import Policy
from moderation.scoring.signal import Signal
from moderation.scoring.talk import RoomLine, Talk
from moderation.scoring.target import facts_of, target_of
from moderation.scoring.verdict import Verdict, Versions
from moderation.taxonomy import Category, Strictness


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of author and room beyond the message; None where it could not be read.

    ``strictness`` is what people set for the room, instead of what the service says.
    """

    strikes: int | None = None
    labels: frozenset[str] | None = None
    room_labels: frozenset[str] | None = None
    strictness: Strictness | None = None
    shield: bool | None = None


UNKNOWN_STANDING = Standing()


class TextDetector(Protocol):
    """The classifier's side: text to probabilities and evidence. Pure: same text, same answer."""

    @property
    def versions(self) -> Mapping[str, str]:
        """``model``, ``lexicon`` and ``fold``."""
        ...

    def read(self, texts: Sequence[str]) -> list[object]:
        """Named views of each text."""
        ...

    def classify(self, views: Sequence[object]) -> list[Classified]:
        """Probabilities of each text."""
        ...

    def explain(self, views: object, category: Category, score: float) -> Signal:
        """Why a category's score is what it is: one sentence and spans in the text as typed."""
        ...


class RuleDetector(Protocol):
    """The rules' side: text, facts and windows to findings."""

    @property
    def version(self) -> str:
        """The rule set's version."""
        ...

    @property
    def reads_talk(self) -> bool:
        """Whether a rule looks at what was said before."""
        ...

    def report_requests(
        self, *, author: str | None, room: str | None, reporter: str, at: float
    ) -> Sequence[object]:
        """What a report adds to the windows that rules read; ``at`` in Unix seconds."""
        ...

    def prepare(self, seen: Sequence["Seen"]) -> "PreparedRules":
        """Scan the texts; the windows it needs are then known."""
        ...


class PreparedRules(Protocol):
    """Rules half way: texts are scanned, windows are still to come."""

    @property
    def window_requests(self) -> Sequence[Sequence[object]]:
        """Counters to add to and read, one inner sequence a message."""
        ...

    def match(self, windows: Sequence[Mapping[str, int] | None]) -> list[RuleFindings]:
        """Findings of each message; a window of None is unknown."""
        ...


class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message with everything that rules may ask of it."""

    message: Message
    views: object
    classified: Classified | None
    standing: Standing = UNKNOWN_STANDING
    talk: Talk | None = None

    @property
    def strictness(self) -> Strictness:
        """How strict the room is now: under the shield as strict as can be."""
        if self.standing.shield:
            return Strictness.STRICT
        return self.standing.strictness or self.message.room.strictness


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfScored:
    """A batch whose texts are read and classified, waiting for windows."""

    seen: Sequence[Seen]
    rules: PreparedRules
    missing: tuple[str, ...] = ()

    @property
    def window_requests(self) -> Sequence[Sequence[object]]:
        """Counters to add to and read, one inner sequence a message."""
        return self.rules.window_requests


@dataclass(frozen=True, slots=True)
class Engine:
    """One classifier, one rule set and the operating points: immutable, swapped as a whole."""

    text: TextDetector
    rules: RuleDetector
    policy: Policy

    @property
    def versions(self) -> Versions:
        """What produces the verdicts."""
        return Versions(ruleset=self.rules.version, **self.text.versions)

    def begin(
        self,
        messages: Sequence[Message],
        *,
        standings: Sequence[Standing] | None = None,
        talks: Sequence[Talk] | None = None,
        classify: bool = True,
    ) -> HalfScored:
        """Fold, classify and scan a batch.

        Args:
            messages: The batch, in the order it was sent.
            standings: What is known of each author.
            talks: What was said before each message in its room, oldest first.
            classify: False leaves the classifier out (no time left); verdicts are then partial.
        """
        views = self.text.read([message.text for message in messages])
        classified: Sequence[Classified | None] = (
            self.text.classify(views) if classify else [None] * len(views)
        )
        seen = [
            Seen(
                message=message,
                views=view,
                classified=_aimed(found, message, talks[at] if talks else None),
                standing=standings[at] if standings else UNKNOWN_STANDING,
                talk=talks[at] if talks else None,
            )
            for at, (message, view, found) in enumerate(zip(messages, views, classified, strict=True))
        ]
        missing = () if classify else ("classifier",)
        return HalfScored(seen=seen, rules=self.rules.prepare(seen), missing=missing)

    def finish(
        self, half: HalfScored, windows: Sequence[Mapping[str, int] | None], *, missing: Sequence[str] = ()
    ) -> list[Verdict]:
        """Match the rules with their windows and decide.

        Args:
            half: What ``begin`` gave.
            windows: Values by window id for each message; None where Redis was away.
            missing: Parts that were not there; they turn the verdicts ``degraded``.
        """
        findings = half.rules.match(windows)
        versions, missing = self.versions, (*half.missing, *missing)
        return [
            decide(
                classified=seen.classified,
                findings=found,
                explain=partial(self.text.explain, seen.views),
                points=self.policy.points[seen.strictness],
                minors_from=self.policy.minors,
                versions=versions,
                missing=missing,
            )
            for seen, found in zip(half.seen, findings, strict=True)
        ]


def _aimed(found: Classified | None, message: Message, talk: Sequence[RoomLine] | None) -> Classified | None:
    """What the classifier says, with whom it is about in this room."""
    if found is None or found.targets is None:
        return found
    facts = facts_of(message, talk)
    target = target_of(found.targets(), facts) if facts else found.target
    return found if target is found.target else msgspec.structs.replace(found, target=target)
