import csv
import io
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.storage.trends import buckets, gaps
from moderation.trends.compare import Change, Why
from moderation.trends.count import ALL, count
from moderation.trends.days import Period, jst_day_of
from moderation.trends.facts import count_fact
from moderation.trends.plain import to_text
from moderation.trends.render import Table, to_csv, to_dict, to_json
from moderation.trends.shapes import NAMES, DayState
from moderation.trends.summary import figure, summary
from tests.trends.world import BEFORE, PSEUDONYMS, TODAY, WEEK, chatter, keep, noon, report_of
from tests.workers.factories import NOON, record

MONDAY = WEEK.first


def test_rates_stand_on_the_messages_and_authors_of_the_period_alone(database):
    keep(database, chatter(MONDAY, 400, 20, authors=50))
    keep(database, chatter(BEFORE.last, 100, 10, authors=10))
    keep(database, chatter(BEFORE.first - timedelta(days=1), 999, 500))
    keep(database, chatter(WEEK.last + timedelta(days=1), 999, 500))

    made = report_of(database)
    insult = made.category("insult")

    assert (made.messages, made.messages_before, made.viewers, made.viewers_before) == (400, 100, 50, 10)
    assert (insult.hits, insult.hit_authors, insult.hits_before) == (20, 20, 10)
    assert insult.per_messages.value == 50
    assert insult.per_viewers.value == 400
    assert insult.before == 100
    assert insult.comparison.ratio.value == pytest.approx(0.5)
    assert insult.per_messages.interval.low < 50 < insult.per_messages.interval.high
    assert made.category(ALL).hits == 20


def test_another_service_s_messages_do_not_count(database):
    keep(database, chatter(MONDAY, 50, 5, service="other"))

    assert report_of(database).messages == 0


def test_a_message_of_two_categories_counts_once_among_all(database):
    keep(
        database,
        [
            record(categories=["insult", "threat"], sent_at=noon(MONDAY)),
            record(id="m2", sent_at=noon(MONDAY)),
        ],
    )

    made = report_of(database)

    assert [made.category(name).hits for name in (ALL, "insult", "threat")] == [1, 1, 1]


def test_holds_and_blocks_are_counted_beside_the_hits(database):
    keep(database, [record(id="1", categories=["threat"], verdict="hold", sent_at=noon(MONDAY))])
    keep(database, [record(id="2", categories=["threat"], verdict="block", sent_at=noon(MONDAY))])

    threat = report_of(database).category("threat")

    assert (threat.hits, threat.holds, threat.blocks) == (2, 1, 1)


def test_a_rise_is_told_and_what_did_not_move_is_not(database):
    for offset in range(7):
        now, then = MONDAY + timedelta(days=offset), BEFORE.first + timedelta(days=offset)
        keep(
            database,
            chatter(now, 400, 40, authors=200) + chatter(now, 60, 20, authors=200, category="spam_scam"),
        )
        keep(
            database,
            chatter(then, 400, 10, authors=200) + chatter(then, 60, 20, authors=200, category="spam_scam"),
        )

    made = report_of(database)

    assert made.category("insult").comparison.change is Change.UP
    assert made.category("spam_scam").comparison.change is Change.UNCLEAR
    assert made.category("spam_scam").comparison.why is Why.WITHIN_CHANCE
    assert any("「侮辱・誹謗中傷」は" in sentence and "増えました" in sentence for sentence in summary(made))


@pytest.mark.parametrize("version", ["model_version", "lexicon_version", "fold_version", "ruleset_version"])
def test_no_change_is_told_when_what_counts_was_changed_in_between(database, version):
    keep(database, chatter(MONDAY, 2_000, 200, authors=200, **{version: "newer"}))
    keep(database, chatter(BEFORE.last, 2_000, 20, authors=200))

    made = report_of(database)

    assert made.versions_changed
    assert len(made.versions) == 2
    assert made.category("insult").comparison.why is Why.VERSIONS_CHANGED
    assert "判定のしくみの版が途中で変わったため、増減は判断できません。" in summary(made)


def test_days_without_messages_have_no_rate_which_is_not_zero(database):
    keep(database, chatter(MONDAY, 10, 0))

    days = report_of(database).days

    assert [day.day for day in days] == list(WEEK.days())
    assert days[0].rate("insult") == 0
    assert [day.state for day in days] == [DayState.COMPLETE] + [DayState.EMPTY] * 6
    assert {day.rate("insult") for day in days[1:]} == {None}


def test_a_day_that_lost_many_messages_is_a_gap_and_one_that_lost_few_is_marked(database):
    keep(database, chatter(MONDAY, 70, 7) + chatter(MONDAY + timedelta(days=1), 90, 9))
    with database.write_archive() as unit:
        for day, lost in ((0, 30), (1, 10), (2, 5)):
            at = noon(MONDAY + timedelta(days=day))
            gaps.note(unit.connection, service="stream", why="redis_away", messages=lost, at=at)

    made = report_of(database)

    assert [day.state for day in made.days[:4]] == [
        DayState.GAP,
        DayState.PARTIAL,
        DayState.GAP,
        DayState.EMPTY,
    ]
    assert [day.rate("insult") for day in made.days[:3]] == [None, 100, None]
    assert any("8月17日（月）、8月19日（水）は" in sentence for sentence in summary(made))


def test_today_is_marked_as_not_complete(database):
    keep(database, chatter(MONDAY, 10))

    assert report_of(database, today=MONDAY).days[0].state is DayState.RUNNING


def test_rooms_are_told_apart_by_their_category_day_by_day(database):
    keep(database, chatter(MONDAY, 100, 10, room_id="r1", room_category="fps"))
    keep(database, chatter(MONDAY, 100, 30, room_id="r2", room_category="fps"))
    keep(database, chatter(MONDAY + timedelta(days=1), 50, 5, room_id="r1", room_category="rpg"))

    made = report_of(database)
    rooms = {(row.room_category, row.category): row for row in made.by_room}

    assert made.rooms == 2
    assert (rooms["fps", "insult"].rooms, rooms["fps", "insult"].messages, rooms["fps", "insult"].hits) == (
        2,
        200,
        40,
    )
    assert (rooms["rpg", ALL].rooms, rooms["rpg", ALL].messages, rooms["rpg", ALL].hits) == (1, 50, 5)
    assert rooms["fps", "insult"].rate.interval is not None
    assert rooms["rpg", ALL].rate.interval is None


def test_a_room_that_changes_its_category_within_a_day_counts_where_each_message_was(database):
    keep(database, [record(id="1", categories=["insult"], room_category="fps", sent_at=noon(MONDAY))])
    keep(database, [record(id="2", room_category="rpg", sent_at=noon(MONDAY))])

    rows = {
        (row.room_category, row.category): (row.messages, row.hits) for row in report_of(database).by_room
    }

    assert rows == {("fps", ALL): (1, 1), ("fps", "insult"): (1, 1), ("rpg", ALL): (1, 0)}


def test_decisions_count_once_and_reports_by_reason(database):
    decision = {"outcome": "violation", "categories": ["insult", "threat"], "actions": ["warn", "hide"]}
    total = Counter()
    total += count_fact("stream", "decision", decision, made_at=noon(MONDAY))
    total += count_fact("stream", "decision", {"outcome": "unsure"}, made_at=noon(MONDAY))
    for reason, day in (
        ("insult", MONDAY),
        ("other", MONDAY),
        ("insult", WEEK.last),
        ("spam_scam", BEFORE.last),
    ):
        total += count_fact("stream", "report", {"reason": reason}, made_at=noon(day))
    with database.write_archive() as unit:
        buckets.add_facts(unit.connection, total)

    made = report_of(database)

    assert made.decisions == {"unsure": 1, "violation": 1}
    assert made.actions == {"hide": 1, "warn": 1}
    assert list(made.reports.items()) == [("insult", 2), ("other", 1)]
    assert made.reports_before == {"spam_scam": 1}
    assert "通報は3件（前の期間は1件）で、最も多い理由は「侮辱・誹謗中傷」（2件）でした。" in summary(made)


def test_nothing_at_all_is_said_plainly_and_nothing_is_made_up(database):
    made = report_of(database)

    assert made.messages == 0
    assert {trend.per_messages for trend in made.categories} == {None}
    assert {trend.comparison.why for trend in made.categories} == {Why.NOTHING_NOW}
    assert summary(made) == (
        "2026年8月17日（月）〜8月23日（日）の7日間に数えたメッセージはありません。傾向は判断できません。",
    )
    assert json.loads(to_json(made))["categories"][0]["per_1000_messages"] is None
    assert "判断できない" in to_text(made)


def test_one_message_gives_a_rate_but_no_interval(database):
    keep(database, [record(sent_at=noon(MONDAY), categories=["insult"])])

    rate = report_of(database).category("insult").per_messages

    assert (rate.value, rate.interval) == (1_000, None)


def test_the_csv_tables_and_the_json_hold_the_same_figures(database):
    keep(database, chatter(MONDAY, 400, 20, authors=50, room_category="=fps"))
    made = report_of(database)
    values = to_dict(made)

    days = list(csv.DictReader(io.StringIO(to_csv(made))))
    categories = list(csv.DictReader(io.StringIO(to_csv(made, Table.CATEGORIES))))
    rooms = list(csv.DictReader(io.StringIO(to_csv(made, Table.ROOMS))))

    assert len(days) == 7 * len(NAMES)
    assert [row["per_1000_messages"] for row in days if row["category"] == "insult"] == ["50"] + [""] * 6
    insult = next(row for row in categories if row["category"] == "insult")
    [json_insult] = [row for row in values["categories"] if row["category"] == "insult"]
    assert float(insult["low"]) == pytest.approx(json_insult["per_1000_messages"]["low"], rel=1e-4)
    assert json_insult["name"] == insult["name"] == "侮辱・誹謗中傷"
    assert rooms[0]["room_category"] == "'=fps"
    assert values["days"][1]["per_1000_messages"]["insult"] is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0004, "0.001未満"),
        (0.0123, "0.012"),
        (1.234, "1.23"),
        (31.23, "31.2"),
        (1234.5, "1,234"),
    ],
)
def test_a_figure_has_as_many_digits_as_a_reader_can_use(value, text):
    assert figure(value) == text


RECORDS = st.lists(
    st.builds(
        lambda at, author, room, kind, categories, verdict: record(
            sent_at=NOON + timedelta(minutes=at),
            author_id=f"a{author}",
            room_id=f"r{room}",
            room_category=kind,
            categories=categories,
            verdict=verdict,
        ),
        st.integers(0, 5 * 24 * 60),
        st.integers(0, 5),
        st.integers(0, 3),
        st.sampled_from(["fps", "rpg"]),
        st.lists(st.sampled_from(["insult", "threat", "spam_scam"]), unique=True),
        st.sampled_from(["allow", "hold", "block"]),
    ),
    max_size=40,
)


def rows_of(sums):
    """Key, whose row it is, and its numbers; only rows of authors and rooms are somebody's."""
    for key, found in sums.items():
        yield from (
            [(key, None, found)]
            if isinstance(found, list)
            else ((key, who, [found.messages[who], found.hits[who]]) for who in found.messages)
        )


@given(RECORDS)
def test_hours_rooms_and_authors_all_add_up_to_the_messages(records):
    counts = count(records, PSEUDONYMS.of)

    def of(sums, category, at):
        return sum(numbers[at] for key, _, numbers in rows_of(sums) if key.category == category)

    for category in (ALL, "insult", "threat", "spam_scam"):
        messages = len(records) if category == ALL else sum(category in one.categories for one in records)
        hits = sum(bool(one.categories) for one in records) if category == ALL else messages
        for sums in (counts.buckets, counts.rooms, counts.authors):
            assert (of(sums, category, 0), of(sums, category, 1)) == (messages, hits)
    assert of(counts.buckets, ALL, 2) == sum(one.verdict == "hold" for one in records)
    assert of(counts.buckets, ALL, 3) == sum(one.verdict == "block" for one in records)
    by_day = Counter(jst_day_of(one.counted_at) for one in records)
    for day, number in by_day.items():
        assert (
            sum(n[0] for key, _, n in rows_of(counts.authors) if key.category == ALL and key.day == day)
            == number
        )


@given(RECORDS, st.integers(0, 40))
def test_counting_in_parts_gives_the_sum_of_counting_at_once(records, cut):
    whole = count(records, PSEUDONYMS.of)
    parts = [count(part, PSEUDONYMS.of) for part in (records[:cut], records[cut:])]

    for name in ("buckets", "totals", "hours", "rooms", "authors", "groups"):
        added = Counter()
        for part in parts:
            for key, who, numbers in rows_of(getattr(part, name)):
                for at, number in enumerate(numbers):
                    added[key, who, at] += number
        expected = {
            (key, who, at): n
            for key, who, numbers in rows_of(getattr(whole, name))
            for at, n in enumerate(numbers)
        }
        assert dict(added) == expected


def test_an_account_is_new_for_thirty_days():
    for days, new in ((29, True), (30, False)):
        counts = count([record(author_created_at=NOON - timedelta(days=days))], PSEUDONYMS.of)
        [authors] = counts.authors.values()
        assert {fact for _, fact in authors.facts.values()} == {new}


def test_a_year_can_be_asked_for(database):
    keep(database, chatter(MONDAY, 10))

    made = report_of(database, Period(first=date(2025, 8, 25), last=date(2026, 8, 25)), today=TODAY)

    assert len(made.days) == 366
    assert made.messages == 10
