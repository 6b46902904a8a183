"""Errors as problem documents (RFC 9457): which status, which body."""

from collections.abc import Sequence
from typing import Any

from moderation.errors import (
    BadCredentials,
    Conflict,
    FieldProblem,
    Invalid,
    ModerationError,
    NotAllowed,
    NotFound,
    TooMany,
    Unavailable,
)

STATUS: dict[type[ModerationError], int] = {
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    BadCredentials: 401,
    NotAllowed: 403,
    TooMany: 429,
    Unavailable: 503,
}
"""HTTP status of each kind; the first that fits an error counts."""

UNNAMED = "("
"""What a part of an error's location begins with where the body has no such part: a tag of ours."""


def status_of(error: ModerationError) -> int:
    """The HTTP status of an error; 500 for one of no known kind."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def problem(
    status: int, code: str, detail: str, problems: Sequence[FieldProblem] = (), request_id: str | None = None
) -> dict[str, Any]:
    """A problem document."""
    document: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if request_id:
        document["request_id"] = request_id
    if problems:
        document["errors"] = [{"pointer": one.pointer, "detail": one.detail} for one in problems]
    return document
