"""Quiet dissatisfaction: harm that nobody reported, seen in what people did after it.

Who blocks, mutes or leaves right after a flagged message says something, even without a report. For blocks and
mutes the author is known; leaving has many reasons, so it is held against the same rooms at other times.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt

from moderation.trends.intervals import NORMAL, Interval

REACTION = timedelta(minutes=10)
"""A block or mute of a message's author within this counts as an answer to it."""
LEAVING = timedelta(minutes=3)
"""Leaves within this after a hit are held against the rest of the stream."""
"""Degrees of freedom at which Student's t is the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHit:
    """A flagged message; ``reported``: somebody reported it, or its author in that room that day."""

    author: str
    room: str
    at: datetime
    reported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One room, from its start to its end, and when people left it."""

    room: str
    started_at: datetime
    ended_at: datetime
    leaves: Sequence[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """What people did after hits.

    Attributes:
        hits: Flagged messages looked at.
        answered: Hits whose author somebody blocked or muted within ten minutes.
        unreported: Of those, hits that nobody reported.
        leaves_after: Leaves within three minutes after a hit, in ``minutes_after`` minutes of stream.
        leaves_else: In the same rooms at other times, in ``minutes_else`` minutes.
        leave_ratio: Leaves a minute after hits against other times of the same room; None: cannot be told.
    """

    hits: int
    answered: int
    unreported: int
    leaves_after: int
    minutes_after: float
    leaves_else: int
    minutes_else: float
    leave_ratio: float | None
    leave_interval: Interval | None


def quiet_harm(
    hits: Sequence[QuietHit], reactions: Mapping[str, Sequence[datetime]], streams: Iterable[Stream]
) -> Quiet:
    """Count it.

    Args:
        hits: The flagged messages.
        reactions: When each author was blocked or muted by somebody, by author.
        streams: The rooms of the hits, for as long as their begin and end are known.
    """
    times = {author: sorted(found) for author, found in reactions.items()}
    answered = [hit for hit in hits if _answered(hit, times.get(hit.author, ()))]
    by_room: dict[str, list[datetime]] = defaultdict(list)
    for hit in hits:
        by_room[hit.room].append(hit.at)
    exposed = [_exposed(stream, sorted(by_room[stream.room])) for stream in streams if stream.room in by_room]
    ratio, interval = mantel_haenszel(exposed)
    return Quiet(
        hits=len(hits),
        answered=len(answered),
        unreported=sum(not hit.reported for hit in answered),
        leaves_after=sum(one[0] for one in exposed),
        minutes_after=sum(one[1] for one in exposed),
        leaves_else=sum(one[2] for one in exposed),
        minutes_else=sum(one[3] for one in exposed),
        leave_ratio=ratio,
        leave_interval=interval,
    )


def _answered(hit: QuietHit, times: Sequence[datetime]) -> bool:
    after = bisect_left(times, hit.at)
    return after < len(times) and times[after] - hit.at <= REACTION


Exposure = tuple[int, float, int, float]
"""Leaves and minutes after hits, leaves and minutes at other times."""


def _exposed(stream: Stream, hits: Sequence[datetime]) -> Exposure:
    windows: list[tuple[datetime, datetime]] = []
    for at in hits:
        start, end = max(at, stream.started_at), min(at + LEAVING, stream.ended_at)
        if start >= end:
            continue
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    leaves = sorted(at for at in stream.leaves if stream.started_at <= at < stream.ended_at)
    inside = sum(bisect_right(leaves, end) - bisect_left(leaves, start) for start, end in windows)
    minutes = sum((end - start).total_seconds() for start, end in windows) / 60
    whole = (stream.ended_at - stream.started_at).total_seconds() / 60
    return inside, minutes, len(leaves) - inside, whole - minutes


def mantel_haenszel(strata: Sequence[Exposure]) -> tuple[float | None, Interval | None]:
    """Rate ratio over strata (rooms), which need not be alike, with its 95 % interval.

    Returns:
        None for both where one side has no events or no time.

    Source:
        S. Greenland and J. M. Robins, "Estimation of a common effect parameter from sparse follow-up
        data", Biometrics 41 (1985), 55-68.
    """
    above = below = spread = 0.0
    for events, time, other, other_time in strata:
        total = time + other_time
        if time > 0 and other_time > 0:
            above += events * other_time / total
            below += other * time / total
            spread += (events + other) * time * other_time / total**2
    if above <= 0 or below <= 0:
        return None, None
    ratio = above / below
    width = NORMAL * sqrt(spread / (above * below))
    return ratio, Interval(exp(log(ratio) - width), exp(log(ratio) + width))
