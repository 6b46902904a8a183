"""Turns: only so many at once, first come, first served."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock


class Turns:
    """A semaphore between threads that is fair: who came first goes first.

    ``threading.Semaphore`` lets whoever asks at the right moment pass those who wait. Under load one thread
    then gets turn after turn, and others wait for seconds.
    """

    def __init__(self, most: int) -> None:
        """``most``: how many may have their turn at once."""
        self._free = most
        self._waiting: deque[Event] = deque()
        self._lock = Lock()

    @contextmanager
    def one(self, seconds: float) -> Iterator[None]:
        """A turn. Raises TimeoutError where it does not come within ``seconds``."""
        self._take(seconds)
        try:
            yield
        finally:
            self._give()

    def _take(self, seconds: float) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = Event()
            self._waiting.append(called)
        if called.wait(seconds):
            return
        with self._lock:
            if called.is_set():
                return  # it came just now
            self._waiting.remove(called)
        raise TimeoutError

    def _give(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # it goes from hand to hand: nobody can come between
            else:
                self._free += 1
