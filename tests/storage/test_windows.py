"""Counters in Redis against counting by hand."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.storage.chat.windows import (
    MOST_MEMBERS,
    RedisWindows,
    add,
    kept_for,
    not_kept,
    window_key,
)
from moderation.storage.chat.windows_script import FEW
from moderation.storage.redis import connect_async
from rules.windows import ExactWindows, WindowRequest, WindowSpec

WITHIN = 60


def spec(measure, member=None):
    memory = 3600 if measure == "newcomers" else WITHIN
    return WindowSpec(
        id=f"w-{measure}", measure=measure, member=member, by=("room",), within=WITHIN, memory=memory
    )


SPECS = {
    "count": spec("count"),
    "distinct": spec("distinct", "author"),
    "newcomers": spec("newcomers", "author"),
}


def request(measure, *, at, member=None, key="k", adds=True):
    return WindowRequest(spec=SPECS[measure], key=f"{measure}:{key}", member=member, at=at, add=adds)


def run(redis_url, service, messages, **given):
    """Values of messages, each a (message id, requests) pair, sent one by one."""
    return run_together(redis_url, service, [[message] for message in messages], **given)


def run_together(redis_url, service, runs, *, count=True, **most):
    """Values of messages, several a run."""

    async def counting():
        redis = connect_async(redis_url)
        windows = RedisWindows(redis, **most)
        values = []
        for messages in runs:
            names, asked = zip(*messages, strict=True) if messages else ((), ())
            values += await windows.run(service, names, asked, count=count)
        await redis.aclose()
        return values

    return asyncio.run(counting())


REQUESTS = st.lists(
    st.lists(  # messages of one run
        st.tuples(
            st.sampled_from(sorted(SPECS)),
            st.sampled_from(
                [0, 1, 7, WITHIN - 1, WITHIN, 2 * WITHIN + 2, 3700]
            ),  # seconds since the one before
            st.sampled_from([f"a{number}" for number in range(2 * FEW)]),  # author
            st.sampled_from("xy"),  # room
        ),
        max_size=3 * FEW,
    ),
    max_size=4,
)
"""Counters that stay small, that grow large within a run or between two, and whose members all leave."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=REQUESTS)
def test_counts_equal_counting_by_hand(redis_url, redis, runs):
    redis.flushdb()
    now, sent = 1_000_000.0, []
    for number, messages in enumerate(runs):
        sent.append([])
        for at, (measure, later, author, room) in enumerate(messages):
            now += later
            member = None if measure == "count" else author
            sent[-1].append((f"m{number}-{at}", [request(measure, at=now, member=member, key=room)]))

    told = run_together(redis_url, "s", sent)

    assert told == ExactWindows().run([asked for messages in sent for _, asked in messages])
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter())


@pytest.mark.parametrize("measure", sorted(SPECS))
def test_counters_count_the_same_while_they_grow(redis_url, redis, measure):
    """One by one, with members that come late and again, from nothing to a sorted set."""
    sent = []
    for number in range(3 * FEW):
        member = None if measure == "count" else f"a{number * 7 % (2 * FEW)}"
        late = (
            40 if measure != "distinct" and number % 5 == 4 else 0
        )  # distinct things know their last time only
        sent.append((f"m{number}", [request(measure, at=1_000.0 + number - late, member=member)]))

    assert run(redis_url, "s", sent) == ExactWindows().run([asked for _, asked in sent])
    assert redis.type(window_key("s", sent[0][1][0])) == b"zset"


@pytest.mark.parametrize("measure", sorted(SPECS))
def test_a_message_sent_again_is_counted_once(redis_url, measure):
    member = None if measure == "count" else "a"
    again = ("m1", [request(measure, at=10.0, member=member)])

    assert run(redis_url, "s", [again, again, again])[-1] == {f"w-{measure}": 1}


def test_a_dry_run_counts_nothing(redis_url, redis):
    message = ("m1", [request("count", at=10.0)])

    assert run(redis_url, "s", [message], count=False) == [{"w-count": 0}]
    assert redis.keys() == []


def test_services_never_share_a_counter(redis_url):
    message = ("m1", [request("count", at=10.0)])

    assert [run(redis_url, service, [message]) for service in ("one", "two")] == [[{"w-count": 1}]] * 2


def test_memory_stays_bounded_under_a_flood_and_keys_expire(redis_url, redis):
    flood = [(f"m{n}", [request("count", at=10.0)]) for n in range(MOST_MEMBERS + 50)]

    values = run(redis_url, "s", flood)

    key = window_key("s", flood[0][1][0])
    assert values[-1] == {"w-count": MOST_MEMBERS}
    assert redis.zcard(key) == MOST_MEMBERS
    assert 0 < redis.ttl(key) <= 4 * WITHIN + 2


def test_counters_stay_bounded_whatever_is_sent_and_those_that_are_there_go_on(redis_url, redis):
    """A flood of ever new texts makes ever new counters."""
    texts = [(f"m{n}", [request("count", at=10.0, key=f"text-{n}")]) for n in range(30)]
    again = [(f"n{n}", asked) for n, (_, asked) in enumerate(texts)]

    values = run(redis_url, "s", [*texts, *again], most_counters=20)

    assert counters_of(redis, "s") == 20
    assert [found["w-count"] for found in values] == [1] * 30 + [2] * 20 + [1] * 10
    assert run(redis_url, "other", [texts[-1]], most_counters=20) == [{"w-count": 1}]
    assert counters_of(redis, "other") == 1
    assert not_kept(redis) == {("s", kept_for(SPECS["count"])): 20}


@pytest.mark.parametrize("members", [1, FEW + 1])
def test_a_counter_in_use_moves_on_before_it_would_expire(redis_url, redis, members):
    """As if somebody had last added to it in the slice of time before this one."""
    asked = request("count", at=10.0)
    key, keep = window_key("s", asked), kept_for(SPECS["count"])
    run(redis_url, "s", [(f"m{number}", [asked]) for number in range(members)])
    [current] = hashes_of(redis, "s")
    name, _, slice_ = current.rpartition(":")
    before = f"{name}:{int(slice_) - 1}"
    redis.rename(current, before)
    redis.expire(key, keep // 2)

    assert run(redis_url, "s", [("more", [asked]), ("again", [asked])])[-1] == {"w-count": members + 2}
    [left] = hashes_of(redis, "s")
    assert left != before
    assert redis.ttl(left) >= keep
    assert members == 1 or redis.ttl(key) >= keep


def test_whoever_begins_a_slice_frees_the_one_that_nobody_reads_any_more(redis_url, redis):
    run(redis_url, "s", [("m", [request("count", at=10.0)])])
    [current] = hashes_of(redis, "s")
    name, _, slice_ = current.rpartition(":")
    redis.rename(current, f"{name}:{int(slice_) - 2}")

    assert run(redis_url, "s", [("more", [request("count", at=10.0)])]) == [{"w-count": 1}]
    assert hashes_of(redis, "s") == [current]


def hashes_of(redis, service):
    """The hashes of a service's small counters."""
    return [key.decode() for key in redis.keys(f"ibasho:w:{service}:#*")]


def counters_of(redis, service):
    return sum(redis.hlen(name) for name in hashes_of(redis, service))


def test_reports_are_counted_by_their_intake_and_read_by_scoring(redis_url, redis):
    reports = WindowSpec(
        id="w-reports", measure="reports", member=None, by=("author",), within=WITHIN, memory=WITHIN
    )
    said = [WindowRequest(spec=reports, key="k", member=who, at=10.0, add=True) for who in ("a", "b", "a")]
    asked = WindowRequest(spec=reports, key="k", member=None, at=20.0, add=False)

    add(redis, "s", said)

    assert run(redis_url, "s", [("m1", [asked])]) == [{"w-reports": 2}]


def test_many_at_once_count_each_message_once_and_read_no_value_twice(redis_url, redis):
    """Eight connections at once: every message is told another number, as if they had come one by one."""

    async def one(lane):
        line = connect_async(redis_url)
        windows = RedisWindows(line)
        told = []
        for number in range(40):
            asked = [[request("count", at=10.0)]]
            told += [found["w-count"] for found in await windows.run("s", [f"m{lane}-{number}"], asked)]
        await line.aclose()
        return told

    async def all_at_once():
        return await asyncio.gather(*(one(lane) for lane in range(8)))

    told = [value for lane in asyncio.run(all_at_once()) for value in lane]

    assert sorted(told) == list(range(1, 321))
    assert redis.zcard(window_key("s", request("count", at=10.0))) == 320
