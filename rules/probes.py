"""Probes: conditions on the text, answered from what the automata found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from rules.index import PhraseHit, PhraseIndex, ViewIndex
from rules.nodes import Alike, Chain, Phrases, Reach, Regexes, Split
from rules.patterns import compiled
from rules.recent import alike, over_seam
from rules.sane import sane
from rules.spans import Span, chain, quotations, tally, unexcused
from rules.subject import Subject
from rules.vocabulary import View


class Scanned(Protocol):
    """A subject whose views were searched; each view at most once."""

    @property
    def subject(self) -> Subject:
        """The message."""

    def hits(self, view: View) -> list[PhraseHit]:
        """Phrases found in a view."""

    def patterns(self, view: View) -> list[int]:
        """Patterns found in a view."""

    def joined(self, reach: Reach) -> tuple[str, int, list[PhraseHit]] | None:
        """The author's last messages joined with this one, where it begins, and phrases; None is unknown."""


class Probe(Protocol):
    """One condition on the text."""

    def value(self, scanned: Scanned) -> bool | None:
        """Whether it holds."""

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text; only asked when it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """Numbers of the phrases that excuse hits they overlap, and of those that excuse all."""

    excepts: frozenset[int]
    unless: frozenset[int]

    def _kept(self, hits: list[Span], found: list[PhraseHit], text: str | None) -> list[Span]:
        """The hits that nothing excuses.

        Args:
            hits: What was looked for.
            found: All phrases found.
            text: The searched text, where hits in quotation marks do not count.
        """
        if not hits or (not self.excepts and not self.unless and text is None):
            return hits
        if any(number in self.unless for _, _, number in found):
            return []
        excuses = [(start, end) for start, end, number in found if number in self.excepts]
        return unexcused(hits, excuses if text is None else [*excuses, *quotations(text)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseProbe(Excused):
    """Some phrase is in a view."""

    node: Phrases
    numbers: frozenset[int]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether enough hits are left after mode and exceptions."""
        return tally(self._found(scanned)) >= self.node.at_least

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text."""
        return _raw(scanned, self.node.view, self._found(scanned))

    def _found(self, scanned: Scanned) -> list[Span]:
        node, found = self.node, scanned.hits(self.node.view)
        hits = [(start, end) for start, end, number in found if number in self.numbers]
        if not hits:
            return hits
        text: str = getattr(scanned.subject.views, node.view)
        if node.mode == "exact":
            hits = [hit for hit in hits if hit == (0, len(text))]
        elif node.mode == "token":
            bounds = scanned.subject.views.token_bounds(node.view)
            hits = [hit for hit in hits if hit[0] in bounds and hit[1] in bounds]
        return self._kept(hits, found, None if node.quoted else text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainProbe(Excused):
    """Phrases follow one another in the folded view."""

    node: Chain
    steps: tuple[frozenset[int], ...]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether some chain is left after exceptions."""
        return bool(self._found(scanned))

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text, from the first step to the last."""
        return _raw(scanned, "folded", self._found(scanned))

    def _found(self, scanned: Scanned) -> list[Span]:
        found = scanned.hits("folded")
        steps = [[(start, end) for start, end, number in found if number in step] for step in self.steps]
        if not all(steps):
            return []
        return self._kept(
            chain(steps, self.node.gap), found, None if self.node.quoted else scanned.subject.views.folded
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternProbe(Excused):
    """Some pattern is found in a view."""

    node: Regexes
    numbers: dict[int, str]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether some match is left after exceptions."""
        if not self.excepts and not self.unless and self.node.quoted:
            return not self.numbers.keys().isdisjoint(scanned.patterns(self.node.view))
        return bool(self._found(scanned))

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text."""
        return _raw(scanned, self.node.view, self._found(scanned))

    def _found(self, scanned: Scanned) -> list[Span]:
        view = self.node.view
        seen = [self.numbers[number] for number in scanned.patterns(view) if number in self.numbers]
        if not seen:
            return []
        text = sane(getattr(scanned.subject.views, view))
        hits = [match.span() for pattern in seen for match in compiled(pattern).finditer(text)]
        hits = [hit for hit in hits if hit[0] < hit[1]]
        return self._kept(hits, scanned.hits(view), None if self.node.quoted else text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitProbe(Excused):
    """A phrase split over several messages; conditions that reach back alike share one search."""

    node: Split
    numbers: frozenset[int]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether some phrase ends in this message and began in an earlier one."""
        found = self._found(scanned)
        return None if found is None else bool(found)

    def spans(self, scanned: Scanned) -> list[Span]:
        """The part in this message, in the raw text."""
        return _raw(scanned, "folded", self._found(scanned) or [])

    def _found(self, scanned: Scanned) -> list[Span] | None:
        looked = scanned.joined(self.node.reach)
        if looked is None:
            return None
        text, seam, found = looked
        hits = [(start, end) for start, end, number in found if number in self.numbers]
        if not hits:
            return hits
        return over_seam(self._kept(hits, found, None if self.node.quoted else text), [], seam)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeProbe:
    """The text is like recent ones."""

    node: Alike

    def value(self, scanned: Scanned) -> bool | None:
        """Whether enough recent messages are alike."""
        return alike(self.node, scanned.subject)

    def spans(self, scanned: Scanned) -> list[Span]:  # noqa: ARG002 - the whole message is meant, no part of it
        """Nothing: the whole message is meant."""
        return []


def probe_of(
    node: Phrases | Chain | Regexes | Split | Alike,
    views: dict[View, ViewIndex],
    joins: Mapping[Reach, PhraseIndex],
) -> Probe:
    """The probe of a node over indexes that hold its phrases and patterns."""
    if isinstance(node, Alike):
        return AlikeProbe(node=node)
    if isinstance(node, Split):
        index = joins[node.reach]
        return SplitProbe(
            node=node,
            numbers=_numbers(index, node.phrases),
            excepts=_numbers(index, node.excepts),
            unless=_numbers(index, node.unless),
        )
    view = views[node.view if isinstance(node, Phrases | Regexes) else "folded"]
    excepts, unless = _numbers(view.phrases, node.excepts), _numbers(view.phrases, node.unless)
    if isinstance(node, Phrases):
        return PhraseProbe(
            node=node, numbers=_numbers(view.phrases, node.phrases), excepts=excepts, unless=unless
        )
    if isinstance(node, Chain):
        steps = tuple(_numbers(view.phrases, step) for step in node.steps)
        return ChainProbe(node=node, steps=steps, excepts=excepts, unless=unless)
    numbers = {view.patterns.numbers[pattern]: pattern for pattern in node.patterns}
    return PatternProbe(node=node, numbers=numbers, excepts=excepts, unless=unless)


def _numbers(index: PhraseIndex, phrases: tuple[str, ...]) -> frozenset[int]:
    return frozenset(index.numbers[phrase] for phrase in phrases)


def _raw(scanned: Scanned, view: View, found: list[Span]) -> list[Span]:
    views = scanned.subject.views
    return [views.raw_span(view, start, end) for start, end in found]
