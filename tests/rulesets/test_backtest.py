"""A backtest finds what scoring would have found, and says what is new, lost and decided."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from moderation.rulebook import backtests
from moderation.scoring.backtest import Backtest
from moderation.scoring.backtest_report import precision
from moderation.scoring.backtest_subjects import Archived
from moderation.scoring.ruleset import RuleSources
from moderation.scoring.ruleset_compare import unchanged
from moderation.storage.chat import archive
from moderation.storage.rules import backtest_read, rulesets
from moderation.storage.rules import backtests as asked
from moderation.storage.tables.cases import case_hits
from moderation.storage.trends.pseudonym import read_pseudonyms
from tests.review.desk import Desk
from tests.rules.support import SOUND
from tests.support.factories import NOON
from tests.workers.factories import record
from workers import process, run_backtest
from workers.enqueue import Jobs, long_queue

WINDOW = SOUND.replace("insult.example", "insult.flood").replace(
    "terms: [だめなことば]",
    "window: {name: w, count: messages, by: [author], within: 10s, at_least: 3, where: {terms: [それな]}}",
)


def sources(**rules):
    return RuleSources(packs={f"insult/{name}.yaml": text for name, text in rules.items()}, lists={})


def archived(database, settings, *texts, every=timedelta(seconds=1)):
    rows = [
        record(id=f"m{at}", text=text, service="test", sent_at=NOON + at * every, counted_at=NOON + at * every,
               category_scores={"insult": 0.01})
        for at, text in enumerate(texts)
    ]  # fmt: skip
    with database.write_archive() as unit:
        archive.record(unit.connection, rows, read_pseudonyms(settings).of)


def run(database, candidate, live, **given):
    told = []
    made = backtests.run(
        database, candidate, live, service="test", since=NOON, until=NOON + timedelta(days=1), rescore=None,
        step=lambda done, total: told.append((done, total)), **given,
    )  # fmt: skip
    return made, told


def test_hits_new_and_lost_against_the_live_set(database, settings):
    archived(database, settings, "だめなことば", "別のことば", "ふつう", "だめなことばと別のことば")
    live = sources(example=SOUND)
    candidate = sources(
        example=SOUND.replace("だめなことば", "別のことば").replace("version: 1", "version: 2")
    )

    report, told = run(database, candidate, live)

    [rule] = report.as_dict()["rules"]
    assert (report.messages, told[-1]) == (4, (4, 4))
    assert (rule["hits"]["total"], rule["new"]["total"], rule["lost"]["total"]) == (2, 1, 1)
    assert [(one["why"], one["text"]) for one in rule["examples"]] == [
        ("lost", "だめなことば"),
        ("new", "別のことば"),
    ]
    assert (report.hits.total, report.live_hits.total, report.new.total, report.lost.total) == (2, 2, 1, 1)


def test_windows_are_counted_anew_in_order(database, settings, monkeypatch):
    monkeypatch.setattr(backtest_read, "CHUNK", 2)  # chunks end anywhere, also within a window
    archived(database, settings, *["それな"] * 5, "ふつう")

    report, told = run(database, sources(flood=WINDOW), sources())

    assert told == [(0, 6), (2, 6), (4, 6), (6, 6)]
    [rule] = report.as_dict()["rules"]
    assert rule["hits"]["total"] == 4  # from the third on; the last one only reads the counter
    assert report.new.total == 4


def test_what_moderators_decided_splits_the_hits(database, settings):
    desk = Desk(database)
    case_id = desk.case("だめなことば", at=NOON)
    aoki = desk.sight("aoki")
    desk.decide(desk.claim(case_id, aoki), aoki)
    [hit] = desk.rows(case_hits.select())
    with database.write_archive() as unit:
        row = record(id=hit["message_id"], text="だめなことば", service="test", sent_at=NOON, counted_at=NOON)
        archive.record(unit.connection, [row], read_pseudonyms(settings).of)

    report, _ = run(database, sources(example=SOUND), sources())

    assert report.hits.violation == 1
    assert report.as_dict()["hits"]["precision"]["value"] == 1.0


def test_precision_has_its_interval_and_is_silent_without_decisions():
    share, interval = precision(3, 1)

    assert share == 0.75
    assert 0.29 < interval.low < 0.31
    assert precision(0, 0) is None


def test_rules_that_ask_a_changed_rule_are_changed_too():
    asks = SOUND.replace("insult.example", "insult.asks").replace(
        "terms: [だめなことば]", "rule: insult.example"
    )
    other = SOUND.replace("insult.example", "insult.other")
    live = sources(example=SOUND, asks=asks, other=other)
    candidate = live.with_file("pack", "insult/example.yaml", SOUND.replace("score: 0.5", "score: 0.4"))

    assert unchanged(candidate, live) == {"insult.other"}


def test_texts_about_minors_stay_out_of_the_report():
    test = Backtest(
        sources(example=SOUND), sources(), since=NOON, until=NOON, rooms={}, strikes={}, decided={}, rescore=None
    )  # fmt: skip
    one = Archived(
        "m1",
        "だめなことば",
        "a",
        None,
        "viewer",
        "unknown",
        "r",
        "fps",
        None,
        None,
        NOON,
        {},
        True,
        False,
    )
    test.feed([one, replace(one, id="m2", minors=False)])

    assert [example.text for rule in test.finish().rules for example in rule.examples] == ["", "だめなことば"]


def test_raised_scores_are_made_anew():
    scored = SOUND.replace("terms: [だめなことば]", "score: insult\n  at_least: 0.8")
    given = {"since": NOON, "until": NOON, "rooms": {}, "strikes": {}, "decided": {}}
    raised = Archived(
        "m1",
        "やあ",
        "a",
        None,
        "viewer",
        "unknown",
        "r",
        "fps",
        None,
        None,
        NOON,
        {"insult": 0.9},
        False,
        True,
    )
    test = Backtest(sources(example=scored), sources(), rescore=lambda views: {"insult": 0.1}, **given)
    test.feed([raised, replace(raised, raised=False)])

    report = test.finish()
    assert (report.hits.total, report.rescored) == (1, 1)


def test_a_backtest_whose_worker_died_is_begun_anew(database, kept):
    version = kept(database)
    with database.write() as unit:
        active = rulesets.active(unit.connection).version
        made = asked.ask(
            unit.connection,
            version=version,
            against=active,
            service="test",
            since=NOON,
            until=NOON,
            by="user:a",
            now=NOON,
        )
        assert asked.take(unit.connection, made.id, now=NOON) is not None
        assert asked.take(unit.connection, made.id, now=NOON + timedelta(seconds=30)) is None
        late = NOON + asked.DEAD_AFTER + timedelta(seconds=1)
        assert asked.stuck(unit.connection, now=late, most=9) == [made.id]
        assert asked.take(unit.connection, made.id, now=late) is not None
        asked.end(unit.connection, made.id, report={"messages": 1}, now=late)
        assert asked.get(unit.connection, made.id).state == asked.DONE


def test_a_worker_runs_it_and_tells_how_far_it_is(sqlite_database, sqlite_settings, redis, kept, monkeypatch):
    archived(sqlite_database, sqlite_settings, *["だめなことば"] * 5)
    version = kept(sqlite_database)
    monkeypatch.setattr(backtest_read, "CHUNK", 2)
    monkeypatch.setattr(run_backtest, "_TELL_SECONDS", 0.0)
    told = []

    def tell(connection, backtest_id, *, done, total, now):
        told.append((done, total))
        stored(connection, backtest_id, done=done, total=total, now=now)

    stored = asked.tell
    monkeypatch.setattr(asked, "tell", tell)
    with sqlite_database.write() as unit:
        made = asked.ask(
            unit.connection, version=version, against=rulesets.active(unit.connection).version, service="test",
            since=NOON - timedelta(days=1), until=NOON + timedelta(days=1), by="user:a", now=NOON,
        )  # fmt: skip
    process.start(sqlite_settings)
    try:
        assert Jobs(redis).run_backtest(made.id)
        assert Jobs(redis).run_backtest(made.id)  # asked for twice, run once
        SimpleWorker([long_queue(redis)], connection=redis, serializer=JSONSerializer).work(burst=True)
    finally:
        process.stop()

    with sqlite_database.read() as connection:
        done = asked.get(connection, made.id)
    assert (done.state, done.report["messages"]) == (asked.DONE, 5)
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]
    assert (done.done, done.total) == (5, 5)


def test_the_job_runs_it_and_keeps_the_report(sqlite_database, sqlite_settings, kept):
    archived(sqlite_database, sqlite_settings, "だめなことば", "ふつう")
    version = kept(sqlite_database)
    with sqlite_database.write() as unit:
        active = rulesets.active(unit.connection).version
        made = asked.ask(
            unit.connection, version=version, against=active, service="test", since=NOON - timedelta(days=1),
            until=datetime.now(UTC), by="user:a", now=NOON,
        )  # fmt: skip
    process.start(sqlite_settings)
    try:
        run_backtest.run(made.id)
    finally:
        process.stop()

    with sqlite_database.read() as connection:
        done = asked.get(connection, made.id)
    assert (done.state, done.report["messages"]) == (asked.DONE, 2)
    assert any(
        one["rule_id"] == "insult.example" and one["new"]["total"] == 1 for one in done.report["rules"]
    )
