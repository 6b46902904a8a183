"""A version never means two things: the lock file, and versions of rule sets."""

import pytest

from rules.compile import compile_rules
from rules.lock import LOCK, changed_without_version, check_lock, make_lock, read_lock, write_lock
from rules.problems import RulesError
from tests.rules.support import fold, load, rule_data, ruleset

WORDS = {"id": "words", "title": "語のリスト", "why": "Words for a test.", "terms": ["bad"]}


def loaded(words=WORDS, **changed):
    return load(rule_data({"lists": ["words"]}, **changed), lists={"words": words})


LOCKED = make_lock(loaded())


def codes(now):
    return [problem.code for problem in check_lock(now, LOCKED)]


def test_the_same_content_is_fine():
    assert codes(loaded()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "shadow"},
        {"tests": {"fires": ["bad", "bad too"], "silent": ["good"]}},
        {"date": "2027-01-01"},
        {"author": "someone"},
        {"why": "Said in better words."},
        {"false_positives": ["引用のときは人が見る。"]},
    ],
)
def test_what_a_rule_does_not_do_may_change(changed):
    assert codes(loaded(**changed)) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": "high"},
        {"score": 0.6},
        {"reason": "別の理由を書いた文です。"},
        {"exempt": {"roles": ["streamer"]}},
        {"then": {"verdict": "hold"}},
        {"words": {**WORDS, "terms": ["bad", "worse"]}},
        {"words": {**WORDS, "except": ["bad luck"]}},
    ],
)
def test_changed_content_without_a_new_version_is_refused(changed):
    assert codes(loaded(**changed)) == ["version_same"]
    assert changed_without_version(loaded(**changed), LOCKED) != ()


def test_a_new_version_wants_the_lock_written_anew_and_an_old_one_is_refused():
    newer = loaded(version=2, severity="high")

    assert codes(newer) == ["not_locked"]
    assert changed_without_version(newer, LOCKED) == ()
    assert [problem.code for problem in check_lock(loaded(), make_lock(newer))] == ["version_back"]


def test_a_rule_cannot_vanish():
    [problem] = check_lock(load(), LOCKED)

    assert (problem.code, problem.path) == ("vanished", "insult/example.yaml")


def test_a_lock_is_written_and_read_back(tmp_path):
    write_lock(LOCKED, tmp_path / "lock.json")

    assert read_lock(tmp_path / "lock.json") == LOCKED
    assert read_lock(tmp_path / "none.json").rules == {}


@pytest.mark.parametrize(
    "content", ["", "[]", '{"rules": {"a": 1}}', '{"rules": {"a": {"version": "x", "hash": ""}}}']
)
def test_a_broken_lock_is_named(tmp_path, content):
    (tmp_path / "lock.json").write_text(content, encoding="utf-8")

    with pytest.raises(RulesError, match=r"lock\.json: the lock file cannot be read"):
        read_lock(tmp_path / "lock.json")


def test_our_packs_are_locked():
    from rules.load import load_folder

    assert [str(problem) for problem in check_lock(load_folder(), read_lock(LOCK))] == []


def test_a_rule_sets_version_follows_its_content_only():
    one, two = rule_data({"terms": ["a"]}, "insult.a"), rule_data({"terms": ["b"]}, "insult.b")

    assert ruleset(one, two).version == ruleset(two, one).version
    assert ruleset(one).version != ruleset(one, two).version
    assert ruleset(one).version != ruleset({**one, "version": 2}).version
    words = {"id": "words", "title": "語のリスト", "why": "Words for a test.", "terms": ["c"]}
    assert ruleset(one).version != ruleset(one, lists={"words": words}).version


def test_modes_choose_among_live_and_shadow():
    rules = load(
        rule_data({"terms": ["a"]}, "insult.a"), rule_data({"terms": ["b"]}, "insult.b", status="shadow")
    )

    assert [rule.id for rule in compile_rules(rules, fold=fold, modes=["live"]).rules] == ["insult.a"]
    assert [rule.id for rule in compile_rules(rules, fold=fold).rules] == ["insult.a", "insult.b"]
