"""What is not there, or may not be seen."""

from moderation.errors.base import NotFound


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
