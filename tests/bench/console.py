"""From a key that decides to the next case on the screen (issue 6), in Chromium against a real server.

    python -m tests.bench.console [--cases 60]

Prints a table and writes var/bench/console.json: rows {issue, row, value, unit, baseline, cores}. The clock
runs in the page: from the keydown to the frame that shows the decision buttons of the next case.
"""

# ruff: noqa: T201 - it is a command

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from api.console.login import hash_password
from moderation.bootstrap import seed
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import open_database
from moderation.taxonomy import Severity
from tests.review.desk import Desk
from tests.support import parts
from tests.support.browser import CHROMIUM_FLAGS
from tests.support.factories import NOON
from tests.support.servers import running_server

PASSWORD = "さくら-9431"
CORES = os.cpu_count() or 1
KEYS = "1234"
_CLOCK = """
const kept = sessionStorage;
const now = () => performance.timeOrigin + performance.now();
addEventListener("keydown", () => {
    kept.removeItem("shown");
    kept.setItem("pressed", now());
    kept.setItem("from", location.pathname);
}, true);
const look = () => {
    const arrived = kept.getItem("from") !== location.pathname && document.querySelector("button.preset");
    // Behind the frame that is being made now: what it shows has been painted then.
    if (arrived && !kept.getItem("shown")) setTimeout(() => kept.getItem("shown") ?? kept.setItem("shown", now()));
    requestAnimationFrame(look);
};
look();
"""
_TOOK = 'Number(sessionStorage.getItem("shown")) - Number(sessionStorage.getItem("pressed"))'


def main() -> None:
    """Decide every case, one key each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=60)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="ibasho-bench-") as folder:
        settings = Settings(
            data_dir=Path(folder), model_dir=PROJECT / "var" / "models" / "ja", log_level="warning"
        )
        redis = private_redis.ensure(settings)
        database = open_database(settings)
        migrate.upgrade(database)
        with database.write() as unit:
            seed(unit, settings, now=NOON)
        desk = Desk(database)
        now = datetime.now(UTC)
        for number in range(given.cases + 1):
            desk.case(
                f"お前ほんと消えろ{number}",
                author=f"u-{number}",
                severity=Severity.MEDIUM,
                at=now + timedelta(milliseconds=number),
            )
        desk.person("aoki", password_hash=hash_password(PASSWORD))
        with running_server(settings.model_copy(update={"redis_url": redis.url}), Path(folder)) as server:
            taken = _decide(server.url, given.cases)
        database.dispose()
        redis.close()
    ordered = sorted(taken)
    rows: list[dict[str, Any]] = [
        _row("load of the machine when the bench began", load, "processes"),
        _row("keys for outcome and action", 1, "keys"),
        _row("from the key to the next case shown: median", statistics.median(ordered), "ms"),
        _row("from the key to the next case shown: p95", ordered[int(len(ordered) * 0.95)], "ms"),
        _row("from the key to the next case shown: longest", ordered[-1], "ms"),
    ]
    path = PROJECT / "var" / "bench" / "console.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _decide(url: str, cases: int) -> list[float]:
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(parts.find_chromium()), args=CHROMIUM_FLAGS)
        context = browser.new_context(base_url=url, locale="ja-JP", viewport={"width": 1280, "height": 900})
        context.add_init_script(_CLOCK)
        page = context.new_page()
        page.goto("/console/login")
        page.get_by_label("ログイン名").fill("aoki")
        page.get_by_label("パスワード").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("body[data-ready]")
        page.keyboard.press("n")
        page.wait_for_function('() => sessionStorage.getItem("shown")')
        for at in range(cases):
            page.wait_for_selector("body[data-ready] button.preset")
            time.sleep(0.05)  # a person reads; the page has nothing left to do
            page.keyboard.press(KEYS[at % len(KEYS)])
            page.wait_for_function('() => sessionStorage.getItem("shown")')
            taken.append(float(page.evaluate(_TOOK)))
        browser.close()
    return taken


def _row(row: str, value: float, unit: str) -> dict[str, Any]:
    value = round(value, 1)
    print(f"{row:60} {value:10,.1f} {unit}")
    return {"issue": 6, "row": row, "value": value, "unit": unit, "baseline": None, "cores": CORES}


if __name__ == "__main__":
    main()
