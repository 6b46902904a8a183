"""Sliding: counters in memory for messages in order of time, as in a backtest. Exact, and as large as the windows.

A counter is a function of a key, the member that is told apart, Unix seconds, and whether the message is added
before its value is read.
"""

from bisect import bisect_right
from collections.abc import Hashable
from typing import Protocol

from rules.windows import WindowSpec

_FEW = 50_000
"""Keys that are never too many; past them those that have run out are dropped whenever their number doubled."""
_WORTH_CUTTING = 64
"""Times that have run out and still stand in a list: cutting off one by one would move the rest each time."""


class SlidingCounter(Protocol):
    """The counter of one window."""

    def __call__(self, key: Hashable, member: str | None, at: float, add: bool) -> int:
        """Add a message, if it counts, and read the value."""


def sliding_counter(spec: WindowSpec) -> SlidingCounter:
    """An empty counter of a window. Messages have to come in order of time."""
    if spec.measure == "count":
        return _Counted(spec.within)
    return _Newcomers(spec) if spec.measure == "newcomers" else _Distinct(spec.within)


class _Counted:
    """Messages, by their times. Most keys see a single one, whose time stands there without a list."""

    __slots__ = ("_most", "_times", "_within")

    def __init__(self, within: float) -> None:
        self._within = within
        self._times: dict[Hashable, float | list[float]] = {}
        self._most = _FEW

    def __call__(self, key: Hashable, member: str | None, at: float, add: bool) -> int:  # noqa: ARG002
        times = self._times.get(key)
        if times is None:
            if not add:
                return 0
            self._times[key] = at
            if len(self._times) > self._most:
                self._sweep(at)
            return 1
        limit = at - self._within
        if isinstance(times, float):
            held = times > limit
            if add:
                self._times[key] = [times, at] if held else at
            return held + add
        if add:
            times.append(at)
        if times[0] > limit:
            return len(times)
        gone = bisect_right(times, limit)
        left = len(times) - gone
        if not left:
            del self._times[key]
        elif gone >= _WORTH_CUTTING:
            del times[:gone]
        return left

    def _sweep(self, now: float) -> None:
        limit = now - self._within
        self._times = {
            key: times
            for key, times in self._times.items()
            if (times if isinstance(times, float) else times[-1]) > limit
        }
        self._most = max(_FEW, 2 * len(self._times))


class _Distinct:
    """Members by when they were last seen, in that order, so that the oldest go first. Most keys see a single one."""

    __slots__ = ("_members", "_most", "_within")

    def __init__(self, within: float) -> None:
        self._within = within
        self._members: dict[Hashable, tuple[str | None, float] | dict[str | None, float]] = {}
        self._most = _FEW

    def __call__(self, key: Hashable, member: str | None, at: float, add: bool) -> int:
        members = self._members.get(key)
        if members is None:
            if not add:
                return 0
            self._members[key] = member, at
            if len(self._members) > self._most:
                self._sweep(at)
            return 1
        if isinstance(members, tuple):
            known, since = members
            held = since > at - self._within
            if add:
                other = held and known != member
                self._members[key] = {known: since, member: at} if other else (member, at)
                return 1 + other
            return int(held)
        if add:
            members.pop(member, None)  # the newest stands last
            members[member] = at
        _forget(members, at - self._within)
        return len(members)

    def _sweep(self, now: float) -> None:
        limit = now - self._within
        self._members = {
            key: members
            for key, members in self._members.items()
            if (members[1] if isinstance(members, tuple) else next(reversed(members.values()), limit)) > limit
        }
        self._most = max(_FEW, 2 * len(self._members))


class _Newcomers:
    """Members by when they were first seen, and how many of them are new."""

    __slots__ = ("_firsts", "_known", "_memory", "_most")

    def __init__(self, spec: WindowSpec) -> None:
        self._memory = spec.memory
        self._known: dict[Hashable, dict[str | None, float]] = {}
        self._firsts = _Counted(spec.within)
        self._most = _FEW

    def __call__(self, key: Hashable, member: str | None, at: float, add: bool) -> int:
        known = self._known.get(key)
        if known is None:
            new = add
            if new:
                self._known[key] = {member: at}
                if len(self._known) > self._most:
                    self._sweep(at)
        else:
            _forget(known, at - self._memory)
            new = add and member not in known
            if new:
                known[member] = at
        return self._firsts(key, member, at, new)

    def _sweep(self, now: float) -> None:
        for key, known in list(self._known.items()):
            _forget(known, now - self._memory)
            if not known:
                del self._known[key]
        self._most = max(_FEW, 2 * len(self._known))


def _forget(members: dict[str | None, float], limit: float) -> None:
    while members:
        member, at = next(iter(members.items()))
        if at > limit:
            return
        del members[member]
