"""Deadline: the time a request has."""

from time import perf_counter


class Deadline:
    """Time left of a request; without a limit there is always some."""

    def __init__(self, timeout_ms: int | None) -> None:
        self.started = perf_counter()
        self._ends = None if timeout_ms is None else self.started + timeout_ms / 1000

    @property
    def left(self) -> float | None:
        """Seconds left, 0 or more; None without a limit."""
        return None if self._ends is None else max(0.0, self._ends - perf_counter())

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.left == 0.0

    @property
    def spent_ms(self) -> float:
        """Milliseconds since the request came in, to the hundredth."""
        return round((perf_counter() - self.started) * 1000, 2)
