"""Limits every request passes: its id, and the size of its body. Pure ASGI, for speed."""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from random import getrandbits
from typing import Any

import structlog

from api.errors import problem_response
from api.toll import toll_headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)

NDJSON = b"application/x-ndjson"
LINES_PATH = "/v1/score"
_LONGEST_REQUEST_ID = 64
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


class RequestId:
    """Every request has an id: the caller's ``X-Request-Id``, or a new one; it is sent back.

    So is what is left of the key's rate limit. Log lines carry the id, and the trace that a
    ``traceparent`` (W3C Trace Context) names; never what the request says.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the ids to the log lines of this request and add them to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, trace_id = _ids(scope["headers"])
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if trace_id:
            structlog.contextvars.bind_contextvars(trace_id=trace_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id.encode("latin-1")),
                    *toll_headers(state),
                ]
                log.debug(
                    "request.answered", method=scope["method"], path=scope["path"], status=message["status"]
                )
            await send(message)

        await self._app(scope, receive, send_with_id)


def _ids(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str | None]:
    """The caller's request id or a new one, and the id of the trace it is part of."""
    request_id, trace_id = "", None
    for name, value in headers:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            found = _TRACEPARENT.fullmatch(value)
            trace_id = found[1].decode() if found else None
    if not (0 < len(request_id) <= _LONGEST_REQUEST_ID and request_id.isprintable()):
        request_id = (
            f"{getrandbits(128):032x}"  # a name and no secret: the system's randomness costs a call to it
        )
    return request_id, trace_id


class _TooLargeError(Exception):
    """The body went over the limit while it was read."""


class BodyLimit:
    """Refuse bodies over a size with 413, by their announced length or while they come in.

    NDJSON is read line by line and may be of any size; its lines have a limit of their own.
    """

    def __init__(self, app: App, *, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body as it comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced, in_lines = _body_headers(scope["headers"])
        in_lines = in_lines and scope["path"] == LINES_PATH
        if announced.isdigit() and int(announced) > self._most and not in_lines:
            await self._refuse(scope, receive, send)
            return
        if announced.isdigit() or in_lines:
            await self._app(scope, receive, send)  # the server holds the client to what it announced
            return
        read = 0
        started = False

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise _TooLargeError
            return message

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_noted)
        except _TooLargeError:
            if not started:
                await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body is larger than {self._most} bytes; send fewer messages at once."
        await problem_response(413, "body_too_large", detail, scope)(scope, receive, send)


def _body_headers(headers: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bool]:
    """The announced length of a body, and whether it is NDJSON."""
    announced, in_lines = b"", False
    for name, value in headers:
        if name == b"content-length":
            announced = value
        elif name == b"content-type":
            in_lines = value.startswith(NDJSON)
    return announced, in_lines
