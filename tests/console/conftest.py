"""The console on a database of its own, with the real classifier; its pages need no Redis."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import console, errors
from api.console.visitor import SESSION_COOKIE
from moderation.bootstrap import EngineRoom
from moderation.reports.tokens import StatusTokens
from moderation.settings import Settings
from moderation.storage.accounts import sessions
from moderation.storage.chat.rate_limit import RateLimits
from moderation.storage.database import Database
from moderation.storage.ids import new_id
from moderation.storage.redis import connect_async
from moderation.taxonomy import Role
from tests.review.desk import Desk

CSRF = "token-of-this-session"


@pytest.fixture
def app(sqlite_settings: Settings, sqlite_database: Database, engines: EngineRoom) -> FastAPI:
    application = FastAPI()
    errors.install(application)
    application.state.parts = SimpleNamespace(
        settings=sqlite_settings,
        database=sqlite_database,
        engines=engines,
        tokens=StatusTokens(b"the key of these tests"),
        limits=RateLimits(connect_async("redis://127.0.0.1:9/0")),  # nobody answers there
    )
    application.include_router(console.router)
    console.mount_static(application)
    return application


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database)


@dataclass(slots=True)
class Person:
    """Somebody with a browser."""

    client: TestClient
    user_id: str
    fields: dict[str, str] = field(default_factory=lambda: {"csrf": CSRF})

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, **fields: Any) -> Any:
        return self.client.post(path, data=self.fields | fields)

    def decide(self, case_id: str, **fields: Any) -> Any:
        """Send the decision form of a case as its page shows it now."""
        return self.post(f"/console/cases/{case_id}/decide", **(self.form(case_id) | fields))

    def form(self, case_id: str) -> dict[str, str]:
        """The hidden fields of the decision form."""
        page = self.get(f"/console/cases/{case_id}").text
        hidden = dict(re.findall(r'name="(version|seen_hit_seq|decision_id)" value="([^"]+)"', page))
        return {"decision_id": new_id()} | hidden


@pytest.fixture
def visit(app: FastAPI, desk: Desk) -> Any:
    """Somebody logged in: ``visit("aoki", Role.LEAD)``; a moderator without roles."""
    clients: list[TestClient] = []

    def person(login: str, *roles: Role) -> Person:
        user = desk.person(login, *roles)
        now = datetime.now(UTC)
        with desk.database.write() as unit:
            sessions.open_session(
                unit.connection,
                user_id=user.id,
                token=f"session-{login}",
                csrf_token=CSRF,
                expires_at=now + timedelta(hours=1),
                now=now,
            )
        client = TestClient(app, follow_redirects=False, cookies={SESSION_COOKIE: f"session-{login}"})
        clients.append(client)
        return Person(client, user.id)

    yield person
    for client in clients:
        client.close()


@pytest.fixture
def stranger(app: FastAPI) -> Any:
    with TestClient(app, follow_redirects=False) as client:
        yield client
