"""The OpenAPI document: what FastAPI finds, the scoring path's schemas, and what every operation shares."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import Meta

from api import compat
from api.compat.errors import PERSPECTIVE_PATHS
from api.wire import schema_of

PROBLEM_TYPE = "application/problem+json"

_DESCRIPTIONS: dict[int, str] = {
    401: "No API key, or one that is unknown, revoked or ended.",
    403: "The key lacks the scope this needs.",
    404: "There is no such thing, or the key may not see it.",
    409: "It does not fit the present state: the id came with other content, or somebody was first.",
    413: "The body is too large; send less at once.",
    422: "The request cannot be used; `errors` names each place.",
    429: "Too many requests of this key; `Retry-After` says when to come back.",
    503: "A part is not there now; nothing was accepted.",
}
_EXAMPLES: dict[int, dict[str, Any]] = {
    422: {
        "type": "/problems/invalid",
        "title": "invalid",
        "status": 422,
        "detail": "The request cannot be used; `errors` names the place.",
        "code": "invalid",
        "request_id": "0b9f3c51e3c14b5f9d2f5c7b3a0e6d11",
        "errors": [{"pointer": "/messages/1/text", "detail": "Expected `str`, got `int`"}],
    }
}
_SECONDS = {"schema": {"type": "integer", "minimum": 0}}
_LIMIT_HEADERS: dict[str, Any] = {
    "RateLimit-Limit": {"description": "Tokens the key's bucket holds.", **_SECONDS},
    "RateLimit-Remaining": {"description": "Tokens left in it.", **_SECONDS},
    "RateLimit-Reset": {"description": "Seconds until it is full again.", **_SECONDS},
}
_RETRY_HEADER: dict[str, Any] = {"Retry-After": {"description": "Seconds to wait.", **_SECONDS}}
_SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer ibasho_…`"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


class FieldProblemOut(msgspec.Struct, frozen=True):
    """One wrong place: a JSON pointer into the body, or the name of a parameter."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error (RFC 9457); ``code`` is the stable word to match on."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    code: str
    request_id: str | None = None
    errors: list[FieldProblemOut] = []


(_PROBLEM,), _COMPONENTS = schema_of(Problem)
_FOREIGN = {"application/json": {"schema": {"$ref": "#/components/schemas/PerspectiveError"}}}


def problems(*statuses: int, **descriptions: str) -> dict[int | str, dict[str, Any]]:
    """``responses`` of an operation that may fail in these ways, each a problem document.

    Args:
        statuses: HTTP statuses.
        descriptions: Better words for one of them, as ``s409="…"``.
    """
    return {
        status: {
            "description": descriptions.get(f"s{status}", _DESCRIPTIONS[status]),
            "content": _error(status),
        }
        for status in statuses
    }


def _error(status: int) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _PROBLEM}
    if status in _EXAMPLES:
        content["example"] = _EXAMPLES[status]
    return {PROBLEM_TYPE: content}


KEYED = (401, 403, 429, 503)
"""What every operation that asks for a key may answer."""
POSTED = (*KEYED, 413, 422)
"""Likewise, with a body."""


def document(app: FastAPI, components: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI document of the application, made once.

    Args:
        app: Its routes.
        components: Schemas of wire types that FastAPI does not know.
    """
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        parts = made.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):  # ours are problem documents
            schemas.pop(name, None)
        schemas.update(components)
        schemas.update(compat.COMPONENTS)
        schemas.update(_COMPONENTS)
        parts["securitySchemes"] = _SECURITY
        for path, operations in made["paths"].items():
            for operation in operations.values():
                _complete(path, operation)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(path: str, operation: dict[str, Any]) -> None:
    """What follows from the answers an operation may give: its security, bodies of errors, headers."""
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]  # added by FastAPI for texts, which are never wrong
    if "401" in responses:
        operation["security"] = [{name: []} for name in _SECURITY]
        for status, response in problems(*KEYED).items():
            responses.setdefault(str(status), response)
    for status, response in responses.items():
        if status >= "400" and not response.get("content"):
            response["content"] = _FOREIGN if path.startswith(PERSPECTIVE_PATHS) else _error(int(status))
    if "429" in responses:
        for status, response in responses.items():
            if status.startswith("2") or status == "429":
                response.setdefault("headers", {}).update(_LIMIT_HEADERS)
        responses["429"]["headers"].update(_RETRY_HEADER)
