from sqlalchemy import insert

from moderation.scoring.message import Room
from moderation.storage import outbox
from moderation.storage.chat import people
from moderation.storage.chat.people import Event, EventType
from moderation.storage.tables.voices import reports
from moderation.storage.trends import detection
from moderation.storage.trends.people_count import _SHARES, count_people
from moderation.trends import facts
from moderation.trends.detection import as_dicts, sentences
from moderation.trends.facts import count_fact
from tests.trends.world import WEEK, chatter, keep, noon
from tests.workers.factories import record


def reported(connection, number, reason, message_id):
    row = {
        column.name: {bool: False, int: 0, float: 0.0}.get(column.type.python_type, "")
        for column in reports.columns
        if not column.nullable
    }
    row |= {
        "id": f"{number}", "service_id": "stream", "external_id": f"{number}", "reason": reason,
        "message_id": message_id, "evidence": [], "category_scores": {}, "counted": True, "minors": False,
        "weight": 1.0, "reported_at": noon(WEEK.first), "received_at": noon(WEEK.first),
    }  # fmt: skip
    connection.execute(insert(reports).values(row))


def test_what_viewers_report_is_held_against_what_the_verdict_had_seen(database):
    at = noon(WEEK.first)
    keep(database, [record(id=f"m{n}", review=n < 5, sent_at=at) for n in range(25)])
    with database.write() as unit:
        for number in range(25):
            reported(unit.connection, number, "insult", f"m{number}")
        reported(unit.connection, 90, "insult", "m0")  # twice the same
        reported(unit.connection, 91, "spam_scam", "not archived")

    with database.read() as main, database.read_archive() as archive:
        [found] = detection.read(main, archive, service="stream", period=WEEK)

    assert (found.reason, found.reported, found.seen) == ("insult", 25, 5)
    assert as_dicts([found])[0]["seen_before"] == 5
    [said] = sentences([found])
    assert "25件のうち、自動判定が先に気づいていたのは5件（20%" in said


def test_nothing_reported_says_nothing(sqlite_database):
    with sqlite_database.read() as main, sqlite_database.read_archive() as archive:
        assert detection.read(main, archive, service="stream", period=WEEK) == ()


def test_a_sample_of_authors_estimates_how_many_there_are(database, monkeypatch):
    keep(database, chatter(WEEK.first, 4_000, 400, authors=4_000))
    with database.read_archive() as connection:
        exact = count_people(connection, service="stream", period=WEEK)
        monkeypatch.setattr("moderation.storage.trends.people_count._share", lambda *_: _SHARES[1])
        sampled = count_people(connection, service="stream", period=WEEK)

    assert (exact.wrote, exact.hit["insult"], exact.error) == (4_000, 400, 0.0)
    assert 0.02 < sampled.error < 0.12
    assert abs(sampled.wrote - 4_000) < 4 * sampled.error * 4_000


def test_the_length_of_a_stream_is_shared_out_to_its_hours_and_counted_once(sqlite_database):
    start, end = noon(WEEK.first).replace(minute=30), noon(WEEK.first).replace(hour=5, minute=15)
    told = [
        Event(id="1", type=EventType.ROOM_STARTED, at=start, room_id="r", room=Room(id="r", category="fps")),
        Event(id="2", type=EventType.ROOM_ENDED, at=end, room_id="r"),
        Event(id="3", type=EventType.ROOM_ENDED, at=end, room_id="r"),
    ]
    with sqlite_database.write() as unit:
        people.add_events(unit.connection, "stream", told, now=end)
    with sqlite_database.read() as connection:
        [fact] = outbox.due(connection, destination=outbox.RECORDER, now=end, most=9)

    counted = count_fact(fact.service, fact.type, fact.payload, made_at=fact.created_at)

    assert {(key.hour.hour, key.room_category): n for key, n in counted.items()} == {
        (3, "fps"): 1800,
        (4, "fps"): 3600,
        (5, "fps"): 900,
    }
    assert {key.kind for key in counted} == {facts.STREAM}
