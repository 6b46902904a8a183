"""Codegen of windows: what to add a message to and what to read for it, as one Python function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules.codegen import HEAD, Row, Writer, made
from rules.nodes import Node
from rules.vocabulary import KeyPart, Member
from rules.windows import WindowRequest, WindowSpec, remembered, short

WindowsFunction = Callable[[Any], tuple[WindowRequest, ...]]
"""Takes a prepared message; gives what to count and read for it."""

_NAMES: Final[dict[KeyPart | Member, str]] = {
    "author": "A",
    "room": "R",
    "target": "T",
    "pair": "P",
    "text": "X",
}
"""Variables that hold the short names of what counters are kept by; None where it is not known."""
_NAMING: Final = (
    ("A", "A = named(i) if (i := s.author.id) is not None else None"),
    ("R", "R = named(i) if (i := s.room.id) is not None else None"),
    ("T", "T = named(i) if (i := s.target.id) is not None else None"),
    ("P", "P = None if A is None or T is None else A + T"),
)


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
    every = sum(1 << number for number, ask in enumerate(asks) if ask.counts_all)
    lines = ["def windows(p):\n", HEAD, f"    a = {every}; r = 0; n = len(s.views.folded)\n"]
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
    lines[3:] = [f"    if {line}" for line in lines[3:]]
    if seen:  # most messages have no bit at all
        lines += ["    if g:\n", *(f"        if {line}" for line in seen)]
    lines.append("    r |= a\n    if not r: return ()\n    o = []; t = s.sent_at.timestamp()\n")
    lines.extend(_names(asks))
    rare: list[str] = []
    rare_bits = 0
    for number, ask in enumerate(asks):
        writer.names[f"S{number}"] = ask.spec
        (lines if ask.is_usual else rare).append(_request(number, ask.spec))
        rare_bits |= 0 if ask.is_usual else 1 << number
    if rare:  # most messages ask for none of them
        lines += [f"    if r & {rare_bits}:\n", *(f"    {line}" for line in rare)]
    lines.append("    return tuple(o)\n")
    writer.names |= {"Request": WindowRequest, "named": remembered, "short": short}
    return made("".join(lines), "windows", writer)  # type: ignore[no-any-return]


def _names(asks: Sequence[Ask]) -> list[str]:
    used = {_NAMES[part] for ask in asks for part in (*ask.spec.by, ask.spec.member) if part is not None}
    used |= {"A", "T"} if "P" in used else set()
    texts = sum(1 << number for number, ask in enumerate(asks) if "text" in (*ask.spec.by, ask.spec.member))
    lines = [f"    {line}\n" for name, line in _NAMING if name in used]
    return [*lines, f"    X = short(s.views.folded) if r & {texts} else None\n"] if texts else lines


def _request(number: int, spec: WindowSpec) -> str:
    """Adds the request of one window, unless a part of its key or what it tells apart is not known."""
    bit = 1 << number
    parts = [_NAMES[part] for part in spec.by]
    known = "".join(f" and {name} is not None" for name in dict.fromkeys(parts))
    member = "None" if spec.member is None else _NAMES[spec.member]
    if spec.member is not None and member not in parts:
        known += f" and ({member} is not None or not a & {bit})"
    key = f"{f'{spec.id}:'!r} + {' + '.join(parts)}"
    return f"    if r & {bit}{known}: o.append(Request(S{number}, {key}, {member}, t, a & {bit} != 0))\n"
