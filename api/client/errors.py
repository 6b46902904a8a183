"""What the client raises.

ClientError
├── ApiError      the server refused; ``code`` is the stable word to match on
├── Unreachable   no answer, however often it was tried
└── BadWebhook    a webhook that is not from your server, or too old
"""

from collections.abc import Sequence

from moderation.errors import FieldProblem


class ClientError(Exception):
    """Base of everything the client raises on purpose."""


class ApiError(ClientError):
    """The server refused a request.

    Attributes:
        status: HTTP status.
        code: Stable word, e.g. ``message_conflict``.
        detail: For people.
        problems: The places in the request that are wrong.
        request_id: What to give to the operators of the server.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        problems: Sequence[FieldProblem] = (),
        request_id: str | None = None,
    ) -> None:
        places = "".join(f"\n  {one.pointer}: {one.detail}" for one in problems)
        super().__init__(f"{status} {code}: {detail}{places}")
        self.status = status
        self.code = code
        self.detail = detail
        self.problems = tuple(problems)
        self.request_id = request_id


class Unreachable(ClientError):
    """The server gave no answer."""


class BadWebhook(ClientError):
    """The signature does not fit, or the message is too old."""
