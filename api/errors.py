"""Errors to HTTP: the one place that knows both. Bodies are problem documents (RFC 9457)."""

from collections.abc import MutableMapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.compat.errors import foreign_error
from api.console import error_page, is_console_path
from api.problems import UNNAMED, problem, status_of
from moderation.errors import (
    FieldProblem,
    Invalid,
    ModerationError,
)

log = structlog.get_logger(__name__)

_CODES = {400: "bad_request", 404: "no_such_path", 405: "method_not_allowed"}


def problem_response(
    status: int,
    code: str,
    detail: str,
    scope: MutableMapping[str, Any],
    problems: Sequence[FieldProblem] = (),
) -> Response:
    """A problem document as an HTTP answer; on compatible paths the error their clients know."""
    request_id = scope.get("state", {}).get("request_id")
    headers = {"WWW-Authenticate": 'Bearer realm="ibasho"'} if status == HTTPStatus.UNAUTHORIZED else None
    foreign = foreign_error(scope["path"], status, code, detail, problems)
    if foreign is not None:
        foreign_status, body = foreign
        return JSONResponse(body, foreign_status, headers=headers)
    return JSONResponse(
        problem(status, code, detail, problems, request_id),
        status,
        headers=headers,
        media_type="application/problem+json",
    )


def answer_to_error(request: Request, error: ModerationError) -> Response:
    """The answer to a deliberate error; an error page in the console."""
    status = status_of(error)
    if is_console_path(request.url.path):
        return error_page(request, status, error)
    return problem_response(status, error.code, str(error), request.scope, getattr(error, "problems", ()))


def client_gone(request: Request) -> Response:
    """The answer to a client that hung up while it was speaking."""
    log.info("request.client_gone", path=request.url.path)
    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it


def install(app: FastAPI) -> None:
    """Answer every error as a problem document; pages of the console get an error page.

    An error of no known kind is a 500: it was not meant for the client, and only the log has it.
    """

    @app.exception_handler(ModerationError)
    async def moderation_error(request: Request, error: ModerationError) -> Response:
        return answer_to_error(request, error)

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> Response:
        problems = [FieldProblem(pointer=_pointer(one["loc"]), detail=one["msg"]) for one in error.errors()]
        invalid = Invalid("The request cannot be used; `errors` names each place.", problems)
        return answer_to_error(request, invalid)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if isinstance(
            error.__cause__, UnicodeDecodeError | RecursionError
        ):  # FastAPI could not read the body
            return answer_to_error(request, Invalid(f"The body is not JSON in UTF-8: {error.__cause__}."))
        code = _CODES.get(error.status_code, "http_error")
        detail = f"{request.method} {request.url.path}: {error.detail}."
        if is_console_path(request.url.path):
            return error_page(request, error.status_code, ModerationError(detail))
        return problem_response(error.status_code, code, detail, request.scope)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> Response:
        del error
        return client_gone(request)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("request.failed", path=request.url.path, exc_info=error)
        detail = "Something went wrong on our side; the log has it under this request id."
        if is_console_path(request.url.path):
            return error_page(request, 500, ModerationError(detail))
        return problem_response(500, "internal_error", detail, request.scope)


def _pointer(location: Sequence[object]) -> str:
    parts = [str(part) for part in location if part != "body" and not str(part).startswith(UNNAMED)]
    return "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)
