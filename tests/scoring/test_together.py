"""Requests that come in at the same moment are scored as one batch, and stay each other's strangers."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest

from moderation.errors import MessageConflict, RateLimited, StoreUnavailable
from moderation.scoring.intake import Intake
from moderation.scoring.terms import Limits, Payment
from moderation.storage.chat.live import LiveState
from moderation.storage.chat.rate_limit import Bucket
from moderation.storage.chat.windows import RedisWindows
from moderation.storage.redis import connect_async
from tests.support.factories import message

FLAGGED = "早く死ねよお前"


@asynccontextmanager
async def open_intake(engines, database, redis_url):
    line = connect_async(redis_url)
    with ThreadPoolExecutor(1) as writer:
        yield Intake(
            engines=engines,
            database=database,
            live=LiveState(line, answer_hours=1, room_hours=1, stream_cap=1000),
            windows=RedisWindows(line),
            writer=writer,
            limits=Limits(context_messages=10, hold_for=timedelta(minutes=5)),
        )
    await line.aclose()


def score_together(engines, database, redis_url, asked, *, spoil=None):
    """What several requests, all begun in one turn of the loop, come to."""

    async def run():
        async with open_intake(engines, database, redis_url) as intake:
            if spoil is not None:
                spoil(intake)
            calls = [intake.score("test", messages, payment=payment) for messages, payment in asked]
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(run())


def verdict(row):
    return msgspec.json.decode(row)


@pytest.fixture
def together(engines, sqlite_database, redis, redis_url):
    def run(*asked, spoil=None):
        return score_together(engines, sqlite_database, redis_url, asked, spoil=spoil)

    return run


def test_each_request_gets_the_answers_of_its_own_messages(together):
    texts = ["おはよう", FLAGGED, "ナイス！"]

    found = together(*[([message(text, id=f"m-{at}")], None) for at, text in enumerate(texts)])

    assert [verdict(row)["id"] for [row] in found] == ["m-0", "m-1", "m-2"]
    assert [verdict(row)["review"] for [row] in found] == [False, True, False]


def test_the_same_id_in_two_requests_is_one_message(together, redis):
    same, other = message("おはよう", id="m-1"), message("ちがう話", id="m-1")

    [[first], [again], [conflict]] = together(([same], None), ([same], None), ([other], None))

    assert first == again
    assert isinstance(conflict, MessageConflict)
    assert redis.xlen("ibasho:scored") == 1


def test_a_save_that_fails_is_told_to_those_who_needed_it_only(together):
    def spoil(intake):
        def refuse(items):
            raise StoreUnavailable("The database is away.")

        intake._settling._saving._write = refuse

    clean, flagged = together(
        ([message("おはよう", id="m-1")], None),
        ([message("やあ", id="m-2"), message(FLAGGED, id="m-3")], None),
        spoil=spoil,
    )

    assert verdict(clean[0])["verdict"] == "allow"
    assert isinstance(flagged, StoreUnavailable)


def test_who_cannot_pay_does_not_stop_the_others(together):
    bucket = Bucket(key_id="k", rate=1, size=1)

    def settle(toll):
        if toll.retry_after:
            raise RateLimited(toll.retry_after)

    payment = Payment(bucket=bucket, cost=1, settle=settle)
    paid, refused, free = together(
        ([message("やあ", id="m-1")], payment),
        ([message("やあ", id="m-2")], Payment(bucket=bucket, cost=1, settle=settle)),
        ([message("やあ", id="m-3")], None),
    )

    assert isinstance(refused, RateLimited)
    assert [verdict(row)["verdict"] for row in (*paid, *free)] == ["allow", "allow"]


def test_a_message_that_breaks_the_engine_fails_alone(together):
    def spoil(intake):
        engine = intake._engines.current
        begin = type(engine).begin

        class Brittle(type(engine)):
            def begin(self, messages, **given):
                if any(one.id == "m-2" for one in messages):
                    raise ZeroDivisionError
                return begin(self, messages, **given)

        intake._engines._engine = Brittle(text=engine.text, rules=engine.rules, policy=engine.policy)

    good, bad = together(
        ([message("やあ", id="m-1")], None), ([message("やあ", id="m-2")], None), spoil=spoil
    )

    assert verdict(good[0])["verdict"] == "allow"
    assert isinstance(bad, ZeroDivisionError)
