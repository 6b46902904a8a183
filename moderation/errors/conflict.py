"""What does not fit the present state."""

from datetime import datetime

from moderation.errors.base import Conflict


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
