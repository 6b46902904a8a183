"""Buckets of tokens in Redis."""

import asyncio
import time

import pytest

from moderation.storage.chat.rate_limit import Bucket, RateLimits
from moderation.storage.redis import connect_async


@pytest.fixture
def take(redis_url):
    """Take tokens of a bucket of ten that gets one a second; ``times`` requests at once."""

    def run(*costs, bucket):
        async def all_at_once():
            client = connect_async(redis_url)
            try:
                limits = RateLimits(client)
                return await asyncio.gather(*[limits.take(bucket, cost) for cost in costs])
            finally:
                await client.aclose()

        return asyncio.run(all_at_once())

    return run


TEN = Bucket(key_id="k-1", rate=1, size=10)


def test_a_full_bucket_gives_what_it_holds_and_no_more(take):
    tolls = take(*[1] * 12, bucket=TEN)

    assert sorted(toll.retry_after for toll in tolls) == [0] * 10 + [1, 1]
    assert {toll.remaining for toll in tolls} == set(range(10))
    assert {toll.reset for toll in tolls} == set(range(1, 11))
    assert {toll.limit for toll in tolls} == {10}


def test_the_wait_is_as_long_as_the_tokens_need(take):
    take(10, bucket=TEN)

    [toll] = take(7, bucket=TEN)

    assert toll.retry_after == 7
    assert toll.remaining == 0


def test_tokens_come_back_with_time(take):
    fast = Bucket(key_id="k-1", rate=1000, size=10)
    take(10, bucket=fast)
    time.sleep(0.02)

    [toll] = take(10, bucket=fast)

    assert toll.retry_after == 0


def test_more_than_a_bucket_holds_passes_when_it_is_full(take):
    first, second = take(500, 1, bucket=TEN)

    assert first.retry_after == 0
    assert second.retry_after == 1


def test_keys_do_not_share(take):
    take(10, bucket=TEN)

    [toll] = take(1, bucket=Bucket(key_id="k-2", rate=1, size=10))

    assert toll.retry_after == 0


def test_a_bucket_that_is_full_again_leaves_nothing_behind(take, redis):
    take(1, bucket=TEN)

    [key] = redis.keys("ibasho:t:*")
    assert 0 < redis.ttl(key) <= 11
