"""Turns between threads: fair, bounded, never lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest

from moderation.storage.turns import Turns


def waiting(turns, number):
    """Until so many wait."""
    deadline = time.monotonic() + 5
    while len(turns._waiting) < number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_who_came_first_goes_first_however_often_others_ask_again():
    turns, order = Turns(1), []

    def take(number):
        with turns.one(5):
            order.append(number)

    with ThreadPoolExecutor(9) as pool:
        with turns.one(5):
            for number in range(8):
                pool.submit(take, number)
                waiting(turns, number + 1)
        for number in range(8, 12):
            take(number)

    assert order == list(range(12))


def test_never_more_have_their_turn_than_may():
    turns, inside, most = Turns(3), [], []

    def take(number):
        with turns.one(5):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.001)
            inside.remove(number)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(take, range(60)))

    assert max(most) == 3


def test_who_waits_too_long_leaves_and_holds_up_nobody():
    turns, done = Turns(1), Event()

    with ThreadPoolExecutor(1) as pool:
        with turns.one(5):
            with pytest.raises(TimeoutError), turns.one(0.01):
                pass
            later = pool.submit(lambda: turns.one(5).__enter__() or done.set())
            waiting(turns, 1)
        later.result(5)

    assert done.is_set()


def test_a_turn_ends_with_an_error():
    turns = Turns(1)
    with suppress(KeyError), turns.one(0.01):
        raise KeyError

    with turns.one(0.01):
        pass
