"""Terms of the scoring path: what it works with, within which limits, and who pays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from moderation.scoring.engine import Engine, Standing
from moderation.scoring.message import Message
from moderation.storage.chat.rate_limit import Bucket, Toll


class Engines(Protocol):
    """Where the live engine is found; it changes when a rule set is activated."""

    @property
    def current(self) -> Engine:
        """The engine to score with now."""
        ...

    @property
    def late(self) -> bool:
        """Whether a rule set may have come into force unseen: ``confirm`` comes before the next answer."""
        ...

    def confirm(self) -> None:
        """Look which rule set is in force; blocks."""
        ...

    def standing(self, message: Message) -> Standing:
        """What is known of a message's author."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What intake keeps and waits for."""

    context_messages: int
    hold_for: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Who pays for a request, and how much.

    ``settle`` hears what it came to, and raises RateLimited where it was not enough.
    """

    bucket: Bucket
    cost: int
    settle: Callable[[Toll], None]
