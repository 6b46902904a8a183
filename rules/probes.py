"""Probes: conditions on the text, answered from what the automata found."""

from dataclasses import dataclass
from typing import Protocol

from rules.index import PhraseHit, PhraseIndex, ViewIndex
from rules.nodes import Alike, Chain, Phrases, Regexes, Split
from rules.patterns import compiled
from rules.recent import alike, split_spans
from rules.sane import sane
from rules.spans import Span, chain, tally, unexcused
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


class Probe(Protocol):
    """One condition on the text."""

    def value(self, scanned: Scanned) -> bool | None:
        """Whether it holds."""

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text; only asked when it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseProbe:
    """Some phrase is in a view."""

    node: Phrases
    numbers: frozenset[int]
    excepts: frozenset[int]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether enough hits are left after mode and exceptions."""
        return tally(self._found(scanned)) >= self.node.at_least

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text."""
        return _raw(scanned, self.node.view, self._found(scanned))

    def _found(self, scanned: Scanned) -> list[Span]:
        node, found = self.node, scanned.hits(self.node.view)
        hits = [(start, end) for start, end, number in found if number in self.numbers]
        if not hits or node.mode in {"substring", "reading"}:
            return _kept(hits, found, self.excepts)
        if node.mode == "exact":
            length = len(getattr(scanned.subject.views, node.view))
            return _kept([hit for hit in hits if hit == (0, length)], found, self.excepts)
        bounds = scanned.subject.views.token_bounds(node.view)
        return _kept([hit for hit in hits if hit[0] in bounds and hit[1] in bounds], found, self.excepts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainProbe:
    """Phrases follow one another in the folded view."""

    node: Chain
    steps: tuple[frozenset[int], ...]
    excepts: frozenset[int]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether some chain is left after exceptions."""
        return bool(self._found(scanned))

    def spans(self, scanned: Scanned) -> list[Span]:
        """Where in the raw text, from the first step to the last."""
        return _raw(scanned, "folded", self._found(scanned))

    def _found(self, scanned: Scanned) -> list[Span]:
        found = scanned.hits("folded")
        steps = [[(start, end) for start, end, number in found if number in step] for step in self.steps]
        return _kept(chain(steps, self.node.gap), found, self.excepts) if all(steps) else []


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternProbe:
    """Some pattern is found in a view."""

    node: Regexes
    numbers: dict[int, str]
    excepts: frozenset[int]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether some match is left after exceptions."""
        if not self.excepts:
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
        return _kept([hit for hit in hits if hit[0] < hit[1]], scanned.hits(view), self.excepts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitProbe:
    """A phrase split over several messages; has its own automaton, for joined text is searched rarely."""

    node: Split
    index: PhraseIndex
    numbers: frozenset[int]
    excepts: frozenset[int]

    def value(self, scanned: Scanned) -> bool | None:
        """Whether some phrase ends in this message and began in an earlier one."""
        found = self._found(scanned)
        return None if found is None else bool(found)

    def spans(self, scanned: Scanned) -> list[Span]:
        """The part in this message, in the raw text."""
        return _raw(scanned, "folded", self._found(scanned) or [])

    def _found(self, scanned: Scanned) -> list[Span] | None:
        return split_spans(self.node, scanned.subject, self._look)

    def _look(self, joined: str) -> tuple[list[Span], list[Span]]:
        found = self.index.find(joined)
        hits = [(start, end) for start, end, number in found if number in self.numbers]
        return hits, [(start, end) for start, end, number in found if number in self.excepts]


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


def probe_of(node: Phrases | Chain | Regexes | Split | Alike, views: dict[View, ViewIndex]) -> Probe:
    """The probe of a node over indexes that hold its phrases and patterns."""
    if isinstance(node, Alike):
        return AlikeProbe(node=node)
    if isinstance(node, Split):
        index = PhraseIndex((*node.phrases, *node.excepts))
        return SplitProbe(
            node=node,
            index=index,
            numbers=_numbers(index, node.phrases),
            excepts=_numbers(index, node.excepts),
        )
    view = views[node.view if isinstance(node, Phrases | Regexes) else "folded"]
    excepts = _numbers(view.phrases, node.excepts)
    if isinstance(node, Phrases):
        return PhraseProbe(node=node, numbers=_numbers(view.phrases, node.phrases), excepts=excepts)
    if isinstance(node, Chain):
        steps = tuple(_numbers(view.phrases, step) for step in node.steps)
        return ChainProbe(node=node, steps=steps, excepts=excepts)
    numbers = {view.patterns.numbers[pattern]: pattern for pattern in node.patterns}
    return PatternProbe(node=node, numbers=numbers, excepts=excepts)


def _numbers(index: PhraseIndex, phrases: tuple[str, ...]) -> frozenset[int]:
    return frozenset(index.numbers[phrase] for phrase in phrases)


def _kept(hits: list[Span], found: list[PhraseHit], excepts: frozenset[int]) -> list[Span]:
    if not hits or not excepts:
        return hits
    return unexcused(hits, [(start, end) for start, end, number in found if number in excepts])


def _raw(scanned: Scanned, view: View, found: list[Span]) -> list[Span]:
    views = scanned.subject.views
    return [views.raw_span(view, start, end) for start, end in found]
