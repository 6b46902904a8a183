"""What every room's tests may ask for: real databases, a real Redis, a real server, a real browser.

Each xdist worker starts its own PostgreSQL (under a second) and Redis (50 ms), once, when a test
first asks. A test gets a database of its own, copied from one that is migrated and seeded.

    settings          the settings of ``database``; each test runs on SQLite and on PostgreSQL
    database          open database of ``settings``
    sqlite_settings   settings of a SQLite database of its own, for tests that do not care
    sqlite_database   open database of ``sqlite_settings``
    redis_url, redis  a real, empty Redis
    model_dir         the trained classifier (var/models/ja; trained when it is not there)
    engines           EngineRoom over ``sqlite_database``, ready
    app_client        TestClient of the application over ``sqlite_settings``; ``app_client.key`` is sent
    server            `ibasho serve` as a process over ``sqlite_settings`` (tests/support/servers.py)
    shared_server     the same, one for a module: for tests that look at nothing but what they sent
    browser_page      a page of a real Chromium with an empty profile
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation import bootstrap
from moderation.bootstrap import EngineRoom, seed
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import Database, open_database
from moderation.storage.redis import Redis, connect
from moderation.storage.rules.rulesets import RuleSources
from tests.support import parts
from tests.support.factories import NOON
from tests.support.postgres import Postgres, running_postgres
from tests.support.servers import ApiServer, make_key, running_server

NOT_THERE = "NOT THERE: "

for _name in [name for name in os.environ if name.startswith("IBASHO_")]:
    if _name not in (parts.DATABASE_URL, parts.REDIS_URL):
        del os.environ[_name]  # a developer's settings are not the tests'


def missing(part: str) -> Any:
    """Skip a test whose part this machine lacks; fail it where CI=true."""
    if parts.in_ci():
        pytest.fail(f"{NOT_THERE}{part}", pytrace=False)
    pytest.skip(f"{NOT_THERE}{part}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name loudly what was skipped because a part is not there."""
    lacking: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if NOT_THERE in why:
            part = why.split(NOT_THERE, 1)[1]
            lacking[part] = lacking.get(part, 0) + 1
    for part, tests in lacking.items():
        terminalreporter.write_line(
            f"!!! {part} is not there: {tests} tests were SKIPPED", red=True, bold=True
        )


@pytest.fixture(scope="session", autouse=True)
def _loaded_once() -> Iterator[None]:
    """The classifier and each rule set are loaded once a process: the real ones, for every test.

    Loading them takes longer than most tests; a test of loading itself calls what is below.
    """
    bridges: dict[Path, Any] = {}
    rule_sets: dict[str, Any] = {}
    load, compile_sources = bootstrap.load_classifier, bootstrap.compile_sources

    def load_once(settings: Settings) -> Any:
        folder = settings.classifier_dir.resolve()
        if folder not in bridges:
            bridges[folder] = load(settings)
        return bridges[folder]

    def compile_once(sources: RuleSources) -> Any:
        key = repr((sorted(sources.packs.items()), sorted(sources.lists.items())))
        if key not in rule_sets:
            rule_sets[key] = compile_sources(sources)
        return rule_sets[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "load_classifier", load_once)
        patch.setattr(bootstrap, "compile_sources", compile_once)
        yield


@pytest.fixture(scope="session")
def model_dir() -> Path:
    from api.cli.training import train_if_unusable

    folder = PROJECT / "var" / "models" / "ja"
    train_if_unusable(folder)
    return folder


def _prepare(settings: Settings) -> None:
    """Migrate and seed."""
    database = open_database(settings)
    migrate.upgrade(database)
    with database.write() as unit:
        seed(unit, settings, now=NOON)
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(data_dir=tmp_path_factory.mktemp("template"))
    _prepare(settings)
    return settings.data_dir


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        if server is None:
            missing("PostgreSQL")
        try:
            _prepare(Settings(database_url=server.make_template()))
            yield server
        finally:
            server.drop_template()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = os.environ.get(parts.REDIS_URL)
    if given is None and parts.find_redis() is None:
        missing("Redis")
    folder = tmp_path_factory.mktemp("redis")
    running = private_redis.ensure(Settings(data_dir=folder, redis_url=given))
    yield running.url
    running.close()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    with connect(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as client:
        yield client


def _settings(folder: Path, redis_url: str, **others: Any) -> Settings:
    model = PROJECT / "var" / "models" / "ja"
    return Settings(
        data_dir=folder,
        model_dir=model,
        redis_url=redis_url,
        allow_private_webhooks=True,
        log_level="warning",
        **others,
    )


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path, redis_url: str) -> Settings:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("ibasho.db", "archive.db"):
        shutil.copyfile(sqlite_template / name, folder / name)
    return _settings(folder, redis_url)


@pytest.fixture
def postgres_settings(tmp_path: Path, postgres: Postgres, redis_url: str) -> Iterator[Settings]:
    with postgres.database() as url:
        yield _settings(tmp_path, redis_url, database_url=url)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    store = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    chosen: Settings = request.getfixturevalue(store)
    return chosen


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_database(sqlite_settings: Settings) -> Iterator[Database]:
    opened = open_database(sqlite_settings)
    yield opened
    opened.dispose()


@pytest.fixture
def engines(model_dir: Path, sqlite_settings: Settings, sqlite_database: Database) -> EngineRoom:
    room = EngineRoom(sqlite_settings, sqlite_database)
    room.refresh()
    return room


@pytest.fixture
def app_client(model_dir: Path, sqlite_settings: Settings, sqlite_database: Database) -> Iterator[Any]:
    from starlette.testclient import TestClient

    from api.app import create_app

    key = make_key(sqlite_database)
    with TestClient(create_app(sqlite_settings), headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


@pytest.fixture
def server(model_dir: Path, sqlite_settings: Settings, tmp_path: Path) -> Iterator[ApiServer]:
    with running_server(sqlite_settings, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def shared_server(
    model_dir: Path, sqlite_template: Path, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiServer]:
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(sqlite_template, folder / "data")
    with running_server(_settings(folder / "data", redis_server), folder) as running:
        yield running


@pytest.fixture(scope="module")  # its event loop must be gone before the next module's asyncio tests
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.support.browser import CHROMIUM_FLAGS

    program = parts.find_chromium()
    if program is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def browser_page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(
        locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)  # milliseconds
    yield context.new_page()
    context.close()
