"""Every error this project raises on purpose.

    ModerationError
    ├── NotFound          CaseNotFound, UserNotFound, PolicyNotFound, DecisionNotFound, AppealNotFound
    ├── Conflict          CaseClosed, CaseClaimed, StaleVersion, AlreadyDecided, MessageConflict, NothingToUndo,
    │                     ModelConflict
    ├── Invalid           InvalidRequest (with the fields), UnknownReason …
    ├── NotAllowed        BadCredentials, LoginNeeded, BadForm, MissingScope, MissingRole
    ├── TooMany           RateLimited
    └── Unavailable       StoreUnavailable, ModelUnavailable, Misconfigured, PortTaken

``code`` is the stable word clients match on; the message is for people and says what
to do. HTTP statuses are given in api/errors.py, never here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class ModerationError(Exception):
    """Base of every deliberate error."""

    code = "moderation_error"


class NotFound(ModerationError):
    """The thing named does not exist, or may not be seen."""

    code = "not_found"


class CaseNotFound(NotFound):
    """No such case for this person."""

    code = "case_not_found"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"No case {case_id}.")


class UserNotFound(NotFound):
    """No such console user."""

    code = "user_not_found"

    def __init__(self, login: str) -> None:
        super().__init__(f"No user {login!r}; `ibasho users list` shows them.")


class PolicyNotFound(NotFound):
    """No such clause of the terms of use."""

    code = "policy_not_found"

    def __init__(self, policy_id: str) -> None:
        super().__init__(f"No policy clause {policy_id!r}.")


class AppealNotFound(NotFound):
    """No such appeal for this person."""

    code = "appeal_not_found"

    def __init__(self, appeal_id: str) -> None:
        super().__init__(f"No appeal {appeal_id!r}.")


class DecisionNotFound(NotFound):
    """No such decision for this caller."""

    code = "decision_not_found"

    def __init__(self, decision_id: str) -> None:
        super().__init__(f"No decision {decision_id!r}.")


class HeldNotFound(NotFound):
    """No such message was held back, for this caller."""

    code = "held_not_found"

    def __init__(self, message_id: str) -> None:
        super().__init__(f"No message {message_id!r} was held back.")


class Conflict(ModerationError):
    """What is asked does not fit the present state."""

    code = "conflict"


class CaseClosed(Conflict):
    """The case is settled already."""

    code = "case_closed"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id} is closed; undo its decision to open it again.")


class CaseClaimed(Conflict):
    """Someone else holds an unexpired claim."""

    code = "case_claimed"

    def __init__(self, case_id: str, by: str, until: datetime) -> None:
        super().__init__(f"Case {case_id} is claimed by {by} until {until:%H:%M} UTC.")


class CaseNotClaimed(Conflict):
    """A decision needs a claim first."""

    code = "case_not_claimed"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id} is not claimed by you (any more); claim it and look again.")


class StaleVersion(Conflict):
    """The case moved on since it was looked at."""

    code = "stale_version"

    def __init__(self, case_id: str, given: int, current: int) -> None:
        super().__init__(f"Case {case_id} is at version {current}, not {given}; load it again.")


class AlreadyDecided(Conflict):
    """A decision form came again with another decision."""

    code = "already_decided"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"This form of case {case_id} was sent before with another decision; load it again.")


class NothingToUndo(Conflict):
    """The case's last decision is undone already, or there is none."""

    code = "nothing_to_undo"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {case_id} has no decision that could be undone.")


class MessageConflict(Conflict):
    """A message id came again with other content."""

    code = "message_conflict"

    def __init__(self, message_id: str) -> None:
        super().__init__(
            f"Message {message_id!r} was scored before with other content; give a changed message a new id."
        )


class KeyEnded(Conflict):
    """An API key that does not work any more cannot be rotated."""

    code = "key_ended"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"Key {key_id} is revoked or ended; make a new one with `ibasho keys create`.")


class ModelConflict(Conflict):
    """The classifiers in force do not allow this change."""

    code = "model_conflict"


class FeedbackConflict(Conflict):
    """A feedback id came again with other content."""

    code = "feedback_conflict"

    def __init__(self, feedback_id: str) -> None:
        super().__init__(f"Feedback {feedback_id!r} came before with other content; give it a new id.")


class AlreadySettled(Conflict):
    """A held message is approved, denied or expired already."""

    code = "already_settled"

    def __init__(self, message_id: str, state: str) -> None:
        super().__init__(f"Message {message_id!r} is {state} already.")


class AppealConflict(Conflict):
    """An appeal came that does not fit the ones before, or was decided already."""

    code = "appeal_conflict"


class AlreadyAnswered(Conflict):
    """Somebody else gave the second look, or it was withdrawn."""

    code = "already_answered"

    def __init__(self) -> None:
        super().__init__("This second look was answered already.")


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


class TooMany(ModerationError):
    """More than the caller may ask for in this time."""

    code = "too_many"


class RateLimited(TooMany):
    """A key's bucket of tokens is empty."""

    code = "rate_limited"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests of this key; come back in {seconds} s.")
        self.seconds = seconds


class Unavailable(ModerationError):
    """A part this needs is not there now; trying again later may work."""

    code = "unavailable"


class StoreUnavailable(Unavailable):
    """The database does not answer, so nothing was accepted."""

    code = "store_unavailable"


class Misconfigured(Unavailable):
    """A setting or file stops the program from starting."""

    code = "misconfigured"


class ModelUnavailable(Unavailable):
    """A registered classifier cannot be loaded: a file is not there, or is not what was registered."""

    code = "model_unavailable"


class PortTaken(Unavailable):
    """Something else listens on the port already."""

    code = "port_taken"

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken; stop what listens there, or choose another with --port.")
