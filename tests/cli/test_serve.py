"""`ibasho serve` as a process: it brings its Redis, and takes it away when the last one leaves."""

import signal
from pathlib import Path

import pytest

from moderation.settings import Settings
from moderation.storage import private_redis
from tests.support.servers import running_server

pytestmark = pytest.mark.usefixtures("model_dir")


@pytest.fixture
def alone(sqlite_settings):
    """Settings without a Redis URL."""
    return Settings(**(sqlite_settings.model_dump() | {"redis_url": None}))


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_the_redis_that_it_brought(alone, tmp_path, stop):
    with running_server(alone, tmp_path) as server:
        socket = Path(alone.data_dir / "redis" / "redis.sock")
        assert socket.exists()
        with server.client() as client:
            assert client.get("/readyz").json()["ready"]

        server.process.send_signal(stop)
        server.process.wait(30)

        assert not socket.exists()
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


def test_it_leaves_a_redis_that_someone_else_still_uses(alone, tmp_path):
    with running_server(alone, tmp_path) as server:
        other = private_redis.ensure(alone)
        assert not other.owned

        server.stop()

        assert Path(alone.data_dir / "redis" / "redis.sock").exists()
        other.close()
        assert not Path(alone.data_dir / "redis" / "redis.sock").exists()
