"""Letter: what a viewer wrote to us in words of their own, in a report or an inquiry."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """The way it came."""

    REPORT = "report"
    INQUIRY = "inquiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter with something in it to read.

    Attributes:
        about: The reason chosen for a report, the topic of an inquiry; both as they are stored.
        sender: Who wrote it; None where an inquiry does not say.
        minors: It concerns harm to a minor: counted, never quoted.
    """

    id: str
    kind: LetterKind
    about: str
    text: str
    sender: str | None
    at: datetime
    minors: bool
