"""The send path: POST /v1/score without routing.

The route does the same and describes it; finding it and asking for its dependencies costs as much
as scoring a message does.
"""

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import answer_to_error, client_gone
from api.routes.score import PATH, score
from moderation.errors import ModerationError


class SendPath:
    """Answers scoring requests; everything else goes on to the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Score, or pass it on."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await score(request)
        except ModerationError as error:
            response = answer_to_error(request, error)
        except ClientDisconnect:
            response = client_gone(request)
        await response(scope, receive, send)
