"""Sliding: counters in memory for messages in order of time, as in a backtest. Exact, and as large as the windows."""

from collections import deque
from collections.abc import Sequence

from rules.windows import WindowRequest

_FEW = 50_000
"""Counters that are never too many; past them those that have run out are dropped whenever their number doubled."""


class SlidingWindows:
    """Every counter of one service; messages have to come in order of time.

    A count keeps the times of its messages; ``distinct`` its members by when they were last seen; newcomers
    their members by when they were first seen. All stand in order of time, so that the oldest go first.
    """

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}
        self._members: dict[str, dict[str | None, float]] = {}
        self._firsts: dict[str, deque[float]] = {}
        self._most = _FEW

    def run(self, requests: Sequence[WindowRequest]) -> dict[str, int]:
        """Values by ``WindowSpec.id`` for one message."""
        values = {}
        for request in requests:
            spec = request.spec
            if spec.measure == "count":
                values[spec.id] = _count(self._times, request, add=request.add)
            elif spec.measure == "newcomers":
                values[spec.id] = self._newcomers(request)
            else:
                values[spec.id] = self._distinct(request)
        if len(self._times) + len(self._members) > self._most:
            self._sweep(requests[-1].at)
        return values

    def _distinct(self, request: WindowRequest) -> int:
        members = self._members.setdefault(request.key, {})
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
        return _count(self._firsts, request, add=new)

    def _sweep(self, now: float) -> None:
        for times in (self._times, self._firsts):
            for key in [key for key, found in times.items() if not found or found[-1] <= now - _LONGEST]:
                del times[key]
        for key, members in list(self._members.items()):
            _forget(members, now - _LONGEST)
            if not members:
                del self._members[key]
        self._most = max(_FEW, 2 * (len(self._times) + len(self._members)))


_LONGEST = 86_400.0
"""Seconds of the longest window or memory there is."""


def _count(counters: dict[str, deque[float]], request: WindowRequest, *, add: bool) -> int:
    times = counters.get(request.key)
    if times is None:
        if not add:
            return 0
        times = counters[request.key] = deque()
    if add:
        times.append(request.at)
    limit = request.at - request.spec.within
    while times and times[0] <= limit:
        times.popleft()
    return len(times)


def _forget(members: dict[str | None, float], limit: float) -> None:
    while members:
        member, at = next(iter(members.items()))
        if at > limit:
            return
        del members[member]
