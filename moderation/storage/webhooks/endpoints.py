"""Webhook endpoints: where a service wants to hear of events, and the secret that signs them."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select, update

from moderation.addresses import is_public
from moderation.errors import FieldProblem, Invalid, NotFound
from moderation.storage.ids import new_id
from moderation.storage.tables.delivery import outbox, webhook_endpoints
from moderation.storage.webhooks.event_types import check_types

_MOST_URL = 2000
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One receiver of a service.

    Attributes:
        secret: ``whsec_…``; shown once when it is made, needed in clear to sign.
        event_types: What it wants to hear of; empty means everything.
        sees_minors: It may hear of harm to minors.
        old_secret: The one before, which signs beside it until ``old_secret_until``.
    """

    id: str
    service: str
    url: str
    secret: str
    event_types: tuple[str, ...]
    sees_minors: bool
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    old_secret: str | None = None
    old_secret_until: datetime | None = None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """What signs an event now, the newest first."""
        until = self.old_secret_until
        if self.old_secret is None or until is None or until <= now:
            return (self.secret,)
        return self.secret, self.old_secret


def new_secret() -> str:
    """A fresh signing secret of 256 bits, as Standard Webhooks writes it."""
    return "whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def add(
    connection: Connection,
    *,
    service: str,
    url: str,
    event_types: Sequence[str] = (),
    sees_minors: bool = False,
    allow_private: bool = False,
    now: datetime,
) -> Endpoint:
    """Know a receiver; its secret is made here.

    Args:
        connection: A unit of work on the case store.
        service: Whose events it hears of.
        url: ``https``; plain ``http`` only where private receivers are allowed.
        event_types: What it wants; empty means everything.
        sees_minors: It may hear of harm to minors.
        allow_private: The setting ``allow_private_webhooks``.
        now: When it was added.

    Raises:
        Invalid: The URL cannot be used, or there is no such type of event.
    """
    _check(url, event_types, allow_private=allow_private)
    endpoint = Endpoint(
        id=new_id(),
        service=service,
        url=url,
        secret=new_secret(),
        event_types=tuple(event_types),
        sees_minors=sees_minors,
        created_at=now,
        disabled_at=None,
        disabled_why=None,
    )
    connection.execute(
        insert(webhook_endpoints).values(
            id=endpoint.id,
            service_id=service,
            url=url,
            secret=endpoint.secret,
            event_types=list(event_types),
            sees_minors=sees_minors,
            created_at=now,
        )
    )
    return endpoint


def _check(url: str, event_types: Sequence[str], *, allow_private: bool) -> None:
    problem = _wrong_with(url, allow_private=allow_private)
    if problem is None and not allow_private and _is_private(str(urlsplit(url).hostname)):
        problem = "leads to an address that is not public; IBASHO_ALLOW_PRIVATE_WEBHOOKS allows it"
    if problem:
        raise Invalid("The webhook URL cannot be used.", [FieldProblem(pointer="/url", detail=problem)])
    check_types(event_types)


def _wrong_with(url: str, *, allow_private: bool) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"not a URL: {error}"
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        return "must start with https://"
    if not parts.hostname:
        return "names no host"
    if parts.username or parts.password:
        return "must not hold a user name or password; the signature proves who sends"
    if len(url) > _MOST_URL or any(char.isspace() or not char.isprintable() for char in url):
        return f"must have at most {_MOST_URL} characters and no spaces"
    return None


def _is_private(host: str) -> bool:
    """Whether a host is plainly inside; what a name leads to is looked at with every attempt."""
    try:
        return not is_public(ip_address(host.partition("%")[0]))
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def get(connection: Connection, endpoint_id: str) -> Endpoint:
    """One receiver. Raises NotFound."""
    row = connection.execute(
        select(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"No webhook endpoint {endpoint_id!r}.")
    return _endpoint(row)


def of_service(connection: Connection, service: str) -> list[Endpoint]:
    """Every receiver of a service, disabled ones too, oldest first."""
    rows = connection.execute(
        select(webhook_endpoints)
        .where(webhook_endpoints.c.service_id == service)
        .order_by(webhook_endpoints.c.created_at, webhook_endpoints.c.id)
    )
    return [_endpoint(row) for row in rows]


def disable(connection: Connection, endpoint_id: str, *, why: str, now: datetime) -> None:
    """Send nothing more to a receiver; what still waits for it is given up. Raises NotFound."""
    _change(connection, endpoint_id, disabled_at=now, disabled_why=why)
    connection.execute(
        update(outbox)
        .where(outbox.c.endpoint_id == endpoint_id, outbox.c.next_attempt_at.is_not(None))
        .values(next_attempt_at=None, failed_at=now)
    )


def enable(connection: Connection, endpoint_id: str) -> None:
    """Send to a receiver again; what was given up meanwhile is not sent by itself. Raises NotFound."""
    _change(connection, endpoint_id, disabled_at=None, disabled_why=None)


def change(
    connection: Connection,
    endpoint_id: str,
    *,
    url: str,
    event_types: Sequence[str],
    sees_minors: bool,
    allow_private: bool = False,
) -> None:
    """Give a receiver another address, other types, another sight. Raises NotFound and Invalid."""
    _check(url, event_types, allow_private=allow_private)
    _change(connection, endpoint_id, url=url, event_types=list(event_types), sees_minors=sees_minors)


def rotate_secret(connection: Connection, endpoint_id: str, *, overlap: timedelta, now: datetime) -> Endpoint:
    """Sign with a new secret; with the old one too until the overlap ends. Raises NotFound."""
    known = get(connection, endpoint_id)
    _change(
        connection,
        endpoint_id,
        secret=new_secret(),
        old_secret=known.secret,
        old_secret_until=now + overlap,
    )
    return get(connection, endpoint_id)


def _change(connection: Connection, endpoint_id: str, **values: Any) -> None:
    done = connection.execute(
        update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id).values(**values)
    )
    if done.rowcount == 0:
        raise NotFound(f"No webhook endpoint {endpoint_id!r}.")


def _endpoint(row: Any) -> Endpoint:
    return Endpoint(
        id=row.id,
        service=row.service_id,
        url=row.url,
        secret=row.secret,
        event_types=tuple(row.event_types),
        sees_minors=row.sees_minors,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
        old_secret=row.old_secret,
        old_secret_until=row.old_secret_until,
    )
