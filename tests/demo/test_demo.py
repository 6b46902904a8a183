"""`ibasho demo`: the real thing, as a user starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from api.cli.demo.hands import Forms
from moderation.settings import PROJECT, Settings
from moderation.storage import private_redis
from tests.support.servers import environment

SECONDS = 150


@pytest.fixture
def start(tmp_path, model_dir):
    """Start `ibasho demo ARGUMENTS`; whatever the test does, nothing is left running."""
    settings = Settings(data_dir=tmp_path / "var", model_dir=model_dir)
    started = []

    def demo(*arguments):
        out = (tmp_path / "out").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "demo", *arguments],
            cwd=PROJECT, env=environment(settings) | {"COLUMNS": "200"}, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        out.close()
        started.append(process)
        return process

    yield demo
    for process in started:
        process.kill()
        process.wait()
    if (settings.data_dir / "demo").exists():  # a killed demo's Redis lives on: the last to leave stops it
        private_redis.ensure(Settings(data_dir=settings.data_dir / "demo")).close()


def processes_below(folder):
    """Processes whose command line or folder names a folder: the demo's server, workers, Redis."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            here = str((entry / "cwd").readlink())
        except (OSError, ValueError):
            continue
        if entry.name.isdecimal() and int(entry.name) != os.getpid() and str(folder) in words + here:
            found.append(words.replace("\0", " "))
    return found


def wait_for(tmp_path, text, process):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        told = (tmp_path / "out").read_text(encoding="utf-8")
        if text in told:
            return told
        assert process.poll() is None, told
        time.sleep(0.2)
    raise AssertionError(told)


def test_once_replays_the_week_adds_up_and_leaves_nothing_running(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--once", "--port", str(taken.getsockname()[1]))
        assert process.wait(SECONDS) == 0, (tmp_path / "out").read_text()

    told = (tmp_path / "out").read_text(encoding="utf-8")
    counts = {
        what.strip(): int(count.replace(",", ""))
        for what, count in re.findall(r"│ ([a-z ]+?) +│ +([\d,]+) +│", told)
    }
    assert counts["messages scored"] == counts["messages archived"] >= 1_500
    assert counts["messages flagged"] > 0
    assert counts["cases"] > 0
    assert counts["decisions"] > 0
    assert counts["webhooks delivered"] > counts["decisions"]
    assert counts["reports"] > 0
    assert counts["hourly buckets"] > 0
    assert "Traceback" not in told
    assert processes_below(tmp_path) == []


def test_after_one_that_was_killed_it_runs_until_ctrl_c_with_logins_that_work(start, tmp_path):
    killed = start("--port", "0")
    while not (tmp_path / "var" / "demo" / "logs" / "worker.log").exists():
        assert killed.poll() is None
        time.sleep(0.05)
    killed.kill()
    killed.wait()

    process = start("--port", "0")
    told = wait_for(tmp_path, "Ctrl-C stops", process)

    url = re.search(r"Console +(http://\S+)/console/", told)[1]
    key = re.search(r"key (ibasho_\S+)", told)[1]
    asked = {"id": "mine", "text": "お前マジで死ね", "author": {"id": "u"}, "room": {"id": "r"}}
    answer = httpx2.post(f"{url}/v1/score", json=asked, headers={"Authorization": f"Bearer {key}"}).json()
    assert answer["case_id"] is not None
    for login in ("mod", "cs", "safety", "admin"):
        password = re.search(rf"│ {login} +│ (\S+) +│", told)[1]
        with httpx2.Client(base_url=url, follow_redirects=True) as browser:
            form = Forms(browser.get("/console/login").text).fields("/login")
            page = browser.post("/console/login", data=form | {"login": login, "password": password})
        assert page.status_code == 200, login
        assert page.url.path != "/console/login", login

    process.send_signal(signal.SIGINT)

    assert process.wait(60) == 0
    assert "Traceback" not in (tmp_path / "out").read_text()
    assert processes_below(tmp_path) == []
