"""Sliding: counters in memory for messages in order of time, as in a backtest. Exact, and as large as the windows."""

from bisect import bisect_right
from collections.abc import Sequence

from rules.windows import WindowRequest

_FEW = 50_000
"""Counters that are never too many; past them those that have run out are dropped whenever their number doubled."""
_LONGEST = 86_400.0
"""Seconds of the longest window or memory there is."""
_WORTH_CUTTING = 64
"""Times that have run out and still stand in a list: cutting off one by one would move the rest each time."""


class SlidingWindows:
    """Every counter of one service; messages have to come in order of time.

    A count keeps the times of its messages; ``distinct`` its members by when they were last seen; newcomers
    their members by when they were first seen. All stand in order of time, so that the oldest go first.
    Most counters see a single message, so they are lists and not deques, which are ten times as large.
    """

    def __init__(self) -> None:
        self._times: dict[str, list[float]] = {}
        self._members: dict[str, dict[str | None, float]] = {}
        self._firsts: dict[str, list[float]] = {}
        self._most = _FEW

    def run(self, requests: Sequence[WindowRequest]) -> dict[str, int]:
        """Values by ``WindowSpec.id`` for one message."""
        values: dict[str, int] = {}
        times, members = self._times, self._members
        for request in requests:
            spec = request.spec
            if spec.measure == "count":
                values[spec.id] = _count(times, request.key, request.at, spec.within, add=request.add)
            elif spec.measure == "newcomers":
                values[spec.id] = self._newcomers(request)
            else:
                values[spec.id] = self._distinct(request)
        if len(times) + len(members) > self._most:
            self._sweep(requests[-1].at)
        return values

    def _distinct(self, request: WindowRequest) -> int:
        members = self._members.get(request.key)
        if members is None:
            if not request.add:
                return 0
            self._members[request.key] = {request.member: request.at}
            return 1
        if request.add:
            members.pop(request.member, None)  # the newest stands last
            members[request.member] = request.at
        _forget(members, request.at - request.spec.within)
        return len(members)

    def _newcomers(self, request: WindowRequest) -> int:
        members = self._members.setdefault(request.key, {})
        _forget(members, request.at - request.spec.memory)
        new = request.add and request.member not in members
        if new:
            members[request.member] = request.at
        return _count(self._firsts, request.key, request.at, request.spec.within, add=new)

    def _sweep(self, now: float) -> None:
        for times in (self._times, self._firsts):
            for key in [key for key, found in times.items() if found[-1] <= now - _LONGEST]:
                del times[key]
        for key, members in list(self._members.items()):
            _forget(members, now - _LONGEST)
            if not members:
                del self._members[key]
        self._most = max(_FEW, 2 * (len(self._times) + len(self._members)))


def _count(counters: dict[str, list[float]], key: str, at: float, within: float, *, add: bool) -> int:
    times = counters.get(key)
    if times is None:
        if not add:
            return 0
        counters[key] = [at]
        return 1
    if add:
        times.append(at)
    limit = at - within
    if times[0] > limit:
        return len(times)
    gone = bisect_right(times, limit)
    left = len(times) - gone
    if not left:
        del counters[key]
    elif gone >= _WORTH_CUTTING:
        del times[:gone]
    return left


def _forget(members: dict[str | None, float], limit: float) -> None:
    while members:
        member, at = next(iter(members.items()))
        if at > limit:
            return
        del members[member]
