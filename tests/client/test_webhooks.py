"""Webhooks are believed only where they are signed with a secret we know, lately."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from api.client import BadWebhook, verify_webhook

SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 24).decode()
BODY = json.dumps(
    {"type": "message.held", "timestamp": "2026-11-22T12:00:00+00:00", "data": {"message_id": "m-1"}}
).encode()


def signed(secret=SECRET, body=BODY, *, age=timedelta()):
    at = datetime.now(UTC) - age
    return {
        "Webhook-Id": "w-1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("w-1", at, body.decode()),
    }


def test_an_event_is_read():
    event = verify_webhook(SECRET, BODY, signed())

    assert (event.type, event.data) == ("message.held", {"message_id": "m-1"})
    assert event.timestamp == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_either_of_two_secrets_will_do_while_one_is_changed():
    assert verify_webhook([OTHER, SECRET], BODY, signed()).type == "message.held"


@pytest.mark.parametrize(
    ("secrets", "body", "headers"),
    [
        (OTHER, BODY, signed()),
        ([], BODY, signed()),
        (SECRET, BODY + b" ", signed()),
        (SECRET, BODY, {}),
        (SECRET, BODY, signed() | {"Webhook-Signature": "nonsense"}),
        (SECRET, BODY, signed() | {"Webhook-Signature": "v1,???"}),
        (SECRET, BODY, signed() | {"Webhook-Timestamp": "soon"}),
        (SECRET, BODY, signed(age=timedelta(minutes=6))),
        (SECRET, b"\xff", signed()),
    ],
)
def test_everything_else_is_refused(secrets, body, headers):
    with pytest.raises(BadWebhook):
        verify_webhook(secrets, body, headers)
