"""Every page people see, from the table of routes: a new one is looked at without anybody having to remember it."""

from fastapi.responses import HTMLResponse

from api import console
from tests.browser.busy import Busy
from tests.review.desk import SERVICE

ROUTES = {
    route.name: route
    for page in console.PAGES
    for route in page.router.routes
    if "GET" in route.methods and route.response_class is HTMLResponse
}
"""Routes that answer with a page, by name."""
NOT_PAGES = frozenset({"console_home", "console_login", "console_talk"})
"""Leads on; is looked at without a session; is a piece of the case page."""


def pages(busy: Busy) -> dict[str, str]:
    """Address by name of every page of a busy desk, and of some in other states."""
    plain = {
        name.removeprefix("console_"): route.path
        for name, route in ROUTES.items()
        if "{" not in route.path and name not in NOT_PAGES
    }
    return plain | {
        "queue-filtered": "/console/queue?severity=critical&category=threat",
        "queue-empty": "/console/queue?category=illegal",
        "queue-closed": "/console/queue?state=closed",
        "case": f"/console/cases/{busy.case_id}",
        "case-closed": f"/console/cases/{busy.closed_id}",
        "case-profile": f"/console/cases/{busy.room_case_id}",
        "case-gate": f"/console/cases/{busy.minors_id}",
        "case-print": f"/console/cases/{busy.case_id}/print",
        "bulk": f"/console/cases/{busy.case_id}/bulk?by=room",
        "appeal": f"/console/appeals/{busy.appeal_id}",
        "search": "/console/search?q=消え",
        "search-empty": "/console/search",
        "author": f"/console/authors/{SERVICE}/{busy.author_id}",
        "reporter": f"/console/reporters/{SERVICE}/u-reporter",
        "second-look": f"/console/quality/looks/{busy.look_id}",
        "rule": "/console/rules/insult.die_command",
        "rule-undo": "/console/rules/insult.die_command/undo",
        "list": "/console/rules/lists/cautions",
        "not-found": "/console/nothing",
    }


def unseen(addresses: dict[str, str]) -> set[str]:
    """Names of routes that none of these addresses leads to."""
    answering = {_route(address.partition("?")[0]) for address in addresses.values()}
    return set(ROUTES) - NOT_PAGES - answering


def _route(path: str) -> str | None:
    """The name of the route that answers: the first one that fits."""
    return next((name for name, route in ROUTES.items() if route.path_regex.fullmatch(path)), None)
