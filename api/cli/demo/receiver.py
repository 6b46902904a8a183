"""The demo's webhook receiver: what a streaming backend would run, checking every signature."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(slots=True)
class Receiver:
    """Listens on a free port of this machine; ``secret`` has to be set before events come.

    Attributes:
        taken: Verified events by their webhook id: one delivered twice counts once.
        refused: How many came with a wrong signature.
    """

    secret: str = ""
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: int = 0
    _lock: Lock = field(default_factory=Lock)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Begin to listen; the address to deliver to."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(204 if receiver.take(body, dict(self.headers.items())) else 401)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                """Say nothing: the terminal belongs to the demo."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/ibasho"

    def take(self, body: bytes, headers: dict[str, str]) -> bool:
        """Verify one delivery; whether it is genuine."""
        lowered = {name.lower(): value for name, value in headers.items()}
        try:
            Webhook(self.secret).verify(body, lowered)
        except WebhookVerificationError:
            with self._lock:
                self.refused += 1
            return False
        with self._lock:
            self.taken[lowered["webhook-id"]] = json.loads(body)
        return True

    def types(self) -> dict[str, int]:
        """How many of each event type came."""
        counts: dict[str, int] = {}
        with self._lock:
            for event in self.taken.values():
                counts[event["type"]] = counts.get(event["type"], 0) + 1
        return counts

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
