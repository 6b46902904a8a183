"""A moderator's shift in a real Chromium: by keyboard, with a colleague in another browser."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from moderation.storage.tables.cases import cases, decisions
from moderation.taxonomy import Role, Severity


@pytest.fixture
def cases_of_today(desk):
    """Three cases, the first one the most urgent."""
    now = datetime.now(UTC)
    texts = ("お前の家わかった", "お前ほんと消えろ", "下手すぎて笑う")
    severities = (Severity.CRITICAL, Severity.HIGH, Severity.LOW)
    return [
        desk.case(text, author=f"u-{place}", name=f"視聴者{place}", severity=severity, at=now)
        for place, (text, severity) in enumerate(zip(texts, severities, strict=True), start=1)
    ]


def ready(page):
    """The page listens to keys that decide."""
    page.wait_for_selector("body[data-ready]")


def press(page, key):
    """Press a key and wait for the page it leads to."""
    ready(page)
    with page.expect_navigation():
        page.keyboard.press(key)


def heading(page):
    return page.locator("h1").inner_text()


def outcomes(desk):
    rows = desk.rows(select(decisions).order_by(decisions.c.decided_at))
    return [(row["case_id"], row["outcome"], row["actions"], bool(row["undoes"])) for row in rows]


def test_three_cases_by_keyboard_an_undo_and_a_colleague(log_in, desk, cases_of_today):
    first, second, third = cases_of_today
    page = log_in("aoki")
    assert "審査キュー" in page.title()

    press(page, "n")
    assert page.url.endswith(first)
    assert "視聴者1" in heading(page)
    press(page, "4")
    assert second in page.url
    press(page, "1")
    assert third in page.url
    press(page, "2")

    assert "/console/queue" in page.url
    assert "審査待ちのケースはありません" in page.content()
    assert outcomes(desk) == [
        (first, "violation", ["hide", "timeout"], False),
        (second, "no_violation", ["none"], False),
        (third, "violation", ["warn"], False),
    ]

    press(page, "u")
    assert third in page.url
    assert "決定を取り消しました" in page.content()
    assert outcomes(desk)[-1] == (third, "violation", ["warn"], True)

    colleague = log_in("mori", Role.LEAD)
    with desk.database.write() as unit:  # the lease of a moderator who went away
        unit.connection.execute(cases.update().values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
    colleague.goto(f"/console/cases/{third}")
    press(colleague, "c")
    press(colleague, "1")

    page.keyboard.press("f")
    page.get_by_label("内部メモ").fill("三回目の注意")
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.get_by_role("button", name="この内容で決定").click()
    assert page.get_by_role("alert").filter(has_text="すでに決定済み").is_visible()
    assert page.get_by_label("内部メモ").input_value() == "三回目の注意"


def test_the_page_says_when_somebody_else_took_the_case(log_in, desk, cases_of_today):
    page = log_in("aoki")
    press(page, "n")
    ready(page)
    with desk.database.write() as unit:
        unit.connection.execute(cases.update().values(claimed_until=datetime.now(UTC) - timedelta(seconds=1)))
    colleague = log_in("baba")
    colleague.goto(page.url)
    press(colleague, "c")

    page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # as when the tab is looked at again

    page.wait_for_selector("[data-lost]:not([hidden])")
    assert page.locator("button.preset:not(:disabled)").count() == 0


def test_masked_words_show_on_a_key_and_reasons_on_focus(log_in, desk, cases_of_today):
    page = log_in("aoki")
    page.goto(f"/console/cases/{cases_of_today[1]}")
    ready(page)
    mark = page.locator("mark[data-why]").first

    assert mark.inner_text() == "お〇"
    page.keyboard.press("v")
    assert mark.inner_text() == "お前"
    mark.focus()
    assert page.get_by_role("tooltip").inner_text() == "相手をおとしめる表現です。"
    page.keyboard.press("Escape")
    assert not page.get_by_role("tooltip").is_visible()


def test_the_help_sheet_opens_and_keys_rest_meanwhile(log_in, desk, cases_of_today):
    page = log_in("aoki")
    ready(page)

    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="キー操作").is_visible()
    page.keyboard.press("n")
    page.keyboard.press("Escape")

    assert not page.get_by_role("dialog").is_visible()
    assert page.url.endswith("/console/queue")


def test_keys_typed_into_a_field_decide_nothing(log_in, desk, cases_of_today):
    page = log_in("aoki")
    press(page, "n")
    ready(page)
    page.keyboard.press("f")
    page.get_by_label("内部メモ").fill("")
    page.get_by_label("内部メモ").press_sequentially("1234567")

    assert page.get_by_label("内部メモ").input_value() == "1234567"
    assert outcomes(desk) == []


@pytest.mark.parametrize("opens", ["m", "o", "e"])
def test_a_key_that_opens_a_form_leads_into_its_field(log_in, desk, cases_of_today, opens):
    page = log_in("aoki")
    press(page, "n")

    page.keyboard.type(f"{opens}12回目")

    assert page.locator("textarea:focus").input_value() == "12回目"
    assert outcomes(desk) == []


def test_keys_pressed_before_the_scripts_are_there_are_heard_once(log_in, desk, cases_of_today):
    page = log_in("aoki")
    held_up = []

    def hold_up(route):
        held_up.append(route)

    page.route("**/keys.js", hold_up)
    page.keyboard.press("n")
    page.wait_for_url(f"**/cases/{cases_of_today[0]}", wait_until="commit")
    page.locator("button.preset").first.wait_for()
    page.keyboard.press("2")
    page.keyboard.press("2")
    assert outcomes(desk) == []

    with page.expect_navigation(url=f"**/cases/{cases_of_today[1]}?*"):
        for route in held_up:
            route.continue_()

    ready(page)
    assert [case_id for case_id, *_ in outcomes(desk)] == cases_of_today[:1]


def test_a_key_struck_twice_settles_one_case(log_in, desk, cases_of_today):
    page = log_in("aoki")
    press(page, "n")
    ready(page)

    with page.expect_navigation(url=f"**/cases/{cases_of_today[1]}?*"):
        page.keyboard.press("2")
        page.keyboard.press("2")
    page.keyboard.press("2")  # the next case stands there, and nobody has seen it yet

    ready(page)
    assert [case_id for case_id, *_ in outcomes(desk)] == cases_of_today[:1]


def test_going_back_never_decides_on_a_state_that_is_past(log_in, desk, cases_of_today):
    page = log_in("aoki")
    press(page, "n")
    press(page, "2")

    page.go_back()

    page.get_by_text("このケースは完了しています").wait_for()
    assert page.url.endswith(cases_of_today[0])
    assert page.locator("button.preset").count() == 0


def test_without_a_network_nothing_is_decided_and_the_page_waits(log_in, desk, cases_of_today):
    page = log_in("aoki")
    press(page, "n")
    page.evaluate("window.same = true")
    page.context.set_offline(True)
    ready(page)
    page.keyboard.press("2")
    page.locator("[data-offline]").wait_for()
    assert outcomes(desk) == []

    page.context.set_offline(False)
    press(page, "2")

    assert cases_of_today[1] in page.url
    assert page.evaluate("window.same")  # the next case came into the open page
    assert [case_id for case_id, *_ in outcomes(desk)] == cases_of_today[:1]


def test_walking_the_queue_by_keyboard(log_in, desk, cases_of_today):
    page = log_in("aoki")
    ready(page)
    page.keyboard.press("j")
    page.keyboard.press("j")

    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith(cases_of_today[1])


def test_a_session_that_ended_leads_to_the_login_and_back(log_in, desk, cases_of_today):
    page = log_in("aoki")
    press(page, "n")
    here = page.url
    page.context.clear_cookies()

    press(page, "2")

    assert "/console/login" in page.url
    page.get_by_label("ログイン名").fill("aoki")
    page.get_by_label("パスワード").fill("さくら-9431")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == here
    assert outcomes(desk) == []
