"""Log lines of a server: one JSON object each, with the ids of the request, never with what was said."""

import json

from moderation.settings import Settings
from tests.support.factories import body
from tests.support.servers import running_server

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SECRETS = ("早く死ねよお前", "あなたのなまえ", "room-of-nobody")


def test_lines_carry_request_and_trace_and_no_texts(model_dir, sqlite_settings, tmp_path):
    chatty = Settings(**(sqlite_settings.model_dump(exclude_unset=True) | {"log_level": "debug"}))
    text, name, room = SECRETS
    said = body(text, author={"id": "u-1", "name": name}, room={"id": room})
    with running_server(chatty, tmp_path) as server, server.client() as client:
        headers = {"X-Request-Id": "caller-7", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        assert client.post("/v1/score", json=said, headers=headers).status_code == 200
        client.post("/v1/score", json=said | {"text": text + text}, headers={"X-Request-Id": "caller-8"})
        client.post("/v1/score", json=said | {"author": text}, headers={"traceparent": "nonsense"})

    written = server.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]

    [answered] = [line for line in lines if line.get("request_id") == "caller-7"]
    assert (answered["event"], answered["path"], answered["status"]) == ("request.answered", "/v1/score", 200)
    assert answered["trace_id"] == TRACE
    [conflict] = [line for line in lines if line.get("request_id") == "caller-8"]
    assert conflict["status"] == 409
    assert "trace_id" not in conflict
    assert [secret for secret in SECRETS if secret in written] == []
    assert server.key not in written
