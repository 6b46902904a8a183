"""The families of errors; each error belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass


class ModerationError(Exception):
    """Base of every deliberate error."""

    code = "moderation_error"


class NotFound(ModerationError):
    """The thing named does not exist, or may not be seen."""

    code = "not_found"


class Conflict(ModerationError):
    """What is asked does not fit the present state."""

    code = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One wrong place in an input: a JSON pointer, and what is wrong there."""

    pointer: str
    detail: str


class Invalid(ModerationError):
    """The input cannot be used; ``problems`` names each place."""

    code = "invalid"

    def __init__(self, detail: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class NotAllowed(ModerationError):
    """The caller may not do this."""

    code = "not_allowed"


class TooMany(ModerationError):
    """More than the caller may ask for in this time."""

    code = "too_many"


class Unavailable(ModerationError):
    """A part this needs is not there now; trying again later may work."""

    code = "unavailable"
