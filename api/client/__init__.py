"""Client of the HTTP interface, sync and async: typed, and it tries again where that is safe.

    >>> from api.client import Client, Message, Author, Room
    >>> with Client("http://127.0.0.1:8080", key="ibasho_…") as ibasho:  # doctest: +SKIP
    ...     answer = ibasho.score(Message(id="m-1", text="初見です", author=Author(id="u-1"), room=Room(id="r-1")))

Every write carries an id of yours and counts once, so a request without an answer is sent again.
"""

from api.client.asynchronous import AsyncClient
from api.client.calls import Retries
from api.client.errors import ApiError, BadWebhook, ClientError, Unreachable
from api.client.shapes import (
    Author,
    Event,
    EventsTaken,
    FeedbackKept,
    HeldMessage,
    Message,
    Refused,
    Room,
    ScoreAnswer,
    Taken,
)
from api.client.sync import Client
from api.client.webhooks import verify_webhook

__all__ = [
    "ApiError",
    "AsyncClient",
    "Author",
    "BadWebhook",
    "Client",
    "ClientError",
    "Event",
    "EventsTaken",
    "FeedbackKept",
    "HeldMessage",
    "Message",
    "Refused",
    "Retries",
    "Room",
    "ScoreAnswer",
    "Taken",
    "Unreachable",
    "verify_webhook",
]
