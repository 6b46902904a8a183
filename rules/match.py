"""Match: a rule set asked about messages.

Two stages, so that all windows of a request are one round trip: ``prepare`` searches the texts and
says what to count, ``match`` takes the counters' values and tells which rules fire.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from rules.codegen import PackFunction, ScoresFunction
from rules.codegen_windows import CounterOf, CountingFunction, WindowsFunction
from rules.hit import Hit
from rules.index import PhraseHit, PhraseIndex, ViewIndex
from rules.interpret import Interpreter
from rules.masks import EagerView, Joined
from rules.nodes import Node, Reach, TextNode
from rules.plan import Plan
from rules.probes import Probe
from rules.problems import Problem
from rules.recent import said_before
from rules.rule import Rule
from rules.spans import Span, merge
from rules.subject import Subject, ViewsLike
from rules.vocabulary import View
from rules.windows import WindowRequest, WindowSpec

_NOTHING: Final[Mapping[str, Any]] = {}
_UNASKED: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The compiled parts of a rule set.

    Attributes:
        views: Automata by view.
        joins: Automata of what may be split over several messages, by how far they reach back.
        joined: The bits that their phrases set.
        eager: The views that are searched for every message.
        scored: Tells the bits that high scores set; None where they set none.
        always: Functions of packs of which some rule is asked of every message.
        packs: Those of the others, and the bits of which a message's mask needs one.
        wanted: All these bits.
        probes: Conditions on text by number.
        numbers: The numbers of those conditions.
        windows: The counters, in order of their bits in what ``asks`` answers.
        counting: Makes the function that keeps counters in memory; see ``counting_function``.
    """

    plans: tuple[Plan, ...]
    by_id: Mapping[str, Plan]
    views: Mapping[View, ViewIndex]
    joins: Mapping[Reach, PhraseIndex]
    joined: tuple[Joined, ...]
    eager: tuple[EagerView, ...]
    scored: ScoresFunction | None
    always: tuple[PackFunction, ...]
    packs: tuple[tuple[int, PackFunction], ...]
    wanted: int
    probes: tuple[Probe, ...]
    numbers: Mapping[Node, int]
    windows: tuple[WindowSpec, ...]
    asks: WindowsFunction
    counting: Callable[[CounterOf, AbstractSet[str]], CountingFunction]


class Searched:
    """What the automata found in one text. It holds for every message of that text, whoever sends it."""

    __slots__ = ("found", "mask")

    def __init__(self, engine: Engine, views: ViewsLike, beside: "Searched | None" = None) -> None:
        self.found: dict[View, tuple[list[PhraseHit], list[int]]] = {} if beside is None else beside.found
        mask = 0
        for view, find, phrase_bits, pattern_bits in engine.eager:
            known = self.found.get(view)
            if known is None:
                known = self.found[view] = find(getattr(views, view))
            hits, patterns = known
            for _, _, number in hits:
                mask |= phrase_bits[number]
            for number in patterns:
                mask |= pattern_bits[number]
        self.mask = mask


class Prepared:
    """One message whose text has been searched. Conditions on text are answered at most once."""

    __slots__ = (
        "_engine", "_found", "_joined", "_values", "folded", "length", "mask", "scores", "subject", "windows",
    )  # fmt: skip

    def __init__(self, engine: Engine, subject: Subject, searched: Searched | None = None) -> None:
        searched = searched or Searched(engine, subject.views)
        self._engine = engine
        self.subject = subject
        views = subject.views
        self.folded, self.length = views.folded, len(views.raw)
        self.scores: Mapping[str, float] = _NOTHING if subject.scores is None else subject.scores
        self.windows: Mapping[str, int] = _NOTHING
        self._found = searched.found
        self._joined: dict[Reach, tuple[str, int, list[PhraseHit]] | None] | None = None
        self._values: dict[int, bool | None] = {}
        mask = searched.mask
        if engine.scored is not None:
            mask |= engine.scored(self.scores)
        for reach, joined_bits in engine.joined:
            if len(self.folded) <= reach[2] and subject.recent_author:
                looked = self.joined(reach)
                for _, _, number in looked[2] if looked else ():
                    mask |= joined_bits[number]
        self.mask = mask

    def value(self, number: int) -> bool | None:
        """Whether a condition on text holds; None is unknown."""
        value: Any = self._values.get(number, _UNASKED)
        if value is _UNASKED:
            value = self._values[number] = self._engine.probes[number].value(self)
        return value  # type: ignore[no-any-return]

    def hits(self, view: View) -> list[PhraseHit]:
        """Phrases found in a view."""
        return (self._found.get(view) or self._search(view))[0]

    def patterns(self, view: View) -> list[int]:
        """Patterns found in a view."""
        return (self._found.get(view) or self._search(view))[1]

    def joined(self, reach: Reach) -> tuple[str, int, list[PhraseHit]] | None:
        """The author's last messages joined with this one, where it begins, and phrases; None is unknown."""
        known = self._joined
        if known is None:
            known = self._joined = {}
        if reach not in known:
            before = said_before(self.subject, *reach)
            text = (before or "") + self.folded
            hits = self._engine.joins[reach].find(text) if before else []
            known[reach] = None if before is None else (text, len(before), hits)
        return known[reach]

    def _search(self, view: View) -> tuple[list[PhraseHit], list[int]]:
        found = self._found[view] = self._engine.views[view].find(getattr(self.subject.views, view))
        return found

    def window_requests(self) -> tuple[WindowRequest, ...]:
        """What to add and read for this message, before ``RuleSet.match``."""
        return self._engine.asks(self)


class _Looker:
    """A prepared message as the interpreter wants it, for the spans of rules that fired."""

    def __init__(self, engine: Engine, prepared: Prepared) -> None:
        self._engine = engine
        self._prepared = prepared

    def value(self, node: TextNode) -> bool | None:
        return self._prepared.value(self._engine.numbers[node])

    def spans(self, node: TextNode) -> list[Span]:
        return self._engine.probes[self._engine.numbers[node]].spans(self._prepared)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All live and shadow rules, compiled. Immutable; made by ``compile_rules``.

    Attributes:
        version: Hash of the content of all its rules and lists.
        rules: The rules that run, in order of id.
        windows: The counters they need.
        needs: ``recent_author`` and ``recent_room``, where some rule looks back.
        broken: Why rules were left out.
    """

    version: str
    rules: tuple[Rule, ...]
    windows: tuple[WindowSpec, ...]
    needs: frozenset[str]
    broken: tuple[Problem, ...]
    engine: Engine

    def prepare(self, subjects: Sequence[Subject]) -> list[Prepared]:
        """Search the texts of a batch."""
        engine = self.engine
        return [Prepared(engine, subject) for subject in subjects]

    def search(self, views: ViewsLike, beside: Searched | None = None) -> Searched:
        """Search one text, for whoever meets it again and again.

        ``beside`` is what a rule set that was compiled together with this one found in the same text.
        """
        return Searched(self.engine, views, beside)

    def silent(self, searched: Searched) -> bool:
        """Whether no rule can fire on this text and no window looks at it, whoever sends it."""
        engine = self.engine
        return not (searched.mask or engine.scored or engine.joined or engine.windows or engine.always)

    def prepare_found(self, subject: Subject, searched: Searched) -> Prepared:
        """The same as ``prepare`` for a message whose text was searched before."""
        return Prepared(self.engine, subject, searched)

    def match(
        self, prepared: Sequence[Prepared], windows: Sequence[Mapping[str, int] | None] | None = None
    ) -> list[tuple[Hit, ...]]:
        """The rules that fire on each message.

        Args:
            prepared: From ``prepare``.
            windows: Values by ``WindowSpec.id`` for each message; None where they are not known.
        """
        result: list[tuple[Hit, ...]] = []
        for index, message in enumerate(prepared):
            known = None if windows is None else windows[index]
            fired = self.fired(message, _NOTHING if known is None else known)
            result.append(self._hits(message, fired) if fired else ())
        return result

    def fired(self, message: Prepared, windows: Mapping[str, int]) -> list[int]:
        """The numbers of the rules that fire on one message, for whoever does not ask where in the text; see ``hits_of``."""
        engine, mask = self.engine, message.mask
        message.windows = windows
        fired: list[int] = []
        for function in engine.always:
            function(message, fired)
        if mask & engine.wanted:
            for wanted, function in engine.packs:
                if mask & wanted:
                    function(message, fired)
        return fired

    def hits_of(self, fired: Sequence[int]) -> tuple[Hit, ...]:
        """Rules by their numbers, as hits without spans."""
        plans = [self.engine.plans[number] for number in sorted(fired)]
        return tuple(Hit(rule=plan.rule, mode=plan.mode) for plan in plans)

    def match_subjects(self, subjects: Sequence[Subject]) -> list[tuple[Hit, ...]]:
        """Both stages at once, with the windows that the subjects carry."""
        return self.match(self.prepare(subjects), [subject.windows for subject in subjects])

    def _hits(self, message: Prepared, fired: list[int]) -> tuple[Hit, ...]:
        engine = self.engine
        subject = msgspec.structs.replace(message.subject, windows=message.windows)
        interpreter = Interpreter(subject, _Looker(engine, message), engine.by_id.get)
        plans = [engine.plans[number] for number in sorted(fired)]
        return tuple(
            Hit(rule=plan.rule, mode=plan.mode, spans=tuple(merge(interpreter.spans(plan.when))))
            for plan in plans
        )
