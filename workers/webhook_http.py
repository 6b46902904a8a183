"""One signed POST to a webhook receiver, to an address that was checked before."""

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
from standardwebhooks import Webhook

from moderation.addresses import is_public
from workers.retries import read_retry_after

MOST_BYTES = 20_000
"""Standard Webhooks asks for bodies below 20 kB."""
_CONNECT_SECONDS = 5.0


class ReceiverRefused(Exception):
    """We will not, or cannot, send there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said; ``status`` is None where nobody answered."""

    status: int | None
    error: str | None
    retry_after: timedelta | None
    milliseconds: int

    @property
    def delivered(self) -> bool:
        """Any 2xx; a redirect is a failure."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 (the meaning of 2xx)


def body_of(payload: Mapping[str, Any], subject: str) -> str:
    """The body as it is signed and sent; one too large is replaced by a word of what it was about."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if len(body.encode()) < MOST_BYTES:
        return body
    thin = {**payload, "data": {"subject": subject, "too_large": True}}
    return json.dumps(thin, ensure_ascii=False, separators=(",", ":"))


def send(
    *,
    url: str,
    secrets: Sequence[str],
    outbox_id: str,
    body: str,
    now: datetime,
    timeout: float,
    allow_private: bool,
) -> Answer:
    """Sign and send once. Follows no redirect and reads no body.

    Args:
        url: The receiver's.
        secrets: ``whsec_…``, each signs: the newest, and for a while the one before.
        outbox_id: The ``webhook-id``: the same for every attempt, so that the receiver can tell repeats.
        body: What ``body_of`` gave.
        now: Goes into the signature; receivers refuse it after five minutes.
        timeout: Seconds the receiver has.
        allow_private: Send to private and loopback addresses too.
    """
    headers = {
        "content-type": "application/json",
        "user-agent": "Ibasho-Webhooks/1",
        "webhook-id": outbox_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(outbox_id, now, body) for secret in secrets),
    }
    started = monotonic()
    status: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None
    try:
        target, host = pinned(url, allow_private=allow_private)
        with (
            httpx2.Client(
                timeout=httpx2.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
                trust_env=False,  # a proxy of the environment would resolve the name again
                follow_redirects=False,
            ) as client,
            client.stream(
                "POST",
                target,
                content=body.encode(),
                headers={**headers, "host": host},
                extensions={"sni_hostname": urlsplit(url).hostname},
            ) as response,
        ):
            status = response.status_code
            retry_after = read_retry_after(response.headers.get("retry-after"), now=now)
    except (httpx2.HTTPError, httpx2.InvalidURL, ReceiverRefused) as failure:
        error = f"{type(failure).__name__}: {failure}"
    else:
        error = None if 200 <= status < 300 else f"answered {status}"  # noqa: PLR2004 (the meaning of 2xx)
    return Answer(
        status=status,
        error=error,
        retry_after=retry_after,
        milliseconds=round((monotonic() - started) * 1000),
    )


def pinned(url: str, *, allow_private: bool) -> tuple[str, str]:
    """The URL with its host replaced by a checked address, and the Host header it needs.

    The name is resolved once, here: a second answer of its name server cannot lead inside.

    Raises:
        ReceiverRefused: The name has no address, or one that is not public.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        raise ReceiverRefused(f"{url!r} names no host")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ReceiverRefused(f"{parts.hostname} has no address ({error})") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not allow_private:
        inside = [address for address in addresses if not is_public(address)]
        if inside:
            raise ReceiverRefused(
                f"{parts.hostname} leads to {inside[0]}, which is not a public address; "
                "IBASHO_ALLOW_PRIVATE_WEBHOOKS allows it"
            )
    literal = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])  # noqa: PLR2004 (IPv6)
    target = urlunsplit((parts.scheme, f"{literal}:{port}", parts.path or "/", parts.query, ""))
    return target, parts.netloc.rpartition("@")[2]
