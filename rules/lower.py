"""From a rule's conditions to nodes: lists read in, terms folded, patterns tried."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.conditions import facts, text, tree
from rules.durations import minute_of_day, seconds
from rules.lower_facts import author_node, both, room_node, target_node
from rules.nodes import (
    Alike,
    Chain,
    Clock,
    Counter,
    Every,
    No,
    Node,
    Number,
    Phrases,
    Reference,
    Regexes,
    Some,
    Split,
)
from rules.patterns import why_refused
from rules.problems import did_you_mean
from rules.term_list import TermList
from rules.vocabulary import Measure, View
from rules.windows import MEMORY, WindowSpec, short

Fold = Callable[[str], str]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something in a rule's conditions that cannot be made ready."""

    at: Path
    code: str
    what: str
    hint: str | None = None


@dataclass(slots=True, kw_only=True)
class Lowering:
    """Turns one rule's conditions into nodes; what goes wrong is kept in ``troubles``."""

    lists: Mapping[str, TermList]
    fold: Fold
    troubles: list[Trouble] = field(default_factory=list)
    in_window: bool = False
    windows: dict[str, str] = field(default_factory=dict)
    """Ids of the rule's windows by the names they have in it."""

    def node(self, given: Any, at: Path) -> Node:
        """The node of one condition that stands at a path of the rule file."""
        match given:
            case tree.All():
                return Every(text="all", children=self._children(given.all, (*at, "all")))
            case tree.AnyOf():
                return Some(text="any", children=self._children(given.any, (*at, "any")))
            case tree.Not():
                return No(text="not", child=self.node(given.not_, (*at, "not")))
            case tree.OtherRule():
                return Reference(text=f"rule: {given.rule}", rule_id=given.rule)
            case tree.Window():
                return self._window(given.window, (*at, "window"))
            case _:
                of_text = isinstance(
                    given, text.Terms | text.Steps | text.Patterns | text.Joined | text.Similar | text.Length
                )
                return self._text(given, at) if of_text else self._fact(given, at)

    def _children(self, given: Iterable[Any], at: Path) -> tuple[Node, ...]:
        return tuple(self.node(child, (*at, index)) for index, child in enumerate(given))

    def _text(self, given: Any, at: Path) -> Node:
        match given:
            case text.Terms():
                view: View = "reading" if given.mode == "reading" else given.view
                phrases = self._phrases(given.terms, given.lists, view, at)
                return Phrases(
                    text=f"{_shown(given.terms, given.lists)} ({given.mode}, {view})",
                    view=view,
                    mode=given.mode,
                    phrases=phrases,
                    excepts=self._excepts(given, view, at, given.lists),
                    unless=self._unless(given, view, at),
                    quoted=given.quoted,
                    at_least=given.at_least,
                )
            case text.Steps():
                steps = [
                    self._phrases(step.terms, step.lists, "folded", (*at, "sequence", index, "terms"))
                    for index, step in enumerate(given.sequence)
                ]
                return Chain(
                    text=" … ".join(_shown(step.terms, step.lists) for step in given.sequence)
                    + f" (gap {given.gap})",
                    steps=tuple(steps),
                    gap=given.gap,
                    excepts=self._excepts(
                        given, "folded", at, [name for step in given.sequence for name in step.lists]
                    ),
                    unless=self._unless(given, "folded", at),
                    quoted=given.quoted,
                )
            case text.Patterns():
                for index, pattern in enumerate(given.patterns):
                    if why := why_refused(pattern):
                        self.troubles.append(
                            Trouble(at=(*at, "patterns", index), code="bad_pattern", what=why)
                        )
                return Regexes(
                    text=f"patterns {_few(given.patterns)} ({given.view})",
                    view=given.view,
                    patterns=given.patterns,
                    excepts=self._excepts(given, given.view, at, ()),
                    unless=self._unless(given, given.view, at),
                    quoted=given.quoted,
                )
            case text.Joined():
                joined = given.joined
                inside = (*at, "joined")
                return Split(
                    text=f"joined {_shown(joined.terms, joined.lists)} (last {joined.last}, {joined.within})",
                    phrases=self._phrases(joined.terms, joined.lists, "folded", inside),
                    excepts=self._excepts(joined, "folded", inside, joined.lists),
                    unless=self._unless(joined, "folded", inside),
                    quoted=joined.quoted,
                    last=joined.last,
                    within=seconds(joined.within),
                    piece=joined.piece,
                )
            case text.Length():
                low, high = given.length.at_least, given.length.below
                return Number(text=f"length{_range(low, high)}", fact="text.length", low=low, high=high)
            case _:
                alike = given.similar
                return Alike(
                    text=f"similar to {alike.to} >= {alike.at_least} x{alike.times} (last {alike.last}, {alike.within})",
                    to=alike.to,
                    last=alike.last,
                    within=seconds(alike.within),
                    at_least=alike.at_least,
                    times=alike.times,
                    min_length=alike.min_length,
                )

    def _fact(self, given: Any, at: Path) -> Node:
        match given:
            case facts.Score():
                label = f"score {given.score}{_range(given.at_least, given.below)}"
                return Number(text=label, fact=f"score.{given.score}", low=given.at_least, high=given.below)
            case facts.AuthorIs():
                return both("author", author_node(given.author))
            case facts.RoomIs():
                return both("room", room_node(given.room))
            case facts.TargetIs():
                return both("target", target_node(given.target))
            case facts.Reports():
                return self._reports(given.reports, at)
            case _:
                start, end = given.time.start, given.time.end
                return Clock(
                    text=f"time {start}-{end} JST", start=minute_of_day(start), end=minute_of_day(end)
                )

    def _window(self, given: tree.WindowAsked, at: Path) -> Node:
        if self.in_window:
            self.troubles.append(
                Trouble(at=at, code="window_in_window", what="a window cannot stand in another's where")
            )
        member = given.distinct or given.newcomers
        measure: Measure = "count" if given.count else "distinct" if given.distinct else "newcomers"
        self.in_window = True
        where = None if given.where is None else self.node(given.where, (*at, "where"))
        self.in_window = False
        within = seconds(given.within)
        spec = WindowSpec(
            id=_spec_id(
                "window",
                measure,
                str(member),
                ",".join(given.by),
                str(within),
                str(given.min_length),
                repr(where),
            ),
            measure=measure,
            member=member,
            by=given.by,
            within=within,
            memory=MEMORY if measure == "newcomers" else within,
        )
        self._name(given.name, spec.id, at)
        what = f"{measure} {member or 'messages'} by {'+'.join(given.by)} in {given.within}"
        return Counter(
            text=f"window {given.name}: {what}{_range(given.at_least, given.below)}",
            spec=spec,
            where=where,
            min_length=given.min_length,
            low=given.at_least,
            high=given.below,
        )

    def _reports(self, given: facts.ReportsAsked, at: Path) -> Node:
        within = seconds(given.within)
        spec = WindowSpec(
            id=_spec_id("reports", given.of, str(within)),
            measure="reports",
            member=None,
            by=(given.of,),
            within=within,
            memory=within,
        )
        self._name(given.name, spec.id, (*at, "reports"))
        label = f"reports of {given.of} in {given.within} >= {given.at_least}"
        return Counter(text=label, spec=spec, where=None, min_length=0, low=given.at_least, high=None)

    def _name(self, name: str, spec_id: str, at: Path) -> None:
        if self.windows.setdefault(name, spec_id) != spec_id:
            what = f"two windows have the name {name!r}"
            self.troubles.append(Trouble(at=(*at, "name"), code="doubled_name", what=what, hint="rename one"))

    def _excepts(self, given: Any, view: View, at: Path, lists: Iterable[str]) -> tuple[str, ...]:
        own = self._spelled(given.except_, view, (*at, "except"))
        shared = self._phrases((), given.except_lists, view, (*at, "except_lists"))
        of_lists = [
            phrase
            for name in lists
            if name in self.lists
            for phrase in self._spelled(self.lists[name].except_, view, at)
        ]
        return tuple(sorted({*own, *shared, *of_lists}))

    def _unless(self, given: Any, view: View, at: Path) -> tuple[str, ...]:
        own = self._spelled(given.unless, view, (*at, "unless"))
        return tuple(sorted({*own, *self._phrases((), given.unless_lists, view, (*at, "unless_lists"))}))

    def _phrases(self, terms: Iterable[str], lists: Iterable[str], view: View, at: Path) -> tuple[str, ...]:
        found = list(self._spelled(terms, view, (*at, "terms")))
        for name in lists:
            if name not in self.lists:
                hint = did_you_mean(name, self.lists)
                what = f"there is no list {name!r}"
                self.troubles.append(Trouble(at=(*at, "lists"), code="no_list", what=what, hint=hint))
                continue
            found.extend(self._spelled(self.lists[name].terms, view, at))
        return tuple(sorted(set(found)))

    def _spelled(self, terms: Iterable[str], view: View, at: Path) -> Iterable[str]:
        for index, term in enumerate(terms):
            spelled = term if view == "raw" else self.fold(term)
            if not spelled:
                what = f"nothing is left of {term!r} when it is folded"
                self.troubles.append(
                    Trouble(at=(*at, index), code="vanishes", what=what, hint="search it in view raw")
                )
                continue
            yield spelled


def _spec_id(*parts: str) -> str:
    return short("\x1f".join(parts))


def _range(low: float | None, high: float | None) -> str:
    return ("" if low is None else f" >= {low:g}") + ("" if high is None else f" < {high:g}")


def _few(words: Iterable[str]) -> str:
    words = list(words)
    return "[" + ", ".join(words[:4]) + (f", … {len(words) - 4} more" if len(words) > 4 else "") + "]"  # noqa: PLR2004


def _shown(terms: Iterable[str], lists: Iterable[str]) -> str:
    return " ".join(
        filter(None, (f"terms {_few(terms)}" if terms else "", f"lists {_few(lists)}" if lists else ""))
    )
