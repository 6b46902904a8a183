"""Pictures of every page of the console, to look at: both themes, wide and narrow.

    python -m tests.browser.screenshots [--to var/screenshots] [--only queue,case]

Starts a server of its own over a desk in the middle of a shift, and Chromium.
"""

# ruff: noqa: T201 - it is a command

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from api.console.login import hash_password
from moderation.bootstrap import seed
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import open_database
from moderation.taxonomy import Role
from tests.browser.busy import fill
from tests.browser.other_desks import pages_of_others
from tests.browser.pages import pages
from tests.review.desk import Desk
from tests.support import parts
from tests.support.browser import CHROMIUM_FLAGS, font_environment
from tests.support.factories import NOON
from tests.support.servers import running_server

PASSWORD = "さくら-9431"
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
LONG = ("queue", "bulk", "search", "held")
"""Pages of hundreds of rows: the first screen of them is enough."""


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=PROJECT / "var" / "screenshots")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    only = set(filter(None, given.only.split(",")))
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ibasho-pictures-") as folder:
        settings = Settings(
            data_dir=Path(folder), model_dir=PROJECT / "var" / "models" / "ja", log_level="warning"
        )
        redis = private_redis.ensure(settings)
        database = open_database(settings)
        migrate.upgrade(database)
        with database.write() as unit:
            seed(unit, settings, now=NOON)
        desk = Desk(database)
        busy = fill(desk, people=200)
        desk.person("admin", Role.ADMIN, password_hash=hash_password(PASSWORD))
        with running_server(settings.model_copy(update={"redis_url": redis.url}), Path(folder)) as server:
            with server.client() as client:
                others = pages_of_others(desk, client, case_id=busy.closed_id, now=datetime.now(UTC))
            written = _shoot(server.url, pages(busy) | others, only, given.to)
        database.dispose()
        redis.close()
    print(f"{written} pictures in {given.to}")


def _shoot(url: str, addresses: dict[str, str], only: set[str], to: Path) -> int:
    written = 0
    with tempfile.TemporaryDirectory(prefix="ibasho-fonts-") as fonts, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(parts.find_chromium()), args=CHROMIUM_FLAGS, env=font_environment(fonts)
        )
        for theme in THEMES:
            context = browser.new_context(
                base_url=url, locale="ja-JP", timezone_id="Asia/Tokyo", color_scheme=theme
            )
            page = context.new_page()
            _log_in(page, to if not only else None, theme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for name, address in addresses.items():
                    if only and name not in only:
                        continue
                    page.goto(address)
                    page.wait_for_timeout(150)
                    if name == "case" and page.get_by_role("button", name="このケースを担当する").count():
                        page.get_by_role("button", name="このケースを担当する").click()
                        page.wait_for_selector("button.preset")
                    page.screenshot(path=to / f"{name}-{width}-{theme}.png", full_page=name not in LONG)
                    written += 1
        browser.close()
    return written


def _log_in(page: Any, to: Path | None, theme: str) -> None:
    page.goto("/console/login")
    if to is not None:
        page.screenshot(path=to / f"login-1280-{theme}.png")
    page.get_by_label("ログイン名").fill("admin")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")


if __name__ == "__main__":
    main()
