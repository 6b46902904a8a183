"""Accessibility: axe finds nothing on any page, light and wide, dark and narrow; nothing runs off the side."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from moderation.taxonomy import Role
from tests.browser.busy import fill
from tests.browser.pages import pages, unseen

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
OF_OTHER_DESKS = {
    "console_batch",
    "console_campaign",
    "console_evidence_pack",
    "console_inquiry",
    "console_kit",
    "console_notice",
    "console_rule_set",
    "notice_status",
    "report_status",
}
"""Pages of one thing that a busy review desk does not hold."""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page(log_in, desk, scheme, width):
    busy = fill(desk, people=8)
    page = log_in("admin", Role.ADMIN, color_scheme=scheme)
    page.goto(f"/console/cases/{busy.case_id}")
    page.get_by_role("button", name="このケースを担当する").click()
    page.wait_for_selector("button.preset")
    page.set_viewport_size({"width": width, "height": 900})
    problems = {}
    addresses = pages(busy)
    assert unseen(addresses) <= OF_OTHER_DESKS
    for path in addresses.values():
        page.goto(path)
        page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true")
        found = Axe().run(page, options=WCAG).response["violations"]
        problems |= {(path, one["id"]): [node["html"][:200] for node in one["nodes"][:3]] for one in found}
        runs_over = page.evaluate("document.documentElement.scrollWidth") - width
        if runs_over > 0:
            problems[path, "runs over"] = runs_over
    assert problems == {}


def test_the_login(browser, desk_server):
    page = browser.new_page(base_url=desk_server.url)
    page.goto("/console/login")

    assert Axe().run(page, options=WCAG).response["violations"] == []
    page.close()
