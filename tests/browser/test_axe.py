"""Accessibility: axe finds nothing on any page, wide and narrow, light and dark; nothing runs off the side."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from moderation.taxonomy import Role
from tests.browser.busy import fill
from tests.browser.other_desks import pages_of_others
from tests.browser.pages import pages, unseen

WIDTHS = (1280, 390)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
"""Rules that a theme can break; all others see the same page in both."""
_OPEN = "for (const part of document.querySelectorAll('main details')) part.open = true"
_SHORTEN = "for (const one of document.querySelectorAll('main tbody > tr:nth-child(n+13)')) one.remove()"
"""The hundredth rule of a list looks like the first; axe would look at every one."""
_RUN = """async ([rules, seen]) => {
    const options = { runOnly: rules, resultTypes: ["violations"], preload: false };
    const found = await axe.run({ exclude: seen }, options);
    return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
}"""


def looked_at(page: Any, name: str, seen: Sequence[str] = ()) -> dict[tuple[str, int, str], object]:
    """What is wrong with the page that is open, at both widths and in both themes, but for what was ``seen``."""
    problems: dict[tuple[str, int, str], object] = {}
    page.evaluate(_OPEN)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (runs_over := page.evaluate("document.documentElement.scrollWidth") - width) > 0:
            problems[name, width, "runs over"] = runs_over
    page.evaluate(_SHORTEN)
    page.evaluate(AXE_SCRIPT)
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        for theme, rules in (("light", WCAG), ("dark", OF_COLOUR)):
            page.emulate_media(color_scheme=theme)
            found = page.evaluate(_RUN, [rules, list(seen)])
            problems |= {(name, width, f"{theme} {rule}"): nodes for rule, nodes in found}
    return problems


def test_every_page(log_in, desk, desk_server):
    now = datetime.now(UTC)
    busy = fill(desk, people=8, now=now)
    page = log_in("admin", Role.ADMIN, reduced_motion="reduce")
    with desk_server.client() as client:
        addresses = pages(busy) | pages_of_others(desk, client, case_id=busy.closed_id, now=now)
    assert unseen(addresses) == set()
    page.goto(f"/console/cases/{busy.case_id}")
    page.get_by_role("button", name="このケースを担当する").click()
    page.wait_for_selector("button.preset")

    problems, seen = {}, []
    for name, address in addresses.items():
        page.goto(address)
        problems |= looked_at(page, name, seen)
        seen = [".top"]  # the header with the menu is the same on every page

    assert problems == {}


def test_the_login(browser, desk_server):
    page = browser.new_page(base_url=desk_server.url, reduced_motion="reduce")
    page.goto("/console/login")

    assert looked_at(page, "login") == {}
    page.close()
