"""Durations as rules write them: a whole number and ``s``, ``m``, ``h`` or ``d``."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
"""Seconds in one of each."""
LONGEST_WINDOW = 86_400
"""Seconds. A counter over more than a day costs memory that chat rules do not need."""


def seconds(duration: str) -> int:
    """A written duration in seconds.

    >>> seconds("10m")
    600
    """
    return int(duration[:-1]) * UNITS[duration[-1]]


def _window(duration: str) -> str:
    if not 1 <= seconds(duration) <= LONGEST_WINDOW:
        raise ValueError("a window lasts from 1s to 24h")
    return duration


Duration = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}[smhd]$")]
"""A duration such as ``30s``, ``10m``, ``24h`` or ``7d``."""
WindowDuration = Annotated[Duration, AfterValidator(_window)]
"""A duration from ``1s`` to ``24h``."""
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day in Japan, in quotes: ``"22:00"``."""


def minute_of_day(clock: str) -> int:
    """Minutes since midnight of ``"HH:MM"``."""
    return int(clock[:2]) * 60 + int(clock[3:])
