import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from api.console.visitor import SESSION_COOKIE
from moderation.storage.accounts import accounts, sessions
from moderation.taxonomy import Role, Scope
from moderation.trends.days import jst_day_of
from tests.support.servers import SERVICE, make_key
from tests.trends.world import chatter, keep


@pytest.fixture
def yesterday():
    return jst_day_of(datetime.now(UTC)) - timedelta(days=1)


@pytest.fixture
def client(app_client, sqlite_database):
    """A client whose key has the scope and no other."""
    app_client.headers["Authorization"] = f"Bearer {make_key(sqlite_database, scopes=(Scope.TRENDS,))}"
    return app_client


@pytest.fixture
def visit(app_client, sqlite_database):
    """A browser in which someone with a role is logged in."""

    def as_(role):
        now = datetime.now(UTC)
        with sqlite_database.write() as unit:
            accounts.add_service(unit.connection, SERVICE, name=SERVICE, now=now)
            user = accounts.put_user(
                unit.connection, login=role, display_name="分析 花子", pseudonym="p", password_hash="x", roles=[role],
                now=now,
            )  # fmt: skip
            sessions.open_session(
                unit.connection, user_id=user.id, token=f"token-{role}", csrf_token="c",
                expires_at=now + timedelta(hours=1), now=now,
            )  # fmt: skip
        app_client.cookies.set(SESSION_COOKIE, f"token-{role}")
        return app_client

    return as_


def test_the_report_has_rates_intervals_days_and_sentences(client, sqlite_database, yesterday):
    keep(sqlite_database, chatter(yesterday, 200, 10, service=SERVICE))

    answer = client.get("/v1/trends")
    report = answer.json()
    [insult] = [row for row in report["categories"] if row["category"] == "insult"]

    assert answer.status_code == 200
    assert report["to"] == yesterday.isoformat()
    assert insult["per_1000_messages"]["low"] < insult["per_1000_messages"]["value"] == 50
    assert report["days"][-1]["per_1000_messages"]["insult"] == 50
    assert report["days"][0]["per_1000_messages"]["insult"] is None
    assert "200件のメッセージ" in report["summary"][0]


def test_a_key_sees_its_own_service_alone(client, sqlite_database, yesterday):
    keep(sqlite_database, chatter(yesterday, 200, 10, service="other"))

    assert client.get("/v1/trends").json()["messages"]["now"] == 0


@pytest.mark.parametrize(("table", "rows"), [("days", 12), ("categories", 12), ("rooms", 2)])
def test_each_table_comes_as_csv(client, sqlite_database, yesterday, table, rows):
    keep(sqlite_database, chatter(yesterday, 200, 10, service=SERVICE))
    period = {"from": yesterday.isoformat(), "to": yesterday.isoformat(), "tz": "Asia/Tokyo"}

    answer = client.get("/v1/trends", params={**period, "format": "csv", "table": table})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"trends-{table}-{yesterday}" in answer.headers["content-disposition"]
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == rows


CANNOT_BE_USED = {
    "from=2026-08-01": "/to",
    "from=x&to=2026-08-02": "/from",
    "from=2026-08-03&to=2026-08-02": "/to",
    "from=2999-01-01&to=2999-01-02": "/from",
    "tz=UTC": "/tz",
    "format=xml": "/format",
    "format=csv&table=hours": "/table",
    "since=2026-08-01": "/since",
    "from=%00&to=%ff": "/from",
}


def test_a_query_that_cannot_be_used_is_a_problem_document_with_its_place(client):
    for query, pointer in CANNOT_BE_USED.items():
        answer = client.get(f"/v1/trends?{query}")

        assert answer.status_code == 422, query
        assert answer.headers["content-type"] == "application/problem+json"
        assert pointer in [problem["pointer"].removeprefix("#") for problem in answer.json()["errors"]]


def test_without_the_scope_or_a_key_there_is_no_report(app_client, sqlite_database):
    for key, status in ((make_key(sqlite_database, scopes=(Scope.SCORE,)), 403), ("ibasho_unknown", 401)):
        assert app_client.get("/v1/trends", headers={"Authorization": f"Bearer {key}"}).status_code == status


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEAD, Role.ADMIN])
def test_the_page_shows_sentences_chart_tables_and_what_the_figures_mean(
    visit, sqlite_database, yesterday, role
):
    browser = visit(role)
    keep(sqlite_database, chatter(yesterday, 200, 10, service=SERVICE))

    page = browser.get("/console/trends")

    assert page.status_code == 200
    for words in (
        "200件のメッセージ",
        "/console/trends/chart.png?",
        "折れ線グラフ",
        "侮辱・誹謗中傷",
        "95%の幅",
        "欠測",
    ):
        assert words in page.text


def test_each_figure_says_what_it_is_when_pointed_at(visit, sqlite_database):
    page = visit(Role.ANALYST).get("/console/trends").text

    told = re.findall(r'class="defined" tabindex="0" aria-describedby="(tip-\d+)">([^<]+)<', page)
    assert {"1,000件あたり", "視聴者1,000人あたり", "比", "増減", "違反と認めた割合"} <= {
        name for _, name in told
    }
    tips = dict(re.findall(r'role="tooltip" id="(tip-\d+)">([^<]+)<', page))
    assert [key for key, _ in told] == list(tips)
    assert all(tips.values())


def test_the_page_can_be_read_in_english(visit):
    page = visit(Role.ANALYST).get("/console/trends?lang=en").text

    assert "What the figures mean" in page
    assert "Of 1,000 messages of the period, how many reached the category." in page
    assert "Sexual" in page


def test_a_moderator_has_no_trends_page(visit):
    browser = visit(Role.MODERATOR)

    for path in ("/console/trends", "/console/trends/chart.png", "/console/trends/days.csv"):
        assert browser.get(path).status_code == 403


def test_who_is_not_logged_in_is_sent_to_the_login(app_client):
    answer = app_client.get("/console/trends", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/login")


def test_a_period_that_cannot_be_shown_is_explained_on_the_page(visit):
    page = visit(Role.ANALYST).get("/console/trends?from=2999-01-01&to=2026-01-01")

    assert page.status_code == 422
    assert "直近7日を表示しています" in page.text


def test_the_chart_and_the_tables_can_be_taken_away(visit, sqlite_database, yesterday):
    browser = visit(Role.ANALYST)
    keep(sqlite_database, chatter(yesterday, 200, 10, service=SERVICE))

    assert browser.get("/console/trends/chart.png").content.startswith(b"\x89PNG")
    assert "侮辱・誹謗中傷" in browser.get("/console/trends/chart.svg").text
    table = browser.get("/console/trends/categories.csv")
    assert table.content.startswith(b"\xef\xbb\xbfcategory,name,")
    assert browser.get("/console/trends/chart.gif").status_code in (404, 422)
