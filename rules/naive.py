"""The plain way to look at a text: each phrase searched by itself, each pattern tried by itself."""

from collections.abc import Iterable

from rules.nodes import Alike, Chain, Phrases, Regexes, Split, TextNode
from rules.patterns import compiled
from rules.recent import alike, over_seam, said_before
from rules.sane import sane
from rules.spans import Span, chain, quotations, tally, unexcused
from rules.subject import Subject


class NaiveLooker:
    """Answers conditions on one subject's text, slowly."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def value(self, node: TextNode) -> bool | None:
        """Whether the condition holds."""
        if isinstance(node, Alike):
            return alike(node, self._subject)
        found = self._found(node)
        if found is None:
            return None
        return tally(found) >= (node.at_least if isinstance(node, Phrases) else 1)

    def spans(self, node: TextNode) -> list[Span]:
        """Where in the raw text."""
        view = node.view if isinstance(node, Phrases | Regexes) else "folded"
        return [self._subject.views.raw_span(view, start, end) for start, end in self._found(node) or ()]

    def _found(self, node: TextNode) -> list[Span] | None:
        views = self._subject.views
        text: str = getattr(views, node.view if isinstance(node, Phrases | Regexes) else "folded")
        if not isinstance(node, Split | Alike) and _all(node.unless, text):
            return []
        if isinstance(node, Phrases):
            hits = [span for span in _all(node.phrases, text) if self._fits(node, span, len(text))]
            return unexcused(hits, _excuses(node, text))
        if isinstance(node, Chain):
            steps = [_all(step, text) for step in node.steps]
            return unexcused(chain(steps, node.gap), _excuses(node, text))
        if isinstance(node, Regexes):
            hits = [
                match.span() for pattern in node.patterns for match in compiled(pattern).finditer(sane(text))
            ]
            return unexcused([span for span in hits if span[0] < span[1]], _excuses(node, text))
        return self._split(node, text) if isinstance(node, Split) else []

    def _split(self, node: Split, text: str) -> list[Span] | None:
        before = said_before(self._subject, *node.reach)
        if not before:
            return None if before is None else []
        return over_seam(*_look(node, before + text), len(before))

    def _fits(self, node: Phrases, span: Span, length: int) -> bool:
        if node.mode == "exact":
            return span == (0, length)
        if node.mode == "token":
            bounds = self._subject.views.token_bounds(node.view)
            return span[0] in bounds and span[1] in bounds
        return True


def _excuses(node: Phrases | Chain | Regexes | Split, text: str) -> list[Span]:
    return [*_all(node.excepts, text), *(() if node.quoted else quotations(text))]


def _look(node: Split, joined: str) -> tuple[list[Span], list[Span]]:
    hits = [] if _all(node.unless, joined) else _all(node.phrases, joined)
    return hits, _excuses(node, joined)


def _all(phrases: Iterable[str], text: str) -> list[Span]:
    found = []
    for phrase in phrases:
        at = text.find(phrase)
        while at >= 0:
            found.append((at, at + len(phrase)))
            at = text.find(phrase, at + 1)
    return found
