"""Every console route × role: the table in access.py says it, the pages do it."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from api import console
from api.console import live
from api.console.access import ACCESS, PUBLIC, home_of, may
from moderation.taxonomy import Role

ROUTES = [
    (route.name, method, route.path)
    for page in console.PAGES
    for route in page.router.routes
    for method in sorted(route.methods)
]
OTHERS = {
    "picture": "svg",
    "table": "categories",
    "kit_id": "none",
    "campaign_id": "none",
    "year": "2026",
    "form": "csv",
    "path": "article.md",
    "proposal_id": "none",
    "batch_id": "b-1",
    "look_id": "l-1",
    "appeal_id": "a-1",
    "service": "test",
    "author_id": "u-1",
    "reporter_id": "u-9",
    "inquiry_id": "none",
    "reference": "none",
    "act": "note",
    "pack_id": "none",
    "token": "none",
}
FORBIDDEN, LOGIN = 403, 303


@pytest.fixture(autouse=True)
def _short_streams(monkeypatch):
    monkeypatch.setattr(live, "LASTS_SECONDS", 0.0)


def _address(path, case_id):
    others = defaultdict(lambda: "none", OTHERS, case_id=case_id)
    return path.replace(":path", "").format_map(others)


def test_every_route_stands_in_the_table():
    assert {name for name, _, _ in ROUTES} <= set(ACCESS) | PUBLIC


@pytest.fixture
def case_id(desk):
    return desk.case(at=datetime.now(UTC))


@pytest.mark.parametrize(("name", "method", "path"), ROUTES, ids=[name for name, _, _ in ROUTES])
def test_each_role_may_what_the_table_says(visit, case_id, name, method, path):
    for role in Role:
        person = visit(f"p-{role.replace('_', '-')}", role)
        address = _address(path, case_id)
        fields = {"version": "1", "seen_hit_seq": "1", "decision_id": "x", "preset": "clear"}
        answer = person.get(address) if method == "GET" else person.post(address, **fields)

        allowed = may(name, [role])
        assert (answer.status_code == FORBIDDEN) == (not allowed), (name, role, answer.status_code)
        assert answer.status_code < 500


@pytest.mark.parametrize(("name", "method", "path"), ROUTES, ids=[name for name, _, _ in ROUTES])
def test_a_stranger_is_sent_to_the_login(stranger, case_id, name, method, path):
    answer = stranger.request(method, _address(path, case_id), data={} if method == "POST" else None)

    if name in PUBLIC:
        assert answer.status_code in (200, 401, 404, 422)
    else:
        assert answer.status_code == LOGIN
        assert answer.headers["location"].startswith("/console/login?next=")


def test_analysts_see_reports_and_trends_and_no_cases(visit, desk):
    case_id = desk.case(at=datetime.now(UTC))
    desk.report(case_id, text="通報の本文")
    page = visit("sato", Role.ANALYST).get("/console/reports").text

    assert "通報の本文" in page
    assert case_id not in page
    assert "/console/queue" not in page
    assert {name for name in ACCESS if may(name, [Role.ANALYST])} == {
        "console_home",
        "console_log_out",
        "console_reports",
        "console_trends",
        "console_trends_csv",
        "console_trends_chart",
        "console_trends_hours",
        "console_transparency",
        "console_transparency_file",
        *(name for name in ACCESS if name.startswith("console_campaign")),
        "console_voices",
        "console_inquiries",
        "console_inquiry",
        "console_inquiry_act",
        *(name for name in ACCESS if name.startswith(("console_proposal", "console_kit"))),
    } - {"console_kit_approve"}


@pytest.mark.parametrize("role", Role)
def test_everybody_lands_on_a_page_they_may_see(visit, role):
    page = visit("someone", role).get(home_of([role]))

    assert page.status_code == 200


def test_minors_cases_are_not_there_for_a_moderator(visit, desk):
    hidden = desk.case(minors=True, at=datetime.now(UTC))
    aoki, chiba = visit("aoki"), visit("chiba", Role.CHILD_SAFETY)

    for step in ("claim", "skip", "release", "renew", "decide", "undo"):
        answer = aoki.post(
            f"/console/cases/{hidden}/{step}", version="1", seen_hit_seq="1", decision_id="x", preset="clear"
        )
        assert answer.status_code == 404, step
    assert aoki.get(f"/console/cases/{hidden}").status_code == 404
    assert hidden not in aoki.get("/console/queue").text
    assert aoki.post("/console/next").headers["location"] == "/console/queue?none=1"
    assert hidden in chiba.get("/console/queue").text
    assert hidden in chiba.post("/console/next").headers["location"]


@pytest.mark.parametrize(
    "path", [path for name, method, path in ROUTES if method == "POST" and name not in PUBLIC]
)
def test_a_form_without_its_sessions_token_is_refused(visit, case_id, path):
    aoki = visit("aoki", Role.ADMIN)
    for token in (None, "", "someone-elses", "ほかの"):
        aoki.fields = {} if token is None else {"csrf": token}

        answer = aoki.post(_address(path, case_id), preset="clear", version="1", seen_hit_seq="1")

        assert answer.status_code == FORBIDDEN, token
        assert "フォームの有効期限" in answer.text
