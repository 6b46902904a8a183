"""Counters over time: what is asked for, and that the exact counter counts exactly."""

import os
import subprocess
import sys
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.subject import AuthorFacts, RoomFacts, TargetFacts
from rules.windows import ExactWindows, WindowRequest, WindowSpec, report_requests
from tests.rules.support import NOON, rule_data, ruleset, subject


def window(**given):
    return {
        "window": {
            "name": "w",
            "count": "messages",
            "by": ["author"],
            "within": "10s",
            "at_least": 3,
            **given,
        }
    }


def said(text="hi", author="a", room="r", target=None, seconds=0.0, **known):
    return subject(
        text,
        sent_at=NOON + timedelta(seconds=seconds),
        author=AuthorFacts(id=author),
        room=RoomFacts(id=room),
        target=TargetFacts(id=target),
        **known,
    )


def fired(rules, messages):
    """Which messages are hit when they come one by one with exact counters."""
    counters = ExactWindows()
    result = []
    for message in messages:
        [prepared] = rules.prepare([message])
        [values] = counters.run([prepared.window_requests()])
        [hits] = rules.match([prepared], [values])
        result.append(bool(hits))
    return result


def test_the_message_itself_is_counted_and_old_ones_leave():
    rules = ruleset(rule_data(window()))

    assert fired(rules, [said(seconds=at) for at in (0, 1, 2, 9.5, 12.5)]) == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_messages_are_counted_by_when_they_were_sent_not_when_they_came():
    rules = ruleset(rule_data(window()))

    assert fired(rules, [said(seconds=at) for at in (5, 3, 4, 3.5)]) == [False, False, False, False]
    assert fired(rules, [said(seconds=at) for at in (3, 4, 5)]) == [False, False, True]


def test_each_key_has_its_own_counter():
    rules = ruleset(rule_data(window(by=["author", "room"], at_least=2)))

    assert fired(rules, [said(), said(author="b"), said(room="s"), said()]) == [False, False, False, True]


def test_the_same_text_is_counted_in_its_folded_spelling():
    rules = ruleset(rule_data(window(by=["author", "text"], at_least=2, min_length=3)))

    assert fired(rules, [said("BUY"), said("b u y"), said("hi"), said("hi")]) == [False, True, False, False]


def test_distinct_counts_members_once():
    when = window(distinct="author", by=["target"], at_least=2)
    del when["window"]["count"]
    rules = ruleset(rule_data(when))

    assert fired(rules, [said(target="t"), said(target="t"), said(author="b", target="t")]) == [
        False,
        False,
        True,
    ]


def test_newcomers_are_counted_in_the_window_of_their_first_message_only():
    when = window(newcomers="author", by=["room"], at_least=2)
    del when["window"]["count"]
    rules = ruleset(rule_data(when))
    old, new = said(author="old"), [said(author=name, seconds=60) for name in ("old", "n1", "n2")]

    assert fired(rules, [old, *new]) == [False, False, False, True]


def test_only_messages_that_meet_where_are_counted():
    rules = ruleset(rule_data(window(at_least=2, where={"terms": ["bad"]})))

    assert fired(rules, [said("bad"), said("fine"), said("bad")]) == [False, False, True]


def test_without_a_key_nothing_is_asked_and_the_condition_is_unknown():
    rules = ruleset(
        rule_data({"any": [window(by=["target"], at_least=1), {"not": window(by=["target"], at_least=1)}]})
    )

    [prepared] = rules.prepare([said(target=None)])

    assert prepared.window_requests() == ()
    assert rules.match([prepared], [{}]) == [()]
    assert rules.match([prepared], None) == [()]


def test_a_message_that_does_not_count_reads_only_where_a_rule_could_fire():
    asks = {"all": [{"terms": ["link"]}, window(where={"terms": ["bad"]})]}
    rules = ruleset(rule_data(asks))

    def asked(text):
        [prepared] = rules.prepare([said(text)])
        return [request.add for request in prepared.window_requests()]

    assert asked("fine") == []
    assert asked("link") == [False]
    assert asked("bad") == [True]


def test_equal_windows_of_two_rules_are_one_counter():
    rules = ruleset(
        rule_data(window(name="one", at_least=2), "insult.a"),
        rule_data(window(name="two", at_least=9), "insult.b"),
    )

    assert len(rules.windows) == 1


def test_keys_are_short_and_apart_whatever_the_ids_are():
    rules = ruleset(rule_data(window(by=["author", "room"])))

    def key(author, room):
        [prepared] = rules.prepare([said(author=author, room=room)])
        [request] = prepared.window_requests()
        return request.key

    keys = {key("a", "bc"), key("ab", "c"), key("a\x00b", "c"), key("\ud800" * 100_000, ""), key("", "abc")}
    assert len(keys) == 5
    assert max(map(len, keys)) < 80


def test_every_process_gives_a_window_the_same_id():
    asks = (
        "from tests.rules.support import *;"
        "w={'name':'w','count':'messages','by':['author'],'within':'1m','at_least':2,'where':"
        "{'any':[{'author':{'role':['viewer','streamer','moderator']}},{'author':{'has_label':['a','b','c','d']}}]}};"
        "print(ruleset(rule_data({'window':w})).windows[0].id)"
    )
    ids = {
        subprocess.run(
            [sys.executable, "-c", asks],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(ids) == 1


def test_reports_count_different_reporters_of_the_author():
    rules = ruleset(rule_data({"reports": {"of": "author", "within": "1h", "at_least": 2}}))
    counters = ExactWindows()

    def hits():
        [prepared] = rules.prepare([said()])
        [values] = counters.run([prepared.window_requests()])
        return rules.match([prepared], [values]) != [()]

    seen = [hits()]
    for reporter in ("x", "x", "y"):
        added = report_requests(
            rules.windows, author="a", room="r", reporter=reporter, at=NOON.timestamp() - 60
        )
        counters.run([added])
        seen.append(hits())

    assert seen == [False, False, False, True]


specs = st.builds(
    lambda measure, within, memory: WindowSpec(
        id="w", measure=measure, member="author", by=("room",), within=within, memory=max(memory, within)
    ),
    st.sampled_from(["count", "distinct", "newcomers"]),
    st.integers(1, 5),
    st.integers(1, 20),
)


@given(specs, st.lists(st.tuples(st.integers(0, 25), st.sampled_from("abc"), st.booleans()), max_size=25))
def test_the_exact_counter_agrees_with_counting_by_hand(spec, events):
    counters = ExactWindows()
    history: list[tuple[int, str]] = []
    for at, member, add in events:
        [values] = counters.run([[WindowRequest(spec=spec, key="k", member=member, at=at, add=add)]])
        history += [(at, member)] if add else []
        inside = [(t, m) for t, m in history if at - spec.within < t <= at]
        remembered = [(t, m) for t, m in history if at - spec.memory < t <= at]
        expected = {
            "count": len(inside),
            "distinct": len({m for _, m in inside}),
            "newcomers": len({m for _, m in inside} - {m for t, m in remembered if t <= at - spec.within}),
        }
        assert values == {"w": expected[spec.measure]}
