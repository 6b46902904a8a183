"""Guards: what is slow, or hits far too much while it is new, goes to the shadow by itself, with an alarm."""

from datetime import timedelta

import pytest

from moderation.rulebook import crowding, guards
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import RuleSources
from moderation.storage.accounts import accounts
from moderation.storage.chat import archive
from moderation.storage.chat.windows import NOT_KEPT
from moderation.storage.rules import alarms, costs, rulesets
from moderation.storage.rules.costs import Cost
from moderation.storage.tables.delivery import outbox
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.storage.webhooks import endpoints
from moderation.trends.days import jst_day_of
from rules.lock import read_lock
from tests.rules.support import SOUND
from tests.support.factories import NOON
from tests.workers.factories import record

VOICE = RuleSource("insult.voice", read_lock().rules["insult.voice"].version)
SOON = NOON + timedelta(minutes=10)


def hits(database, settings, number, *, of, at=SOON, rule=VOICE, start=0):
    rows = [
        record(
            id=f"m{start + one}", service="test", counted_at=at, sent_at=at, author_id=f"a{one}",
            rules=[(str(rule), "live")] if one < number else [],
        )
        for one in range(of)
    ]  # fmt: skip
    with database.write_archive() as unit:
        archive.record(unit.connection, rows, read_pseudonyms(settings).of)


def status(database, rule_id):
    with database.read() as connection:
        active = rulesets.active(connection)
    return next(item.rule.status for item in active.sources.loaded.rules if item.rule.id == rule_id)


def test_a_new_rule_that_hits_too_much_goes_to_the_shadow_and_everybody_hears(
    sqlite_database, sqlite_settings
):
    with sqlite_database.write() as unit:
        accounts.add_service(unit.connection, "test", name="test", now=NOON)
        endpoints.add(unit.connection, service="test", url="https://example.com/hook", now=NOON)
    hits(sqlite_database, sqlite_settings, 60, of=400)

    [found] = guards.guard(sqlite_database, now=SOON)

    assert (found.rule, found.kind) == (VOICE, alarms.TOO_BROAD)
    assert status(sqlite_database, "insult.voice") == "shadow"
    with sqlite_database.read() as connection:
        [alarm] = alarms.unseen(connection)
        sent = connection.execute(outbox.select()).mappings().all()
        last = rulesets.activations(connection, most=1)[0]
    assert alarm.data == {"hits": 60, "messages": 400, "per_cent": "15.0"}
    assert [row["type"] for row in sent] == ["rule.activated", "rule.auto_disabled"]
    assert (last.act, last.activated_by) == (rulesets.GUARD, guards.ACTOR)
    assert guards.guard(sqlite_database, now=SOON + timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    ("number", "of", "at"),
    [
        pytest.param(19, 60, SOON, id="too few to tell"),
        pytest.param(24, 400, SOON, id="six per cent, with an interval that reaches below five"),
        pytest.param(60, 400, NOON + timedelta(days=2), id="not new any more"),
    ],
)
def test_what_may_be_chance_or_is_old_stays(sqlite_database, sqlite_settings, number, of, at):
    hits(sqlite_database, sqlite_settings, number, of=of, at=at)

    assert guards.guard(sqlite_database, now=at) == []
    assert status(sqlite_database, "insult.voice") == "live"


def test_a_slow_rule_goes_to_the_shadow(sqlite_database):
    with sqlite_database.write() as unit:
        costs.add(unit.connection, [Cost(VOICE, 200, 200 * 600_000)], day=jst_day_of(SOON))

    [found] = guards.guard(sqlite_database, now=SOON)

    assert (found.kind, found.data) == (alarms.SLOW, {"microseconds": 600, "messages": 200})
    assert status(sqlite_database, "insult.voice") == "shadow"


def test_counters_that_are_not_kept_sound_an_alarm_for_the_rules_that_count_so(sqlite_database, redis):
    """A rule of ours counts comments of one author over ten seconds; other rules have other lengths."""
    redis.hset(NOT_KEPT, "ibasho:w:test:21", 7)

    found = crowding.watch(sqlite_database, redis, now=SOON)

    assert {one.rule.rule_id for one in found} >= {"disruption.flood"}
    assert {(one.kind, one.data["service"], one.data["not_kept"]) for one in found} == {
        (alarms.CROWDED, "test", 7)
    }
    assert crowding.watch(sqlite_database, redis, now=SOON + timedelta(minutes=1)) == []
    assert crowding.watch(sqlite_database, redis, now=SOON + timedelta(days=1)) == []
    redis.hincrby(NOT_KEPT, "ibasho:w:test:21", 1)
    assert len(crowding.watch(sqlite_database, redis, now=SOON + timedelta(days=1))) == len(found)


def test_rules_that_ask_it_go_along():
    asks = SOUND.replace("insult.example", "insult.asks").replace(
        "terms: [だめなことば]", "rule: insult.example"
    )
    sources = RuleSources(packs={"insult/example.yaml": SOUND, "insult/asks.yaml": asks}, lists={})

    changed = guards.in_shadow(sources, {"insult.example"})

    assert [item.rule.status for item in changed.loaded.rules] == ["shadow", "shadow"]


def test_a_jump_in_hits_sounds_an_alarm_and_changes_nothing(sqlite_database, sqlite_settings):
    hits(sqlite_database, sqlite_settings, 10, of=1_000, at=NOON + timedelta(days=2))
    hits(sqlite_database, sqlite_settings, 60, of=1_000, at=NOON + timedelta(days=3), start=5_000)

    now = NOON + timedelta(days=3, hours=1, minutes=5)
    [found] = guards.guard(sqlite_database, now=now)

    assert found.kind == alarms.RATE
    assert status(sqlite_database, "insult.voice") == "live"
    assert guards.guard(sqlite_database, now=now) == []
