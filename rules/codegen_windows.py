"""Codegen of windows: what to add a message to and what to read for it, as one Python function."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from rules.codegen import HEAD, Row, Writer, made
from rules.nodes import Node
from rules.reachable import may_fire
from rules.vocabulary import KeyPart, Member
from rules.windows import WindowRequest, WindowSpec, short

WindowsFunction = Callable[[Any], tuple[WindowRequest, ...]]
"""Takes a prepared message; gives what to count and read for it."""
CountingFunction = Callable[[Any, dict[str, int]], None]
"""Takes a prepared message and the mapping that gets the values of counters by ``WindowSpec.id``."""
CounterOf = Callable[[WindowSpec], Any]
"""Gives the counter of a window: a function of key, member, Unix seconds and whether the message counts."""

_NAMES: Final[dict[KeyPart | Member, str]] = {
    "author": "A",
    "room": "R",
    "target": "T",
    "pair": "P",
    "text": "X",
}
"""Variables that hold the short names of what counters are kept by; None where it is not known."""
_IDS: Final = {"A": "s.author.id", "R": "s.room.id", "T": "s.target.id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A window: which messages count, and the rules for which its value could matter.

    ``triggered``: only messages count in which some phrase or pattern was seen.
    """

    spec: WindowSpec
    where: Node | None
    min_length: int
    counts: bool
    triggered: bool
    readers: tuple[Row, ...]

    @property
    def is_usual(self) -> bool:
        """Whether most messages count."""
        return self.counts and self.where is None

    @property
    def counts_all(self) -> bool:
        """Whether every message counts."""
        return self.is_usual and not self.min_length


def windows_function(asks: Sequence[Ask], writer: Writer, hopeful: Writer) -> WindowsFunction:
    """Tells of each window whether a message is added to it, and whether its value is wanted.

    Args:
        asks: The windows.
        writer: Writes what is counted.
        hopeful: Writes whether a rule could fire if every window were as wanted; shares ``names`` with ``writer``.
    """
    lines = ["def windows(p):\n", *_wanted(asks, writer, hopeful)]
    lines.append("    if not r: return ()\n    o = []; t = s.sent_at.timestamp()\n")
    lines.extend(
        _names(asks, name="short(i) if (i := {}) is not None else None", text="short({})", pair="A + T")
    )
    for number, ask in enumerate(asks):
        writer.names[f"S{number}"] = ask.spec
    lines += _usual_first(asks, _request)
    lines.append("    return tuple(o)\n")
    writer.names |= {"Request": WindowRequest, "short": short}
    return made("".join(lines), "windows", writer.names)  # type: ignore[no-any-return]


def counting_function(
    asks: Sequence[Ask], writer: Writer, hopeful: Writer, counter_of: CounterOf, absent: AbstractSet[str]
) -> CountingFunction:
    """The same for counters in memory: adds the message to them at once, and keeps the values that are wanted.

    What the mapping holds already is left alone, so that two rule sets can share counters. Windows over reports
    are not kept, nor those of which no reader can fire where the facts in ``absent`` are never known.
    """
    asks = [
        ask
        for ask in asks
        if ask.counts and any(may_fire(row.plan, writer.plans, absent) for row in ask.readers)
    ]
    lines = ["def counting(p, o):\n", *_wanted(asks, writer, hopeful)]
    lines.append("    if not r: return\n    t = s.sent_at.timestamp()\n")
    lines.extend(_names(asks, name="{}", text="{}", pair="(A, T)"))
    names = {f"C{number}": counter_of(ask.spec) for number, ask in enumerate(asks)}
    lines += _usual_first(asks, _counted)
    return made("".join(lines), "counting", writer.names | names)  # type: ignore[no-any-return]


def _wanted(asks: Sequence[Ask], writer: Writer, hopeful: Writer) -> list[str]:
    """Sets ``a``, the bits of the windows that the message is added to, and ``r``, of those to be read."""
    every = sum(1 << number for number, ask in enumerate(asks) if ask.counts_all)
    lines: list[str] = []
    seen: list[str] = []
    for number, ask in enumerate(asks):
        if ask.counts_all:
            continue
        tests = [f"n >= {ask.min_length}"] if ask.min_length else []
        tests += [writer.true(ask.where)] if ask.where is not None else []
        bit = 1 << number
        if ask.counts:
            where = seen if ask.triggered else lines
            where.append(f"{' and '.join(tests)}: a |= {bit}\n")
        always = [hopeful.fires(row.plan) for row in ask.readers if row.bit is None]
        if always:
            lines.append(f"not a & {bit} and ({' or '.join(always)}): r |= {bit}\n")
        at_times = [
            f"(g & {1 << row.bit} and {hopeful.fires(row.plan)})"
            for row in ask.readers
            if row.bit is not None
        ]
        if at_times:
            seen.append(f"not (a | r) & {bit} and ({' or '.join(at_times)}): r |= {bit}\n")
    head = [HEAD, f"    a = {every}; r = 0; n = len(p.folded)\n"]
    if seen:  # most messages have no bit at all
        seen = ["    if g:\n", *(f"        if {line}" for line in seen)]
    return [*head, *(f"    if {line}" for line in lines), *seen, "    r |= a\n"]


def _usual_first(asks: Sequence[Ask], write: Callable[[int, WindowSpec], str]) -> list[str]:
    """A line for each window; those that most messages do not ask for stand behind one test."""
    usual = [write(number, ask.spec) for number, ask in enumerate(asks) if ask.is_usual]
    rare = {number: write(number, ask.spec) for number, ask in enumerate(asks) if not ask.is_usual}
    if not rare:
        return usual
    bits = sum(1 << number for number in rare)
    return [*usual, f"    if r & {bits}:\n", *(f"    {line}" for line in rare.values())]


def _names(asks: Sequence[Ask], *, name: str, text: str, pair: str) -> list[str]:
    """Sets the variables of ``_NAMES``, as written for an id, the folded text, and author and target together."""
    used = {_NAMES[part] for ask in asks for part in (*ask.spec.by, ask.spec.member) if part is not None}
    used |= {"A", "T"} if "P" in used else set()
    lines = [f"    {letter} = {name.format(id_)}\n" for letter, id_ in _IDS.items() if letter in used]
    if "P" in used:
        lines.append(f"    P = None if A is None or T is None else {pair}\n")
    texts = sum(1 << number for number, ask in enumerate(asks) if "text" in (*ask.spec.by, ask.spec.member))
    if texts:
        lines.append(f"    X = {text.format('p.folded')} if r & {texts} else None\n")
    return lines


def _known(number: int, spec: WindowSpec) -> tuple[str, list[str], str]:
    """Whether a window is wanted and the parts of its key and what it tells apart are known; both as written."""
    bit = 1 << number
    parts = [_NAMES[part] for part in spec.by]
    known = "".join(f" and {name} is not None" for name in dict.fromkeys(parts))
    member = "None" if spec.member is None else _NAMES[spec.member]
    if spec.member is not None and member not in parts:
        known += f" and ({member} is not None or not a & {bit})"
    return f"r & {bit}{known}", parts, member


def _request(number: int, spec: WindowSpec) -> str:
    asked, parts, member = _known(number, spec)
    key = f"{f'{spec.id}:'!r} + {' + '.join(parts)}"
    return f"    if {asked}: o.append(Request(S{number}, {key}, {member}, t, a & {1 << number} != 0))\n"


def _counted(number: int, spec: WindowSpec) -> str:
    asked, parts, member = _known(number, spec)
    key = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
    count = f"C{number}({key}, {member}, t, a & {1 << number} != 0)"
    return f"    if {asked} and {spec.id!r} not in o: o[{spec.id!r}] = {count}\n"
