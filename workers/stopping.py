"""Stop a loop in good order: SIGTERM or SIGINT asks, and what is in hand is finished first."""

import signal
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType

import structlog

log = structlog.get_logger(__name__)


class Stop:
    """Whether this process was asked to stop, and a way to wait that ends at once when it is."""

    def __init__(self) -> None:
        self._asked = Event()
        self._signals: SimpleQueue[int] = SimpleQueue()

    def listen(self) -> "Stop":
        """Take over SIGTERM and SIGINT of this process; the main thread only.

        A signal comes between any two steps of the main thread, which may hold the lock of the log or of the
        event just then: all that its handler does is to put the number into a queue made for this, and a
        thread of its own does the rest.
        """
        Thread(target=self._end, name="stop", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        return self

    def ask(self) -> None:
        """Ask for the end."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether the end was asked for."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most until the end is asked for; whether it was."""
        return self._asked.wait(seconds)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._signals.put(number)

    def _end(self) -> None:
        while True:
            number = self._signals.get()
            log.info("worker.stopping", signal=signal.Signals(number).name)
            self.ask()
