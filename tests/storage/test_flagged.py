"""Flagged messages become cases, each message once, whoever saves it and how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from moderation.scoring.message import Author
from moderation.scoring.talk import line_of
from moderation.scoring.verdict import Outcome
from moderation.storage.chat import flagged
from moderation.storage.chat.flagged import Flagged
from moderation.storage.tables.cases import case_context, case_events, case_hits, cases, held_messages
from moderation.taxonomy import Category, Severity
from tests.support.factories import NOON, message
from tests.support.verdicts import verdict

HOLD = timedelta(minutes=15)


def save(database, *items, now=NOON):
    with database.write() as unit:
        return flagged.save(unit.connection, items, hold_for=HOLD, now=now)


def item(text="ばか", *, context=(), verdict_of=None, **given):
    return Flagged(message=message(text, **given), verdict=verdict(**(verdict_of or {})), context=context)


def key(item):
    return item.message.service, item.message.id


def rows(database, table):
    with database.read() as connection:
        return connection.execute(select(table)).all()


def test_hits_of_one_author_in_one_room_are_one_case(database):
    first, second, elsewhere = item(), item(), item(room="r-2")

    where = save(database, first, second, elsewhere)

    assert where[key(first)] == where[key(second)] != where[key(elsewhere)]
    [case] = [case for case in rows(database, cases) if case.room_id == "r-1"]
    assert (case.hits, case.hit_seq, case.version, case.state) == (2, 2, 1, "queued")
    assert [hit.seq for hit in rows(database, case_hits) if hit.case_id == case.id] == [1, 2]


def test_saving_the_same_message_again_changes_nothing(database):
    once = item()

    before = save(database, once)
    after = save(database, once)

    assert before == after
    assert len(rows(database, case_hits)) == 1
    assert [case.hits for case in rows(database, cases)] == [1]


def test_two_tries_of_a_message_in_one_save_are_one_hit(database):
    once = item()

    where = save(database, once, item(), once)

    assert len(where) == 2
    assert [case.hits for case in rows(database, cases)] == [2]


def test_the_same_id_of_two_services_is_two_messages(database):
    ours, theirs = item(id="m-1"), item(id="m-1", service="other")

    where = save(database, ours, theirs)

    assert len(set(where.values())) == 2
    assert where == save(database, theirs, ours)


def test_a_case_takes_on_the_worst_of_its_hits(database):
    mild = item(verdict_of={"severity": Severity.LOW})
    grave = item(verdict_of={"severity": Severity.CRITICAL, "category": Category.THREAT, "minors": True})

    save(database, mild)
    [early] = rows(database, cases)
    save(database, grave, now=NOON + timedelta(minutes=1))
    [late] = rows(database, cases)

    assert late.severity == Severity.CRITICAL.rank
    assert set(late.categories) == {"insult", "threat"}
    assert late.priority > early.priority
    assert late.due_at < early.due_at
    assert (late.minors, late.queue) == (True, "child_safety")


def test_the_rooms_talk_is_kept_with_the_case_once(database):
    said = [line_of(message(f"雑談{n}", author=Author(id="u-2", name="花子"))) for n in range(3)]

    save(database, item(context=said[:2]), item(context=said))

    assert sorted(row.text for row in rows(database, case_context)) == ["雑談0", "雑談1", "雑談2"]


def test_a_held_message_waits_with_an_expiry(database):
    held = item(verdict_of={"verdict": Outcome.HOLD})

    save(database, held, item())

    [row] = rows(database, held_messages)
    assert (row.message_id, row.state, row.expires_at) == (held.message.id, "held", NOON + HOLD)


def test_every_version_that_made_a_hit_stands_in_its_row(database):
    save(database, item())

    [hit] = rows(database, case_hits)
    assert (hit.model_version, hit.lexicon_version, hit.fold_version, hit.ruleset_version) == (
        "m-1",
        "l-1",
        "f-1",
        "rs-1",
    )


def test_text_that_no_database_can_hold_is_kept_with_its_spans_in_place(database):
    save(database, item("し\0ね\ud800よ"))

    [hit] = rows(database, case_hits)
    assert hit.text == "し\ufffdね\ufffdよ"


def test_a_raid_is_one_case_of_the_room_whoever_takes_part(database):
    raiders = [item(author=f"u-{n}", verdict_of={"case_kind": "raid"}) for n in range(3)]

    where = save(database, *raiders)

    assert len(set(where.values())) == 1
    [case] = rows(database, cases)
    assert (case.kind, case.author_id, case.hits) == ("raid", None, 3)


def test_many_at_once_open_one_case_and_lose_nothing(database):
    batches = [[item(author=f"u-{n % 3}") for n in range(6)] for _ in range(12)]

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(save, database, *batch) for batch in batches]:
            done.result()

    with database.read() as connection:
        counted = connection.execute(select(cases.c.author_id, cases.c.hits, cases.c.hit_seq)).all()
        saved = connection.execute(select(func.count()).select_from(case_hits)).scalar_one()
        opened = connection.execute(select(func.count()).select_from(case_events)).scalar_one()
    assert sorted(counted) == [(f"u-{n}", 24, 24) for n in range(3)]
    assert saved == 72
    assert opened == 3
