"""Pages of the review desk beyond queue and case: they show what is there, take forms, and survive bad ones."""

from datetime import UTC, datetime

import pytest

from api.console import live
from api.console.visitor import SESSION_COOKIE
from moderation.review.appeal import Appeal
from moderation.review.decision import Outcome
from moderation.scoring.verdict import Outcome as Verdicts
from moderation.storage.accounts import accounts, sessions
from moderation.storage.desk import appeals, routing, second_looks
from moderation.storage.ids import new_id
from moderation.taxonomy import Category, Role, Severity
from tests.browser.busy import TURNED, fill
from tests.review.desk import SERVICE


def now():
    return datetime.now(UTC)


@pytest.fixture
def busy(desk):
    return fill(desk, people=8)


@pytest.fixture
def admin(visit):
    return visit("admin", Role.ADMIN)


def addresses(busy):
    return [
        "/console/queue",
        "/console/queue?kind=raid",
        f"/console/cases/{busy.case_id}",
        f"/console/cases/{busy.closed_id}",
        f"/console/cases/{busy.room_case_id}",
        f"/console/cases/{busy.case_id}/print",
        f"/console/cases/{busy.case_id}/talk",
        f"/console/cases/{busy.case_id}/bulk?by=author",
        "/console/held",
        "/console/appeals",
        "/console/appeals?state=upheld",
        f"/console/appeals/{busy.appeal_id}",
        "/console/search?q=消え",
        f"/console/authors/{SERVICE}/{busy.author_id}",
        "/console/quality",
        f"/console/quality/looks/{busy.look_id}",
        "/console/audit?act=case.",
        "/console/settings",
        "/console/settings/queues",
        "/console/settings/policies",
        "/console/care",
    ]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_shows_itself(admin, busy, language):
    for address in addresses(busy):
        answer = admin.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert answer.status_code == 200, (address, answer.status_code)
        assert "<script>alert" not in answer.text
        assert "\u202e" not in answer.text


def test_a_minors_case_opens_for_a_reason_that_is_kept(admin, busy):
    address = f"/console/cases/{busy.minors_id}"
    assert "連絡先教えて" not in admin.get(address).text
    assert admin.get(f"{address}/talk").status_code == 403
    assert "連絡先教えて" not in admin.get(f"{address}/print").text
    assert admin.post(f"{address}/look", why=" ").status_code == 422

    assert admin.post(f"{address}/look", why="照会への回答").status_code == 303

    assert "連絡先教えて" in admin.get(address).text
    trail = admin.get("/console/audit?act=protected.").text
    assert "照会への回答" in trail
    assert "<bdi>審査</bdi>" in trail
    assert busy.minors_id in trail


@pytest.fixture
def protected(visit, desk):
    """Where a settled minors' case is shown beside its own page: its appeal and its second look."""
    kei, mori = desk.sight("kei", Role.CHILD_SAFETY), desk.sight("mori", Role.LEAD)
    case_id = desk.case("連絡先教えて", author="u-2", minors=True, at=now())
    decision = desk.decide(desk.claim(case_id, kei, now=now()), kei, now=now())
    appeal = Appeal(
        service=SERVICE,
        id="a-minor",
        decision_id=decision.id,
        author_id="u-2",
        text="学校の連絡でした",
        appealed_at=now(),
    )
    with desk.database.write() as unit:
        kept, _ = appeals.receive(unit.connection, appeal, now=now())
        second_looks.draw(unit.connection, share=1.0, now=now())
        look = second_looks.next_look(unit.connection, mori, now=now())
    return case_id, {"appeal": f"/console/appeals/{kept.id}", "look": f"/console/quality/looks/{look.id}"}


@pytest.mark.parametrize("page", ["appeal", "look"])
def test_every_page_of_a_minors_case_asks_for_a_reason(visit, protected, page):
    case_id, pages = protected
    mori, reasons = visit("mori", Role.LEAD), f"/console/cases/{case_id}/look"
    assert "先教えて" not in mori.get(pages[page]).text
    refused = mori.post(reasons, why="", back=pages[page])
    assert (refused.status_code, f'value="{pages[page]}"' in refused.text) == (422, True)

    given = mori.post(reasons, why="異議の審査", back=pages[page])

    assert (given.status_code, given.headers["location"]) == (303, pages[page])
    assert "先教えて" in mori.get(pages[page]).text
    assert "異議の審査" in mori.get("/console/audit?act=protected.").text
    assert "学校の連絡でした" not in mori.get("/console/appeals").text


def test_a_reason_leads_to_no_foreign_page(visit, protected):
    case_id, _ = protected
    mori = visit("mori", Role.LEAD)
    for back in (
        "https://example.com/",
        "//example.com",
        "/console/appeals/../x",
        "/console/appeals/a?b=//x",
    ):
        answer = mori.post(f"/console/cases/{case_id}/look", why="確認", back=back)
        assert answer.headers["location"] == f"/console/cases/{case_id}"


def test_no_list_shows_what_a_minors_case_says(admin, busy):
    for address in ("/console/queue", "/console/held", "/console/search?q=u-minor"):
        page = admin.get(address).text
        assert "連絡先教えて" not in page, address
    assert "保護された内容" in admin.get("/console/queue").text


class TestMinors:
    """Nothing of a minors' case reaches a moderator, whichever door they try."""

    @pytest.fixture
    def aoki(self, visit, busy):
        return visit("aoki")

    @pytest.mark.parametrize("end", ["", "/print", "/talk", "/bulk"])
    def test_by_address(self, aoki, busy, end):
        assert aoki.get(f"/console/cases/{busy.minors_id}{end}").status_code == 404

    @pytest.mark.parametrize(
        "act", ["look", "comment", "escalate", "move", "assign", "opinion", "bulk", "claim", "skip"]
    )
    def test_by_form(self, aoki, busy, act):
        fields = {"why": "見たい", "text": "x", "queue": "general", "preset": "clear", "batch_id": new_id()}
        answer = aoki.post(f"/console/cases/{busy.minors_id}/{act}", **fields, cases=f"{busy.minors_id}:1:1")
        assert answer.status_code == 404

    def test_in_lists(self, aoki, busy):
        for address in (
            "/console/queue",
            "/console/held",
            "/console/search?q=連絡先教えて",
            f"/console/search?q={busy.minors_id}",
            "/console/search?q=u-minor&in=author",
            f"/console/authors/{SERVICE}/u-minor",
        ):
            page = aoki.get(address).text
            assert "連絡先教えて" not in page.replace("q=連絡先教えて", "").replace(
                'value="連絡先教えて"', ""
            )
            assert f"/console/cases/{busy.minors_id}" not in page, address


def test_remarks_moves_and_names(visit, desk, admin):
    case_id = desk.case(at=now())
    aoki = visit("aoki")
    aoki.post(f"/console/cases/{case_id}/claim")
    assert aoki.post(f"/console/cases/{case_id}/comment", text="あ" * 10_001).status_code == 422
    aoki.post(f"/console/cases/{case_id}/comment", text=TURNED)
    assert "RLO" in aoki.get(f"/console/cases/{case_id}").text
    assert aoki.post(f"/console/cases/{case_id}/opinion", text="").status_code == 422
    assert (
        aoki.post(f"/console/cases/{case_id}/opinion", text="冗談ですか")
        .headers["location"]
        .endswith("asked=1")
    )
    assert "冗談ですか" in admin.get(f"/console/cases/{case_id}").text
    assert admin.post(f"/console/cases/{case_id}/assign", user_id="nobody").status_code == 422
    assert admin.post(f"/console/cases/{case_id}/move", queue="nowhere").status_code == 422
    assert admin.post(f"/console/cases/{case_id}/move", queue="child_safety").status_code == 303
    assert aoki.get(f"/console/cases/{case_id}").status_code == 404


def test_bulk_by_form(visit, desk):
    made = [desk.case("フォロワー買いませんか", author=f"u-{number}", at=now()) for number in range(3)]
    aoki = visit("aoki")
    page = aoki.get(f"/console/cases/{made[0]}/bulk?by=text").text
    chosen = [f"{case_id}:1:1" for case_id in made]
    assert all(value in page for value in chosen)
    batch_id = new_id()
    address = f"/console/cases/{made[0]}/bulk"

    assert aoki.post(address, preset="warn", batch_id=batch_id, cases="x").status_code == 403
    assert aoki.post(address, preset="warn", batch_id=batch_id).status_code == 422
    first = aoki.post(address, preset="warn", batch_id=batch_id, cases=chosen)
    again = aoki.post(address, preset="warn", batch_id=batch_id, cases=chosen)

    assert (first.status_code, again.status_code) == (200, 200)
    assert aoki.post(address, preset="clear", batch_id=batch_id, cases=chosen).status_code == 409
    assert visit("baba").get(f"/console/batches/{batch_id}").status_code == 404
    aoki.post(f"/console/batches/{batch_id}/undo")
    assert aoki.get(f"/console/batches/{batch_id}").text.count("取り消し済み") == 3


def test_an_appeal_is_answered_by_somebody_else(visit, admin, busy):
    address = f"/console/appeals/{busy.appeal_id}"
    answer = {"outcome": "overturned", "reason": "冗談と分かるため。", "public_note": "取り消しました。"}
    assert visit("aoki").post(address, **answer).status_code == 403
    refused = admin.post(address, **(answer | {"reason": ""}))
    assert refused.status_code == 422
    assert "取り消しました。" in refused.text

    assert admin.post(address, **answer).status_code == 303
    assert admin.post(address, **answer).status_code == 409
    assert "決定を取り消し" in admin.get(address).text


def test_a_second_look_is_given_without_knowing_the_finding(admin, busy):
    address = f"/console/quality/looks/{busy.look_id}"
    assert "特定の人を侮辱する発言があったため。" not in admin.get(address).text
    assert admin.post(address, outcome="nonsense").status_code == 422
    assert admin.post(address, outcome=Outcome.VIOLATION).status_code == 422
    assert admin.post(address, outcome=Outcome.VIOLATION, categories=Category.INSULT).status_code == 303
    assert admin.get(address).status_code == 409


def test_figures_of_persons_are_for_leads(visit, busy):
    assert "モデレーターごと" not in visit("aoki").get("/console/quality").text
    assert "モデレーターごと" in visit("mori", Role.LEAD).get("/console/quality").text


def test_labels_are_put_on_and_taken_off(visit, busy):
    aoki, address = visit("aoki"), f"/console/authors/{SERVICE}/{busy.author_id}"
    assert aoki.post(f"{address}/labels", label="常連", days="7").status_code == 303
    assert "常連" in aoki.get(address).text
    for bad in (
        {"label": ""},
        {"label": "あ" * 65},
        {"label": "x", "days": "0"},
        {"label": "x", "days": "七"},
    ):
        assert aoki.post(f"{address}/labels", **({"days": "7"} | bad)).status_code == 422
    assert aoki.post(f"{address}/labels/remove", label="常連").status_code == 303
    assert aoki.post(f"{address}/labels/remove", label="常連").status_code == 404
    assert aoki.get(f"/console/authors/{SERVICE}/nobody").status_code == 404


def test_a_held_message_is_settled_once(visit, desk):
    case_id = desk.case("お前ほんと消えろ", verdict=Verdicts.HOLD, at=now())
    aoki = visit("aoki")
    with desk.database.read() as connection:
        from moderation.review.sight import sight_of
        from moderation.storage.desk import waiting as desk_waiting

        [waiting] = desk_waiting.list_waiting(connection, sight_of("x", [Role.MODERATOR]), now=now())
    fields = {"case_id": case_id, "message_id": waiting.message_id, "state": "denied"}
    assert aoki.post("/console/held", **(fields | {"state": "eaten"})).status_code == 422
    assert aoki.post("/console/held", **fields).headers["location"] == "/console/held"
    assert (
        aoki.post("/console/held", **(fields | {"state": "approved"})).headers["location"].endswith("late=1")
    )
    assert "保留中の発言はありません" in aoki.get("/console/held").text


def test_people_are_added_changed_and_locked_out(admin, visit, desk):
    new = {
        "login": "goto",
        "display_name": "後藤",
        "pseudonym": "担当G",
        "roles": "moderator",
        "new_password": "1",
    }
    page = admin.post("/console/settings/users", **new)
    assert page.status_code == 200
    assert 'class="secret"' in page.text
    for bad in ({"login": ""}, {"roles": ""}, {"login": "x" * 65}, {"login": "other", "new_password": ""}):
        assert admin.post("/console/settings/users", **(new | bad)).status_code == 422
    changed = new | {"roles": ["lead", "moderator"], "new_password": ""}
    assert admin.post("/console/settings/users", **changed).status_code == 303
    with desk.database.read() as connection:
        assert accounts.get_user(connection, "goto").roles == {Role.LEAD, Role.MODERATOR}
    me = {"login": "admin", "display_name": "A", "pseudonym": "A", "roles": "moderator"}
    assert admin.post("/console/settings/users", **me).status_code == 422
    assert admin.post("/console/settings/users/lock", login="admin", locked="1").status_code == 422
    assert admin.post("/console/settings/users/lock", login="nobody", locked="1").status_code == 404
    aoki = visit("aoki")
    assert admin.post("/console/settings/users/lock", login="aoki", locked="1").status_code == 303
    assert aoki.get("/console/queue").status_code == 303


def test_queues_and_routes_and_clauses_are_changed(admin, desk):
    put = "/console/settings/queues"
    assert admin.post(put, id="legal", name="法務", roles="lead").status_code == 303
    assert admin.post(put, id="Legal!", name="法務").status_code == 422
    assert admin.post(f"{put}/routes", queue="legal").status_code == 422
    assert admin.post(f"{put}/routes", queue="legal", category="threat", severity="high").status_code == 303
    assert admin.post(f"{put}/remove", id="legal").status_code == 422
    assert admin.post(f"{put}/remove", id="general").status_code == 422
    with desk.database.read() as connection:
        [route] = routing.routes(connection)
    assert (route.category, route.severity) == (Category.THREAT, Severity.HIGH)
    assert admin.post(f"{put}/routes/remove", id=route.id).status_code == 303
    assert admin.post(f"{put}/routes/remove", id=route.id).status_code == 404
    assert admin.post(f"{put}/remove", id="legal").status_code == 303
    clause = {
        "id": "H-1",
        "title": "侮辱の禁止",
        "text": "人を侮辱しないでください。",
        "categories": "insult",
    }
    assert admin.post("/console/settings/policies", **clause).status_code == 303
    assert "第2版" in admin.get("/console/settings/policies").text
    for bad in ({"id": ""}, {"title": ""}, {"text": ""}, {"categories": ""}, {"url": "javascript:alert(1)"}):
        assert admin.post("/console/settings/policies", **(clause | bad)).status_code == 422
    acts = admin.get("/console/audit").text
    assert all(act in acts for act in ("キューを保存", "振り分けを削除", "条項の新しい版"))


def test_filters_are_kept_by_name(visit, desk):
    aoki = visit("aoki")
    kept = aoki.post("/console/filters", name="急ぎ", query="severity=critical&evil=1")
    assert kept.headers["location"] == "/console/queue?severity=critical"
    page = aoki.get("/console/queue").text
    assert "急ぎ" in page
    assert "evil" not in page
    assert aoki.post("/console/filters", name="", query="severity=high").status_code == 422
    assert aoki.post("/console/filters", name="空", query="nothing=1").status_code == 422


@pytest.mark.parametrize("asked", ["", " ", "\x00", "%", "_", "'; DROP TABLE cases", "あ" * 5_000, "\u202e"])
def test_any_search_is_answered(visit, busy, asked):
    assert visit("aoki").client.get("/console/search", params={"q": asked}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("u-1", "author"),
        ("ゲスト3", "author"),
        ("r-1", "room"),
        ("雑談", "room"),
        ("フォロワー買いませんか", "text"),
    ],
)
def test_what_is_there_is_found(visit, busy, asked, where):
    page = visit("aoki").client.get("/console/search", params={"q": asked, "in": where}).text
    assert "/console/cases/" in page


def test_a_case_is_found_by_its_id(visit, busy):
    aoki = visit("aoki")
    for asked in (busy.case_id, busy.case_id[:20].lower()):
        assert (
            f"/console/cases/{busy.case_id}" in aoki.client.get("/console/search", params={"q": asked}).text
        )


def test_a_session_that_ends_closes_the_stream(app, visit, desk, monkeypatch):
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(live, "LASTS_SECONDS", 20.0)
    aoki = visit("aoki")
    desk.case(at=now())
    token = aoki.client.cookies[SESSION_COOKIE]
    told = []
    with aoki.client.stream("GET", "/console/events", headers={"Last-Event-ID": "0"}) as stream:
        for line in stream.iter_lines():
            told.append(line)
            if line.startswith("data:") and "opened" in line:
                break
    with desk.database.write() as unit:
        sessions.close_session(unit.connection, token)
    assert aoki.client.get("/console/events").status_code == 303
    assert any("event: case" in line for line in told)
