"""The private Redis: one server a data folder, whoever asks and however they die."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from moderation.errors import Misconfigured
from moderation.settings import PROJECT, Settings
from moderation.storage import private_redis
from moderation.storage.private_redis import ensure
from moderation.storage.redis import connect


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def process_id(url: str) -> int:
    with connect(url) as client:
        return int(client.info("server")["process_id"])


def test_a_url_of_the_settings_is_used_as_it_is():
    running = ensure(Settings(redis_url="redis://elsewhere:6379/3"))

    assert (running.url, running.owned) == ("redis://elsewhere:6379/3", False)


def test_whoever_comes_second_adopts_the_running_server(given):
    first, second = ensure(given), ensure(given)

    assert (first.owned, second.owned) == (True, False)
    assert first.url == second.url
    second.close()
    first.close()


def test_the_last_to_leave_stops_it_also_when_the_first_left_before(given):
    first, second = ensure(given), ensure(given)
    pid = process_id(first.url)

    first.close()
    with connect(second.url) as client:
        client.set("still", "here")
    second.close()

    assert not alive(pid)


def test_what_was_written_is_there_after_a_restart(given):
    running = ensure(given)
    with connect(running.url) as client:
        client.set("kept", "yes")
    running.close()

    running = ensure(given)
    with connect(running.url) as client:
        assert client.get("kept") == b"yes"
    running.close()


def test_it_never_evicts_and_keeps_an_append_only_file(given):
    running = ensure(given)
    with connect(running.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("port") == {"port": "0"}
    running.close()


def test_a_server_whose_owner_was_killed_is_adopted_and_stopped_at_the_end(given):
    code = (
        "import sys, os; from pathlib import Path; from moderation.settings import Settings;"
        "from moderation.storage.private_redis import ensure;"
        "r = ensure(Settings(data_dir=Path(sys.argv[1]))); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, given.data_dir], cwd=PROJECT, check=False)
    assert killed.returncode == -signal.SIGKILL

    adopted = ensure(given)
    pid = process_id(adopted.url)

    assert not adopted.owned
    adopted.close()
    assert not alive(pid)


def test_a_killed_server_is_started_again_from_its_file(given):
    running = ensure(given)
    with connect(running.url) as client:
        client.set("kept", "yes")
        client.execute_command("WAITAOF", 1, 0, 5000)
    os.kill(process_id(running.url), signal.SIGKILL)
    wait_until_gone(running.url)

    again = ensure(given)

    assert again.owned
    with connect(again.url) as client:
        assert client.get("kept") == b"yes"
    again.close()
    running.close()


def test_a_data_folder_too_deep_for_a_socket_gets_one_in_a_short_place(tmp_path):
    deep = Settings(data_dir=tmp_path / ("x" * 60) / ("y" * 60))
    running, second = ensure(deep), ensure(deep)

    assert running.url == second.url
    assert len(running.url.removeprefix("unix://").removesuffix("?db=0")) <= private_redis.LONGEST_SOCKET_PATH
    second.close()
    running.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(Misconfigured, match="IBASHO_DATA_DIR"):
        ensure(Settings(data_dir=tmp_path / "file"))


def test_a_server_that_does_not_start_says_why(given):
    folder = given.data_dir / "redis" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("nonsense\n")

    with pytest.raises(Misconfigured, match="did not start"):
        ensure(given)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def wait_until_gone(url: str) -> None:
    socket = Path(url.removeprefix("unix://").removesuffix("?db=0"))
    while private_redis._answers(socket):
        pass
