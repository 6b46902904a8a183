"""A person's hands: log in to the console, claim cases and decide them, by its own pages and forms."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

import httpx2

from api.cli.demo.people import Login
from moderation.errors import Misconfigured

DECIDED = 12
"""Cases that are decided before anybody looks, so that history and webhooks have something to show."""

_BY_CATEGORY = {
    "self_harm": "care",
    "threat": "timeout",
    "privacy": "timeout",
    "identity_hate": "timeout",
    "spam_scam": "ban",
    "illegal": "ban",
    "solicitation": "ban",
    "sexual_harassment": "hide",
    "insult": "hide",
    "disruption": "warn",
    "profanity": "clear",
}
EVERY_UNSURE = 6
"""Each so many cases one is passed on to a senior."""


class Forms(HTMLParser):
    """Every form of a page with its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, and hidden fields below them."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and given.get("type") == "hidden" and self.found:
            self.found[-1][1][given["name"]] = given.get("value", "")

    def fields(self, ending: str) -> dict[str, str] | None:
        """The hidden fields of the first form that goes to such an address."""
        return next((fields for action, fields in self.found if action.endswith(ending)), None)


def decide_some(
    base_url: str, login: Login, categories_of: Callable[[str], Mapping[Any, float]], *, most: int = DECIDED
) -> int:
    """Log in and decide the most urgent cases, one after the other; how many were decided.

    Args:
        base_url: Where the console is.
        login: Whose hands.
        categories_of: Case id to its categories with scores.
        most: How many at most.

    Raises:
        Misconfigured: The console does not behave as its pages say.
    """
    with httpx2.Client(base_url=base_url, follow_redirects=True, timeout=30) as browser:
        page = _post(
            browser, browser.get("/console/login"), "/login", login=login.login, password=login.password
        )
        page = _post(browser, browser.get("/console/queue"), "/next")
        decided = 0
        while decided < most and "/console/cases/" in page.url.path:
            case_id = page.url.path.rsplit("/", 1)[-1]
            preset = _preset(categories_of(case_id), decided)
            page = _post(browser, page, "/decide", preset=preset)
            decided += 1
        if "/console/cases/" in page.url.path:
            _post(browser, page, "/release")  # the next one is the visitor's
    return decided


def _preset(categories: Mapping[Any, float], number: int) -> str:
    if number % EVERY_UNSURE == EVERY_UNSURE - 1:
        return "escalate"
    worst = max(categories, key=lambda name: categories[name], default="profanity")
    return _BY_CATEGORY[str(worst)]


def _post(browser: httpx2.Client, page: httpx2.Response, ending: str, **fields: str) -> httpx2.Response:
    hidden = Forms(page.text).fields(ending)
    if page.status_code != 200 or hidden is None:  # noqa: PLR2004 - HTTP
        raise Misconfigured(f"{page.url.path} ({page.status_code}) has no form to {ending}.")
    action = next(action for action, _ in Forms(page.text).found if action.endswith(ending))
    answer = browser.post(action or str(page.url), data=hidden | fields)
    if not answer.is_success:
        raise Misconfigured(f"The console refused {action}: {answer.status_code}.")
    return answer
