"""Voices, proposals and article kits, as a CS person and a lead use them."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from moderation.storage.accounts import accounts
from moderation.storage.chat import archive
from moderation.taxonomy import Role
from moderation.trends.count import Measured
from moderation.trends.days import jst_day_of
from tests.campaigns.world import pinned
from tests.support.servers import SERVICE
from tests.trends.world import PSEUDONYMS, chatter, keep

NOW = datetime.now(UTC)
YESTERDAY = jst_day_of(NOW) - timedelta(days=1)
FRAUD = ("詐欺のリンクを貼っています", "詐欺サイトに誘導されました", "田中さんの詐欺です")


@pytest.fixture
def week(sqlite_database, desk):
    """A service with a day of chat and three reports about one thing."""
    with sqlite_database.write() as unit:
        accounts.add_service(unit.connection, SERVICE, name=SERVICE, now=NOW)
    keep(sqlite_database, chatter(YESTERDAY, 200, 20, service=SERVICE))
    case_id = desk.case(at=NOW)
    for number, text in enumerate(FRAUD):
        desk.report(case_id, text=text, reporter=f"u-{number}", at=NOW - timedelta(days=1))


@pytest.fixture
def cs(visit, week):
    return visit("sato", Role.ANALYST)


def test_what_viewers_write_is_a_theme_with_masked_quotes(cs):
    page = cs.get(f"/console/voices?from={YESTERDAY}&to={YESTERDAY}").text

    assert "詐欺" in page
    assert "［名前］さんの詐欺です" in page
    assert "田中" not in page


def test_a_theme_becomes_a_proposal_with_its_figures_and_goes_its_way(cs):
    page = cs.get(f"/console/voices?from={YESTERDAY}&to={YESTERDAY}").text
    link = next(
        part.split('"')[0] for part in page.split('href="') if "proposals/new" in part and "theme=" in part
    )
    form = link.replace("&amp;", "&")
    assert "［名前］さんの詐欺です" in cs.get(form).text

    made = cs.post(form, title="偽リンクを開く前に警告する", team="配信チーム", body="警告がほしい")
    address = made.headers["location"]
    shown = cs.get(address).text
    assert "［名前］さんの詐欺です" in shown
    for version, state in enumerate(("proposed", "accepted"), start=1):
        assert cs.post(address, state=state, version=str(version)).status_code == 303
    refused = cs.post(address, state="done", version="3")
    assert refused.status_code == 422
    assert "視聴者に届いた日" in refused.text
    assert cs.post(address, state="done", version="3", shipped_on=str(YESTERDAY)).status_code == 303
    assert cs.post(address, state="accepted", version="3").status_code == 409  # somebody's old page
    assert "反映から1週間たつと" in cs.get(address).text


def test_a_proposal_without_words_comes_back_with_what_was_typed(cs):
    answer = cs.post("/console/proposals/new", title="", team="配信チーム", body="<b>内容</b>")

    assert answer.status_code == 422
    assert "&lt;b&gt;内容" in answer.text


def test_a_kit_is_made_by_one_person_and_approved_by_another(cs, visit):
    made = cs.post(f"/console/kits?from={YESTERDAY}&to={YESTERDAY}", category="insult")
    address = made.headers["location"]
    page = cs.get(address).text
    assert "作った人は承認できません" in page
    assert "<ruby>悪口<rt>わるぐち</rt></ruby>" in page  # the easy version is shown as it will be read
    assert cs.post(f"{address}/approve").status_code == 403

    lead = visit("mori", Role.LEAD)
    assert "確認したので承認する" in lead.get(address).text
    assert lead.post(f"{address}/approve", note="見ました").status_code == 303
    page = cs.get(address).text
    assert "承認済み" in page
    assert "見ました" in page
    download = cs.get(f"{address}/kit.zip")
    assert download.headers["content-disposition"].startswith("attachment; filename=ibasho-kit-")
    with zipfile.ZipFile(io.BytesIO(download.content)) as kit:
        assert kit.read("article.md") == cs.get(f"{address}/files/article.md").content
    assert cs.get(f"{address}/files/../secret").status_code == 404
    assert lead.post(f"{address}/withdraw", note="古い").status_code == 303
    assert "取り下げられています" in cs.get(address).text


@pytest.mark.parametrize("query", ["from=2027-13-01&to=x", "from=2026-01-02&to=2026-01-01"])
def test_a_period_that_cannot_be_used_is_explained(cs, query):
    for path in ("voices", "kits"):
        answer = cs.get(f"/console/{path}?{query}")
        assert answer.status_code == 422
        assert "この期間では集計できない" in answer.text
    assert cs.post(f"/console/kits?{query}").status_code == 422


def test_the_transparency_page_shows_the_years_counts_and_gives_files(cs):
    page = cs.get("/console/transparency").text
    assert "利用者からの通報" in page

    for form, begin in (("csv", "\ufeff表"), ("md", "# "), ("html", "<!doctype"), ("json", "{")):
        assert cs.get(f"/console/transparency/2026.{form}").text.startswith(begin), form
    assert cs.get("/console/transparency?year=12").status_code == 422


def test_an_address_that_names_what_is_not_there_never_shows_something_else_in_silence(cs):
    assert cs.get("/console/trends?service=another").status_code == 404
    page = cs.get("/console/transparency?year=99999")
    assert (page.status_code, "その年度は集計できない" in page.text) == (422, True)


def test_a_proposal_begins_with_a_trend_or_says_that_its_theme_is_gone(cs):
    period = f"from={YESTERDAY}&to={YESTERDAY}"
    trends = cs.get(f"/console/trends?{period}").text
    [link] = re.findall(r'href="(/console/proposals/new[^"]+category=insult)"', trends)

    assert "「侮辱・誹謗中傷」を減らすための改善" in cs.get(link.replace("&amp;", "&")).text
    assert "その話題は見つかりません" in cs.get(f"/console/proposals/new?{period}&theme=gone").text


def test_trends_can_be_counted_with_the_measurement_model_and_every_link_keeps_it(cs, sqlite_database):
    model = pinned(sqlite_database)
    said = chatter(YESTERDAY, 50, 0, service=SERVICE, room_id="r-m")
    counted = Measured(
        source=model.source, versions=model.versions, hits={SERVICE: {one.id: ["insult"] for one in said[:5]}}
    )
    with sqlite_database.write_archive() as unit:
        archive.record(unit.connection, said, PSEUDONYMS.of, [counted])

    page = cs.get(f"/console/trends?from={YESTERDAY}&to={YESTERDAY}&source=measure").text

    assert "測定モデルでいずれかのカテゴリの基準に達したのは、1,000件あたり100件" in page
    assert "chart.png?service=test" in page
    assert all("source=measure" in link for link in re.findall(r'"(/console/trends/[^"]+)"', page))
    assert '<input type="hidden" name="source" value="measure">' in page
