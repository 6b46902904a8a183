"""Nodes: conditions made ready. Lists are read in, terms folded, durations turned to seconds.

``text`` is how a trace shows the condition, with the keys of the rule file. Nodes are values: equal
conditions of two rules are one node and are looked at once a message. Their ``repr`` decides the ids of
windows, so they hold sorted tuples and never sets, whose order differs between processes.
"""

from dataclasses import dataclass
from typing import Literal

from rules.vocabulary import MatchMode, View
from rules.windows import WindowSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any condition."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Every(Node):
    """All children hold."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some(Node):
    """One child holds."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class No(Node):
    """The child does not hold."""

    child: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases(Node):
    """Some phrase is in a view."""

    view: View
    mode: MatchMode
    phrases: tuple[str, ...]
    excepts: tuple[str, ...]
    unless: tuple[str, ...]
    quoted: bool
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Node):
    """Phrases follow one another in the folded view."""

    steps: tuple[tuple[str, ...], ...]
    gap: int
    excepts: tuple[str, ...]
    unless: tuple[str, ...]
    quoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Regexes(Node):
    """Some RE2 pattern is found in a view."""

    view: View
    patterns: tuple[str, ...]
    excepts: tuple[str, ...]
    unless: tuple[str, ...]
    quoted: bool


Reach = tuple[int, int, int]
"""How far joined conditions reach back: messages, seconds, longest piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Node):
    """Phrases that appear when the author's last messages are joined with this one."""

    phrases: tuple[str, ...]
    excepts: tuple[str, ...]
    unless: tuple[str, ...]
    quoted: bool
    last: int
    within: int
    piece: int

    @property
    def reach(self) -> Reach:
        """How far it reaches back; conditions that reach back alike share one search."""
        return self.last, self.within, self.piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(Node):
    """The text is like recent ones."""

    to: Literal["author", "room"]
    last: int
    within: int
    at_least: float
    times: int
    min_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Node):
    """A fact lies in low <= fact < high."""

    fact: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Node):
    """A fact is one of some words."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Node):
    """A set of labels has one of some names."""

    fact: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Node):
    """A fact is true, or false."""

    fact: str
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Node):
    """A window's value lies in low <= value < high. ``where`` and ``min_length`` say what is counted."""

    spec: WindowSpec
    where: Node | None
    min_length: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Node):
    """The minute of the day in Japan is in start <= minute < end, over midnight if end <= start."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Node):
    """Another rule would fire."""

    rule_id: str


TextNode = Phrases | Chain | Regexes | Split | Alike
"""Nodes that need the text, or recent texts."""
TEXT_NODES = (Phrases, Chain, Regexes, Split, Alike)


def walk(node: Node) -> "list[Node]":
    """The node and everything below it, ``where`` of windows included."""
    found = [node]
    for at in found:
        if isinstance(at, Every | Some):
            found.extend(at.children)
        elif isinstance(at, No):
            found.append(at.child)
        elif isinstance(at, Counter) and at.where is not None:
            found.append(at.where)
    return found
