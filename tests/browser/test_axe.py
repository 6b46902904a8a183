"""Accessibility: axe finds nothing on any page, in both themes, wide and narrow; nothing runs off the side."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from moderation.scoring.verdict import Outcome as Verdicts
from moderation.taxonomy import Category, Role, Severity

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
LONG_NAME = "とても長い名前を付けてしまったので表示が崩れないか確かめたい視聴者さん" * 3
NO_BREAKS = "w" * 300


@pytest.fixture
def busy_desk(desk):
    """A case with everything on it, and one of each severity."""
    now = datetime.now(UTC)
    desk.room("r-1", category="fps", title=LONG_NAME)
    case_id = desk.case(f"お前ほんと消えろ{NO_BREAKS}", name=LONG_NAME, verdict=Verdicts.HOLD, at=now)
    desk.case("家に行く", category=Category.THREAT, severity=Severity.CRITICAL, name=LONG_NAME, at=now)
    desk.report(case_id, text=NO_BREAKS)
    for place, severity in enumerate(Severity):
        desk.case(author=f"u-9{place}", severity=severity, at=now)
    return case_id


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(log_in, busy_desk, scheme):
    page = log_in("admin", Role.ADMIN, color_scheme=scheme)
    page.goto(f"/console/cases/{busy_desk}")
    page.get_by_role("button", name="このケースを担当する").click()
    page.wait_for_selector("button.preset")
    problems = {}
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for path in (
            "/console/queue",
            "/console/queue?state=closed",
            f"/console/cases/{busy_desk}",
            "/console/reports",
            "/console/settings",
            "/console/nothing",
            "/policies",
        ):
            page.goto(path)
            if "cases" in path:
                page.locator("summary[data-key=f]").click()
                page.locator("details.scores").first.evaluate("details => details.open = true")
            found = Axe().run(page, options=WCAG).response["violations"]
            problems |= {
                (width, path, one["id"]): [node["html"][:200] for node in one["nodes"][:3]] for one in found
            }
            runs_over = page.evaluate("document.documentElement.scrollWidth") - width
            if runs_over > 0:
                problems[width, path, "runs over"] = runs_over
    assert problems == {}


def test_the_login(browser, desk_server):
    page = browser.new_page(base_url=desk_server.url)
    page.goto("/console/login")

    assert Axe().run(page, options=WCAG).response["violations"] == []
    page.close()
