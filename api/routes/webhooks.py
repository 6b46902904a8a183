"""Webhook endpoints of a service over HTTP: where events go, what was sent, sending it again. Admin keys only."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.auth import require_scope
from api.deps import Now, ProcessParts, Read, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.webhook_shapes import (
    MOST,
    AttemptOut,
    AttemptsOut,
    DisableIn,
    EndpointIn,
    EndpointOut,
    EndpointsOut,
    NewEndpointOut,
    OverlapIn,
    RedeliverIn,
    RedeliverOut,
    SentEventOut,
    SentEventsOut,
)
from moderation.errors import NotFound
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.database import Connection
from moderation.storage.webhooks import endpoints, log
from moderation.storage.webhooks.endpoints import Endpoint
from moderation.storage.webhooks.log import Delivery, SentEvent
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1/webhooks", tags=["administration"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.ADMIN))]
OwnId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


@router.get("", operation_id="listWebhooks", summary="Every endpoint", responses=problems(*KEYED))
def list_webhooks(key: Caller, connection: Read) -> EndpointsOut:
    """Disabled ones too. Secrets are never shown again."""
    return EndpointsOut(webhooks=[_out(one) for one in endpoints.of_service(connection, key.service)])


@router.post(
    "", status_code=201, operation_id="addWebhook", summary="Add an endpoint", responses=problems(*POSTED)
)
def add_webhook(body: EndpointIn, key: Caller, unit: Write, parts: ProcessParts, now: Now) -> NewEndpointOut:
    """The answer has the secret that signs what we send; it is shown this once."""
    made = endpoints.add(
        unit.connection,
        service=key.service,
        url=body.url,
        event_types=body.event_types,
        sees_minors=body.sees_minors,
        allow_private=parts.settings.allow_private_webhooks,
        now=now,
    )
    return _with_secret(made)


@router.put(
    "/{endpoint_id}",
    operation_id="changeWebhook",
    summary="Change an endpoint",
    responses=problems(*POSTED, 404),
)
def change_webhook(
    endpoint_id: OwnId, body: EndpointIn, key: Caller, unit: Write, parts: ProcessParts
) -> EndpointOut:
    """What waits already goes to the new address."""
    _own(unit.connection, key, endpoint_id)
    endpoints.change(
        unit.connection,
        endpoint_id,
        url=body.url,
        event_types=body.event_types,
        sees_minors=body.sees_minors,
        allow_private=parts.settings.allow_private_webhooks,
    )
    return _out(endpoints.get(unit.connection, endpoint_id))


@router.post(
    "/{endpoint_id}/disable",
    operation_id="disableWebhook",
    summary="Send nothing more to an endpoint",
    responses=problems(*POSTED, 404),
)
def disable_webhook(
    endpoint_id: OwnId, key: Caller, unit: Write, now: Now, body: DisableIn | None = None
) -> EndpointOut:
    """What waits for it is given up; ``redeliver`` brings it back."""
    _own(unit.connection, key, endpoint_id)
    endpoints.disable(unit.connection, endpoint_id, why=(body or DisableIn()).why, now=now)
    return _out(endpoints.get(unit.connection, endpoint_id))


@router.post(
    "/{endpoint_id}/enable",
    operation_id="enableWebhook",
    summary="Send to an endpoint again",
    responses=problems(*POSTED, 404),
)
def enable_webhook(endpoint_id: OwnId, key: Caller, unit: Write) -> EndpointOut:
    """What it missed is not sent by itself; ``redeliver`` brings it."""
    _own(unit.connection, key, endpoint_id)
    endpoints.enable(unit.connection, endpoint_id)
    return _out(endpoints.get(unit.connection, endpoint_id))


@router.post(
    "/{endpoint_id}/rotate-secret",
    operation_id="rotateWebhookSecret",
    summary="Sign with a new secret",
    responses=problems(*POSTED, 404),
)
def rotate_webhook_secret(
    endpoint_id: OwnId, key: Caller, unit: Write, now: Now, body: OverlapIn | None = None
) -> NewEndpointOut:
    """Until the overlap ends events carry both signatures, so that no receiver misses one."""
    _own(unit.connection, key, endpoint_id)
    overlap = timedelta(hours=(body or OverlapIn()).overlap_hours)
    return _with_secret(endpoints.rotate_secret(unit.connection, endpoint_id, overlap=overlap, now=now))


@router.post(
    "/{endpoint_id}/test",
    status_code=202,
    operation_id="testWebhook",
    summary="Send a webhook.test event",
    responses=problems(*POSTED, 404),
)
def test_webhook(endpoint_id: OwnId, key: Caller, unit: Write, parts: ProcessParts, now: Now) -> RedeliverOut:
    """To this endpoint alone, whatever it listens to."""
    _own(unit.connection, key, endpoint_id)
    event_id = log.send_test(unit.connection, endpoint_id, now=now)
    unit.after_commit.append(lambda: _hint(parts, [event_id]))
    return RedeliverOut(events=[event_id])


@router.get(
    "/{endpoint_id}/events",
    operation_id="listWebhookEvents",
    summary="What was sent, and what came of it",
    responses=problems(*KEYED, 404, 422),
)
def list_webhook_events(
    endpoint_id: OwnId,
    key: Caller,
    connection: Read,
    state: Delivery | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[
        int | None, Query(ge=0, le=2**53, description="`next_cursor` of the last page.")
    ] = None,
) -> SentEventsOut:
    """Newest first."""
    _own(connection, key, endpoint_id)
    found = log.sent_events(connection, endpoint_id, state=state, before=cursor, most=limit + 1)
    page, more = found[:limit], len(found) > limit
    return SentEventsOut(events=[_event(one) for one in page], next_cursor=page[-1].seq if more else None)


@router.get(
    "/{endpoint_id}/events/{event_id}/attempts",
    operation_id="listWebhookAttempts",
    summary="Every attempt to deliver one event",
    responses=problems(*KEYED, 404, 422),
)
def list_webhook_attempts(endpoint_id: OwnId, event_id: OwnId, key: Caller, connection: Read) -> AttemptsOut:
    """Oldest first."""
    _own(connection, key, endpoint_id)
    found = log.attempts_at(connection, endpoint_id, event_id)
    return AttemptsOut(attempts=[AttemptOut.model_validate(one, from_attributes=True) for one in found])


@router.post(
    "/{endpoint_id}/redeliver",
    status_code=202,
    operation_id="redeliverWebhook",
    summary="Send events again",
    responses=problems(*POSTED, 404),
)
def redeliver_webhook(
    endpoint_id: OwnId, body: RedeliverIn, key: Caller, unit: Write, parts: ProcessParts, now: Now
) -> RedeliverOut:
    """With the ``webhook-id`` they had, from the first attempt on. Events given by id may have been delivered before."""
    _own(unit.connection, key, endpoint_id)
    again = list(dict.fromkeys(body.events))
    for event_id in again:
        log.redeliver(unit.connection, endpoint_id, event_id, now=now)
    if body.failed_hours is not None:
        since = now - timedelta(hours=body.failed_hours)
        again += log.redeliver_failed(unit.connection, endpoint_id, since=since, now=now)
    unit.after_commit.append(lambda: _hint(parts, again))
    return RedeliverOut(events=again)


def _hint(parts: ProcessParts, event_ids: list[str]) -> None:
    for event_id in event_ids[:MOST]:  # the schedule asks for the rest within seconds
        parts.jobs.deliver_webhook(event_id)


def _own(connection: Connection, key: ApiKey, endpoint_id: str) -> Endpoint:
    """An endpoint of the caller's service. Raises NotFound, for another one's too."""
    found = endpoints.get(connection, endpoint_id)
    if found.service != key.service:
        raise NotFound(f"No webhook endpoint {endpoint_id!r}.")
    return found


def _fields(endpoint: Endpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in EndpointOut.model_fields}


def _out(endpoint: Endpoint) -> EndpointOut:
    return EndpointOut.model_validate(_fields(endpoint))


def _with_secret(endpoint: Endpoint) -> NewEndpointOut:
    return NewEndpointOut.model_validate(_fields(endpoint) | {"secret": endpoint.secret})


def _event(event: SentEvent) -> SentEventOut:
    last = None if event.last is None else AttemptOut.model_validate(event.last, from_attributes=True)
    return SentEventOut(
        id=event.id,
        type=event.type,
        subject=event.subject,
        created_at=event.created_at,
        state=event.state,
        attempts=event.attempts,
        next_attempt_at=event.next_attempt_at,
        last_attempt=last,
    )
