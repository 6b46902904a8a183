"""Verify webhooks (Standard Webhooks 1.0.0)."""

from collections.abc import Mapping, Sequence

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from api.client.errors import BadWebhook
from api.client.shapes import Event


def verify_webhook(secrets: str | Sequence[str], body: bytes, headers: Mapping[str, str]) -> Event:
    """The event of a webhook that is really from your server, and not older than five minutes.

    Args:
        secrets: The endpoint's ``whsec_…``; several while it is being changed.
        body: The request's body as it came in; not parsed and written again.
        headers: The request's headers.

    Raises:
        BadWebhook: It is not; answer 400 and do nothing.
    """
    why = "no secret was given"
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        try:
            Webhook(secret).verify(body, dict(headers))
        except (WebhookVerificationError, ValueError) as error:  # ValueError: a header of another shape
            why = str(error)
        else:
            return msgspec.json.decode(body, type=Event)
    raise BadWebhook(why)
