"""Stop a loop in good order: SIGTERM or SIGINT asks, and what is in hand is finished first."""

import signal
from threading import Event
from types import FrameType

import structlog

log = structlog.get_logger(__name__)


class Stop:
    """Whether this process was asked to stop, and a way to wait that ends at once when it is."""

    def __init__(self) -> None:
        self._asked = Event()

    def listen(self) -> "Stop":
        """Take over SIGTERM and SIGINT of this process; the main thread only."""
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
        log.info("worker.stopping", signal=signal.Signals(number).name)
        self.ask()
