"""A rule set comes into force when every live process has it: all at once, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation.bootstrap import EngineRoom
from moderation.errors import StoreUnavailable
from moderation.rulebook import edits, followed
from moderation.rulebook.errors import RuleSetConflict, RuleSetNotFound
from moderation.rulebook.followed import FollowedRules
from moderation.scoring.ruleset import RuleSources
from moderation.storage.accounts import audit
from moderation.storage.rules import activation, rulesets
from moderation.storage.rules.activation import LIVE, PATIENCE, Beat
from moderation.storage.tables.delivery import audit as audit_table
from rules.cost import CostMeter
from tests.rulesets.conftest import LATER
from tests.support.factories import NOON

SECOND = timedelta(seconds=1)


def sign(name, *, at, proposal_seq=0, problem=None):
    return Beat(
        id=name, host="host", pid=1, started_at=NOON, beat_at=at, active_seq=1, proposal_seq=proposal_seq,
        problem=problem,
    )  # fmt: skip


def beat(database, *signs):
    with database.write() as unit:
        for one in signs:
            activation.beat(unit.connection, one)


def propose(database, version, *, at=LATER, act="activate"):
    with database.write() as unit:
        return activation.propose(unit.connection, version, by="user:aoki", now=at, act=act)


def settle(database, at):
    with database.write() as unit:
        return activation.settle(unit.connection, now=at)


def active(database):
    with database.read() as connection:
        found = rulesets.active(connection)
    assert found is not None
    return found


def test_it_waits_for_every_live_process_and_then_flips_once(database, kept):
    version = kept(database)
    beat(database, sign("a", at=LATER), sign("b", at=LATER))
    asked = propose(database, version)

    beat(database, sign("a", at=LATER, proposal_seq=asked.seq))
    assert settle(database, LATER + SECOND).state == "waiting"
    assert active(database).version != version

    beat(database, sign("b", at=LATER, proposal_seq=asked.seq))
    assert settle(database, LATER + 2 * SECOND).state == "active"
    assert active(database).version == version
    assert settle(database, LATER + 3 * SECOND) is None


def test_a_process_that_was_not_heard_of_is_not_waited_for(database, kept):
    version = kept(database)
    beat(database, sign("late", at=LATER - LIVE - SECOND))

    propose(database, version)

    assert settle(database, LATER).state == "active"


def test_a_process_that_cannot_run_it_stops_it_and_the_running_set_stays(database, kept):
    version, before = kept(database), active(database).version
    beat(database, sign("a", at=LATER))
    asked = propose(database, version)

    beat(database, sign("a", at=LATER, proposal_seq=asked.seq, problem="MemoryError: "))

    ended = settle(database, LATER)
    assert (ended.state, ended.why) == ("refused", "process 1 on host: MemoryError: ")
    assert active(database).version == before


def test_one_that_is_live_and_does_not_answer_ends_it(database, kept):
    version = kept(database)
    beat(database, sign("a", at=LATER))
    propose(database, version)

    beat(database, sign("a", at=LATER + PATIENCE))
    ended = settle(database, LATER + PATIENCE)

    assert ended.state == "refused"
    assert "did not take it up within 10 s" in ended.why
    assert propose(database, version, at=LATER + 2 * PATIENCE).state == "waiting"


def test_only_one_is_on_its_way(database, kept):
    version = kept(database)
    other = kept(database, note="other", path="insult/example.yaml", text="id: broken")
    beat(database, sign("a", at=LATER))
    propose(database, version)

    with pytest.raises(RuleSetConflict, match="on its way"):
        propose(database, other)
    with pytest.raises(RuleSetNotFound):
        propose(database, "rs-000000000000")
    with pytest.raises(RuleSetConflict, match="in force already"):
        propose(database, active(database).version)


def test_who_activated_what_is_in_the_audit_trail(database, kept):
    before, version = active(database).version, kept(database)
    propose(database, version)
    settle(database, LATER)

    with database.read() as connection:
        [entry] = connection.execute(audit_table.select()).mappings()
        assert audit.verify(connection) is None
    assert (entry["actor"], entry["act"], entry["object"]) == ("user:aoki", "ruleset.activate", version)
    assert entry["data"] == {"from": before, "processes": 0, "act": "activate"}


def test_rollbacks_go_back_step_by_step(database, kept):
    first, second = active(database).version, kept(database)
    third = kept(database, path="insult/other.yaml")
    for version in (second, third):
        propose(database, version)
        settle(database, LATER)

    went = []
    while True:
        with database.read() as connection:
            back = rulesets.before_active(connection)
        if back is None:
            break
        propose(database, back, act=rulesets.ROLLBACK)
        settle(database, LATER)
        went.append(active(database).version)

    assert went == [second, first]


class Follower:
    """A scoring process, without scoring."""

    def __init__(self, database, compile_sources=lambda sources: sources.version):
        self.database = database
        self.rules = FollowedRules(compile_sources, now=NOON)

    def refresh(self, at):
        with self.database.read() as connection:
            news = self.rules.has_news(connection)
        self.rules.follow(self.database)
        self.rules.beat(self.database, now=at)
        self.rules.follow(self.database)
        return news


class FakeBridge:
    def __init__(self, sources: RuleSources):
        self.version = sources.version
        self.rule_set = type("Rules", (), {"rules": ()})
        self.meter = CostMeter()


def test_processes_take_it_up_together_and_compile_it_once(database, kept):
    compiled = []

    def compile_sources(sources):
        compiled.append(sources.version)
        return FakeBridge(sources)

    one, two = Follower(database, compile_sources), Follower(database, compile_sources)
    for follower in (one, two):
        follower.refresh(LATER)
    version = kept(database)
    propose(database, version)

    assert one.refresh(LATER + SECOND)
    assert one.rules.bridge.version != version
    two.refresh(LATER + SECOND)
    one.refresh(LATER + SECOND)

    assert [one.rules.bridge.version, two.rules.bridge.version] == [version, version]
    assert compiled.count(version) == 2
    assert not one.refresh(LATER + 2 * SECOND)


def test_a_process_that_dies_on_it_says_why(database, kept):
    version = kept(database)

    def compile_sources(sources):
        if sources.version == version:
            raise MemoryError("too large")
        return FakeBridge(sources)

    one = Follower(database, compile_sources)
    one.refresh(LATER)
    asked = propose(database, version)
    one.refresh(LATER)

    with database.read() as connection:
        ended = activation.proposal(connection, asked.seq)
    assert ended.state == "refused"
    assert ended.why.endswith("MemoryError: too large")
    assert one.rules.bridge.version != version


def test_one_that_leaves_is_not_waited_for(database, kept):
    one = Follower(database, FakeBridge)
    one.refresh(LATER)
    one.rules.leave(database)

    propose(database, kept(database))

    assert settle(database, LATER).state == "active"


def test_one_number_never_means_two_things_though_two_people_keep_their_edits_at_once(database, kept):
    kept(database)
    with database.read() as connection:
        [path, text, *_] = next(iter(rulesets.active(connection).sources.packs.items()))
        drafts = [
            edits.draft(
                connection,
                [edits.Edit(kind="pack", path=path, text=text.replace("score: 0.", f"score: 0.{digit}"))],
            )
            for digit in "12"
        ]
    with database.write() as unit:
        edits.keep(unit, drafts[0], by="user:aoki", now=LATER)

    with (
        database.write() as unit,
        pytest.raises(RuleSetConflict, match="at the same moment; send yours again"),
    ):
        edits.keep(unit, drafts[1], by="user:baba", now=LATER)


def test_what_is_edited_makes_another_version_even_where_only_a_comment_changed(packs):
    path, text = next(iter(packs.packs.items()))

    assert packs.with_file("pack", path, text + "# seen\n").version != packs.version
    assert replace(packs).version == packs.version


def test_a_process_that_was_too_busy_to_say_so_is_late_until_it_looked(database, kept, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(followed, "monotonic", lambda: clock[0])
    one = FollowedRules(FakeBridge, now=NOON)
    assert one.late
    one.take_up(database)
    assert not one.late
    version = kept(database)
    with database.write() as unit:  # the others did not wait for it
        rulesets.activate(unit.connection, version=version, by="user:test", now=LATER)

    clock[0] += followed.LATE_SECONDS

    assert one.late
    one.take_up(database)
    assert (one.late, one.bridge.version) == (False, version)


def test_requests_do_not_wait_for_a_database_that_is_away(sqlite_settings, sqlite_database, monkeypatch):
    room = EngineRoom(sqlite_settings, sqlite_database)
    monkeypatch.setattr(followed, "LATE_SECONDS", 0.0)
    assert room.late

    with monkeypatch.context() as patch:
        patch.setattr(room._rules, "follow", away)
        room.confirm()
        assert not room.late  # the follower goes on looking

    room.refresh()
    assert room.late


def away(database):
    raise StoreUnavailable("no database")


def test_late_comes_before_nobody_waits_any_more():
    assert activation.LIVE.total_seconds() > followed.LATE_SECONDS
