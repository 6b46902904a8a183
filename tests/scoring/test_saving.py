"""What has to be saved before answers leave: together where it can be, and each message once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from moderation.scoring.saving import Saving
from moderation.storage.chat.flagged import Flagged
from moderation.storage.tables.cases import case_hits, cases
from tests.support.factories import message
from tests.support.verdicts import verdict


def flagged(**given):
    return Flagged(message=message("ばか", **given), verdict=verdict())


def save_all(database, *calls, processes=1, spoil=None):
    """What calls, all begun at the same moment, come to; shared out to so many processes' savings."""

    async def run():
        with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
            savings = [
                Saving(database=database, writer=writer, hold_for=timedelta(minutes=5))
                for writer in (one, other)
            ][:processes]
            for saving in savings:
                if spoil is not None:
                    spoil(saving)
            waiting = [savings[at % processes].save(items) for at, items in enumerate(calls)]
            return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(run())


def test_requests_that_wait_are_saved_in_one_transaction(sqlite_database):
    commits = []

    def count(saving):
        commit = saving._commit
        saving._commit = lambda items, **given: commits.append(len(items)) or commit(items, **given)

    found = save_all(sqlite_database, *[[flagged(id=f"m-{n}")] for n in range(12)], spoil=count)

    assert all(("test", f"m-{n}") in one for n, one in enumerate(found))
    assert sum(commits) == 12
    assert len(commits) < 6


def test_processes_that_save_the_same_message_at_once_make_one_hit(database):
    for number in range(20):
        same = flagged(id=f"m-{number}")
        [case, *others] = save_all(database, [same], [same], processes=2)
        assert others == [case]

    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(case_hits)).scalar_one() == 20
        assert connection.execute(select(func.sum(cases.c.hits))).scalar_one() == 20


def test_a_message_that_cannot_be_saved_fails_alone(sqlite_database):
    def spoil(saving):
        commit = saving._commit

        def brittle(items, **given):
            if any(item.message.id == "bad" for item in items):
                raise ZeroDivisionError
            return commit(items, **given)

        saving._commit = brittle

    good, bad, late = save_all(
        sqlite_database, [flagged(id="m-1")], [flagged(id="bad")], [flagged(id="m-2")], spoil=spoil
    )

    assert isinstance(bad, ZeroDivisionError)
    assert len(good) == len(late) == 1


@pytest.mark.parametrize("synced", [True, False])
def test_a_commit_on_sqlite_waits_for_the_disk_where_it_is_asked_to(sqlite_database, synced):
    with sqlite_database.write(synced=False):
        pass  # a connection that was hasty before
    with sqlite_database.write(synced=synced) as unit:
        level = unit.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()

    assert level == (2 if synced else 1)
    sqlite_database.sync()
