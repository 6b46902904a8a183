"""Local fixtures until tests/conftest.py stands; the names are the same."""
import shutil, subprocess, time
from pathlib import Path
import pytest
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.database import open_database
from moderation.storage.redis import connect
from tests.support.postgres import running_postgres


@pytest.fixture(scope="session")
def postgres():
    with running_postgres() as server:
        database = open_database(Settings(database_url=server.make_template()))
        migrate.upgrade(database)
        database.dispose()
        yield server
        server.drop_template()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path, redis_url):
    if request.param == "sqlite":
        given = Settings(data_dir=tmp_path, redis_url=redis_url, allow_private_webhooks=True)
        database = open_database(given)
        migrate.upgrade(database)
        database.dispose()
        yield given
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield Settings(data_dir=tmp_path, database_url=url, redis_url=redis_url, allow_private_webhooks=True)


@pytest.fixture
def database(settings):
    opened = open_database(settings)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    from tests.support.parts import find_redis
    folder = tmp_path_factory.mktemp("r")
    process = subprocess.Popen([find_redis(), "--port", "0", "--unixsocket", str(folder / "s"), "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL)
    while not (folder / "s").exists():
        time.sleep(0.02)
    yield f"unix://{folder / 's'}?db=0"
    process.terminate()
    process.wait()


@pytest.fixture
def redis_url(redis_server):
    client = connect(redis_server)
    client.flushall()
    client.close()
    return redis_server


@pytest.fixture
def redis(redis_url):
    client = connect(redis_url)
    yield client
    client.close()
