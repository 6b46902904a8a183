"""The rest of a shift in a real Chromium: ten cases in a row, a raid at once, an appeal, a restart, live updates."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from moderation.review.appeal import Appeal
from moderation.storage.desk import appeals
from moderation.storage.tables.cases import decisions
from moderation.taxonomy import Severity
from tests.browser.test_shift import heading, outcomes, press, ready
from tests.review.desk import SERVICE

RAID = "このチャンネルは終わり、みんな帰れ"


def wave(desk, number, text=None):
    """So many cases, the first one the most urgent; each says something else unless a text is given."""
    now = datetime.now(UTC)
    return [
        desk.case(
            text or f"{chr(0x3042 + place) * 3}お前ほんと消えろ",
            author=f"u-{place}",
            name=f"視聴者{place}",
            severity=Severity.MEDIUM,
            at=now - timedelta(seconds=number - place),
        )
        for place in range(number)
    ]


def test_ten_cases_one_key_each_in_the_order_of_the_queue(log_in, desk):
    cases = wave(desk, 10)
    page = log_in("aoki")
    press(page, "n")

    for place, case_id in enumerate(cases):
        assert case_id in page.url
        assert f"視聴者{place}" in heading(page)
        press(page, "1234"[place % 4])

    assert [case_id for case_id, *_ in outcomes(desk)] == cases
    assert "審査待ちのケースはありません" in page.content()


def test_a_raid_is_decided_at_once_after_a_look_and_taken_back_at_once(log_in, desk):
    cases = wave(desk, 4, RAID)
    page = log_in("aoki")
    press(page, "n")

    press(page, "b")
    boxes = page.locator("input[name=cases]")
    assert boxes.count() == len(cases)
    assert outcomes(desk) == []
    boxes.last.focus()
    page.keyboard.press("Space")
    assert "3件を選択中" in page.locator("[data-chosen]").inner_text()
    press(page, "3")

    assert "決定 3件" in page.content()
    assert [actions for _, _, actions, _ in outcomes(desk)] == [["hide", "warn"]] * 3
    press(page, "u")
    assert page.get_by_text("取り消し済み").count() == len(cases) - 1
    assert sum(undoes for *_, undoes in outcomes(desk)) == len(cases) - 1


def test_an_appeal_is_decided_by_somebody_else(log_in, desk):
    [case_id] = wave(desk, 1)
    aoki = log_in("aoki")
    press(aoki, "n")
    press(aoki, "2")
    [decision] = desk.rows(select(decisions))
    sent = Appeal(
        service=SERVICE,
        id="a-1",
        decision_id=decision["id"],
        author_id="u-0",
        text="友人どうしの冗談でした。",
        appealed_at=datetime.now(UTC),
    )
    with desk.database.write() as unit:
        appeals.receive(unit.connection, sent, now=datetime.now(UTC))
    baba = log_in("baba")
    for person in (aoki, baba):
        person.goto("/console/appeals")
        ready(person)
        person.keyboard.press("j")
        press(person, "Enter")
        ready(person)
    assert aoki.locator("textarea").count() == 0

    baba.keyboard.press("f")
    baba.get_by_label("理由").fill("前後の流れから冗談と判断した。")
    baba.keyboard.press("Escape")
    press(baba, "1")

    assert outcomes(desk)[-1][:2] == (case_id, "no_violation")
    assert desk.rows(select(decisions).where(decisions.c.id == decision["id"]))[0]["undone_by"]


def test_a_decision_survives_a_server_that_died_after_the_claim(log_in, desk, desk_server):
    cases = wave(desk, 2)
    page = log_in("aoki")
    press(page, "n")
    ready(page)

    desk_server.kill()
    desk_server.start()
    press(page, "4")

    assert cases[1] in page.url
    assert outcomes(desk) == [(cases[0], "violation", ["hide", "timeout"], False)]


def test_the_queue_hears_of_new_cases_and_of_who_took_one(log_in, desk):
    first, _ = wave(desk, 2)
    page = log_in("aoki")
    page.wait_for_selector("body[data-live=on]")

    desk.case(
        "あとから来た", author="u-new", name="新しい人", severity=Severity.CRITICAL, at=datetime.now(UTC)
    )
    colleague = log_in("baba")
    colleague.goto(f"/console/cases/{first}")
    press(colleague, "c")

    page.get_by_text("新しいケースが1件届きました。").wait_for()
    row = page.locator(f"tr[data-case='{first}'].taken")
    row.wait_for()
    assert "Baba" in row.inner_text()
    press(colleague, "2")
    page.locator(f"tr[data-case='{first}'].gone").get_by_text("決定済み").wait_for()
    assert page.get_by_text("新しい人").count() == 0
    press(page, ".")
    assert page.get_by_text("新しい人").count() == 1
