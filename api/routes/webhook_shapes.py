"""Bodies of the webhook routes."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.routes.shapes import Body, with_example
from moderation.storage.webhooks.log import Delivery

MOST = 200
"""Events or attempts in one answer."""
LONGEST_OVERLAP_HOURS = 24 * 90
"""How long an old secret may go on signing beside the new one."""


class EndpointIn(Body):
    """An endpoint as it shall be."""

    model_config = with_example(
        url="https://example.jp/hooks", event_types=["case.decided", "message.released"], sees_minors=False
    )

    url: str = Field(
        max_length=2000, description="`https`; called by the address its name leads to, if that is public."
    )
    event_types: list[str] = Field(
        default=[], max_length=64, description="What it wants to hear of; empty: everything."
    )
    sees_minors: bool = Field(default=False, description="It may hear of harm to minors.")


class EndpointOut(BaseModel):
    """An endpoint."""

    id: str
    url: str
    event_types: list[str]
    sees_minors: bool
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    old_secret_until: datetime | None = Field(description="Until then the secret before signs too.")


class NewEndpointOut(EndpointOut):
    """An endpoint with a secret that was made just now."""

    secret: str = Field(description="`whsec_…`; shown this once.")


class EndpointsOut(BaseModel):
    """Every endpoint of the service."""

    webhooks: list[EndpointOut]


class OverlapIn(Body):
    """How long old and new work side by side."""

    model_config = with_example(overlap_hours=24)

    overlap_hours: float = Field(default=24, ge=0, le=LONGEST_OVERLAP_HOURS)


class DisableIn(Body):
    """Why."""

    model_config = with_example(why="moved to another host")

    why: str = Field(default="switched off", min_length=1, max_length=200, pattern=r"^[^\x00]*$")


class RedeliverIn(Body):
    """What to send again: these events, or everything that was given up in the last hours."""

    model_config = with_example(failed_hours=6)

    events: list[Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]] = Field(
        default=[], max_length=1000
    )
    failed_hours: float | None = Field(None, gt=0, le=24 * 365)


class RedeliverOut(BaseModel):
    """What is sent again."""

    events: list[str]


class AttemptOut(BaseModel):
    """One attempt to deliver."""

    at: datetime
    status: int | None = Field(description="What the receiver answered; null where nobody did.")
    error: str | None
    milliseconds: int


class SentEventOut(BaseModel):
    """An event on its way to the endpoint."""

    id: str = Field(description="Its `webhook-id`.")
    type: str
    subject: str
    created_at: datetime
    state: Delivery
    attempts: int
    next_attempt_at: datetime | None
    last_attempt: AttemptOut | None


class SentEventsOut(BaseModel):
    """Events, the newest first."""

    events: list[SentEventOut]
    next_cursor: int | None = Field(description="Where the next page begins; null on the last one.")


class AttemptsOut(BaseModel):
    """Every attempt to deliver one event, oldest first."""

    attempts: list[AttemptOut]
