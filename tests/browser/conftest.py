"""A real server with a desk behind it, and people with real browsers."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from api.console.login import hash_password
from moderation.settings import Settings
from moderation.storage.tables import cases
from moderation.storage.tables import desk as desk_tables
from moderation.storage.tables.people import events, labels, rooms, strikes
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Role
from tests.review.desk import Desk
from tests.support.servers import ApiServer, running_server

PASSWORD = "さくら-9431"
DESK_TABLES = (
    desk_tables.case_sketches,
    desk_tables.appeals,
    desk_tables.golden_cases,
    desk_tables.second_looks,
    desk_tables.saved_filters,
    desk_tables.routing_rules,
    desk_tables.protected_looks,
)
CASE_TABLES = (cases.case_hits, cases.case_context, cases.case_events, cases.decisions, cases.held_messages)


@pytest.fixture(scope="session")
def desk_server(
    model_dir: Path, sqlite_template: Path, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiServer]:
    """One server for all tests of the console: starting one takes longer than any of them."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("ibasho.db", "archive.db"):
        shutil.copyfile(sqlite_template / name, folder / name)
    settings = Settings(data_dir=folder, model_dir=model_dir, redis_url=redis_server, log_level="warning")
    with running_server(settings, folder) as running:
        yield running


@pytest.fixture
def desk(desk_server: ApiServer) -> Iterator[Desk]:
    """The desk of that server, empty."""
    database = desk_server.database()
    with database.write() as unit:
        unit.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in (cases.cases, *CASE_TABLES, *DESK_TABLES, reports, strikes, labels, rooms, events):
            unit.connection.execute(delete(table))
    yield Desk(database)
    database.dispose()


@pytest.fixture
def log_in(browser: Any, desk_server: ApiServer, desk: Desk) -> Iterator[Callable[..., Any]]:
    """A page of somebody's own browser, logged in by the form: ``log_in("aoki", Role.LEAD)``."""
    contexts: list[Any] = []

    def person(login: str, *roles: Role, **context: Any) -> Any:
        desk.person(login, *roles, password_hash=hash_password(PASSWORD))
        made = browser.new_context(
            base_url=desk_server.url,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            viewport={"width": 1280, "height": 900},
            **context,
        )
        made.set_default_timeout(10_000)  # milliseconds
        contexts.append(made)
        page = made.new_page()
        page.goto("/console/login")
        page.get_by_label("ログイン名").fill(login)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("h1")
        return page

    yield person
    for context in contexts:
        context.close()
