"""What somebody may not do, or not yet."""

from collections.abc import Sequence

from moderation.errors.base import NotAllowed, TooMany


class BadCredentials(NotAllowed):
    """No key, an unknown key, or a wrong login."""

    code = "bad_credentials"


class LoginNeeded(NotAllowed):
    """Nobody is logged in to the console, or the session ended."""

    code = "login_needed"


class BadForm(NotAllowed):
    """A form of the console without the token of its session."""

    code = "bad_form"


class MissingScope(NotAllowed):
    """The key is known but lacks a scope."""

    code = "missing_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This key lacks the scope {scope!r}; make one with `ibasho keys create`.")


class OwnDecision(NotAllowed):
    """An appeal is decided by somebody else than the decision it is about."""

    code = "own_decision"

    def __init__(self) -> None:
        super().__init__("You made this decision; somebody else decides the appeal.")


class ReasonNeeded(NotAllowed):
    """A minors' case is read without a claim only for a reason, which is kept."""

    code = "reason_needed"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id} is protected; claim it, or say why you look at it.")


class MissingRole(NotAllowed):
    """The person is known but lacks a role."""

    code = "missing_role"

    def __init__(self, roles: Sequence[str]) -> None:
        super().__init__(f"This needs one of the roles: {', '.join(roles)}.")


class RateLimited(TooMany):
    """A key's bucket of tokens is empty."""

    code = "rate_limited"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests of this key; come back in {seconds} s.")
        self.seconds = seconds
