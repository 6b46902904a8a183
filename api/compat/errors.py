"""Errors in the shape that a foreign client expects on its path.

Knows the request by its path alone, so that it serves where no route was reached: a body over the
limit, a wrong method, an unknown path.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from moderation.errors import FieldProblem

OPENAI_PATH = "/v1/moderations"
PERSPECTIVE_PATHS = ("/v1alpha1/", "/$discovery/")

ForeignError = tuple[int, dict[str, Any]]
"""An HTTP status and a body."""

_OPENAI_CODES = {
    "bad_credentials": "invalid_api_key",
    "invalid": "invalid_value",
    "rate_limited": "rate_limit_exceeded",
}
_OPENAI_TYPES = {429: "requests"}
_GOOGLE_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
_GOOGLE_REASONS = {
    401: "API_KEY_INVALID",
    403: "API_KEY_SERVICE_BLOCKED",
    429: "RATE_LIMIT_EXCEEDED",
}


def foreign_error(
    path: str, status: int, code: str, detail: str, problems: Sequence[FieldProblem]
) -> ForeignError | None:
    """What this path answers in place of a problem document; None where that is right."""
    # Both services call a body that cannot be used 400.
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        status = HTTPStatus.BAD_REQUEST.value
    if path == OPENAI_PATH:
        return status, openai_error(status, code, detail, problems)
    if path.startswith(PERSPECTIVE_PATHS):
        return status, google_error(status, detail, google_details(status, problems))
    return None


def openai_error(status: int, code: str, detail: str, problems: Sequence[FieldProblem]) -> dict[str, Any]:
    """An error as OpenAI writes it: one message, one place."""
    at_fault = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    return {
        "error": {
            "message": _message(detail, problems),
            "type": _OPENAI_TYPES.get(status, at_fault),
            "param": _dotted(problems[0].pointer) or None if problems else None,
            "code": _OPENAI_CODES.get(code, code),
        }
    }


def google_error(status: int, message: str, details: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """An error as Google's APIs write it."""
    error: dict[str, Any] = {
        "code": status,
        "message": message,
        "status": _GOOGLE_STATUSES.get(status, "INTERNAL"),
    }
    if details:
        error["details"] = list(details)
    return {"error": error}


def google_details(status: int, problems: Sequence[FieldProblem]) -> list[dict[str, Any]]:
    """Google's typed details: the fields at fault, or why a key was refused."""
    if problems:
        violations = [{"field": _dotted(one.pointer), "description": one.detail} for one in problems]
        return [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
    reason = _GOOGLE_REASONS.get(status)
    if reason is None:
        return []
    return [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "ibasho"}]


def _message(detail: str, problems: Sequence[FieldProblem]) -> str:
    if not problems:
        return detail
    place = _dotted(problems[0].pointer)
    return f"{place}: {problems[0].detail}" if place else problems[0].detail


def _dotted(pointer: str) -> str:
    """``/input/0/text`` as ``input[0].text``."""
    path = ""
    for part in pointer.strip("/").split("/"):
        if part.isdigit():
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path
