"""Days that are over are packed: nothing that is counted may change by it, whatever comes between."""

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count as numbers

import numpy as np
import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from moderation.storage import migrate
from moderation.storage.tables.archive import closed_groups
from moderation.storage.tables.archive import day_groups as open_groups
from moderation.storage.trends import day_groups
from moderation.storage.trends.day_groups import GroupDay
from moderation.trends.closing import close_days
from moderation.trends.count import LIVE, count
from moderation.trends.days import jst_day
from moderation.trends.figures import Figures
from tests.trends.world import BEFORE, PSEUDONYMS, WEEK, chatter, figures_of, keep, report_of
from tests.workers.factories import NOON, record
from workers.schedule import Schedule

DAYS = {"first": WEEK.first - timedelta(days=1), "last": WEEK.last}
SERVICES = numbers()


def close(database, last=WEEK.last):
    return close_days(database, last=last, most=100)


def counted(database, service="stream"):
    """What stands there, by day, segment, group and category; nothing where it is nought."""
    found = Counter()
    with database.read_archive() as archive:
        for one in day_groups.read(
            archive, service=service, source=LIVE, **DAYS, segments=lambda segment: segment.is_not(None)
        ):
            for which, at, group in np.argwhere(one.counts):
                key = one.day, one.segment, int(group), one.categories[at], int(which)
                found[key] += int(one.counts[which, at, group])
    return found


def expected(records):
    """The same by one plain count of everything."""
    return Counter(
        {
            (key.day, key.segment, key.grp, key.category, which): n
            for key, both in count(records, PSEUDONYMS.of).groups.items()
            for which, n in enumerate(both)
            if n
        }
    )


def rows(database, table):
    with database.read_archive() as archive:
        return archive.execute(select(func.count()).select_from(table)).scalar_one()


MESSAGES = st.tuples(
    st.integers(0, 2),
    st.integers(0, 9),
    st.integers(0, 3),
    st.sampled_from([(), ("insult",), ("threat", "insult")]),
)
STEPS = st.lists(st.one_of(st.lists(MESSAGES, min_size=1, max_size=6), st.integers(0, 2)), max_size=6)


@given(steps=STEPS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_closing_at_any_moments_changes_no_count(sqlite_database, steps):
    service, records = f"s{next(SERVICES)}", []
    for step in steps:
        if isinstance(step, int):
            close(sqlite_database, last=WEEK.first + timedelta(days=step))
            continue
        some = [
            record(
                service=service,
                id=f"m{len(records) + number}",
                author_id=f"a{author}",
                room_id=f"r{room}",
                sent_at=NOON + timedelta(days=day - 3),
                categories=list(categories),
                verdict="hold" if "threat" in categories else "allow",
            )
            for number, (day, author, room, categories) in enumerate(step)
        ]
        keep(sqlite_database, some)
        records += some

    assert counted(sqlite_database, service) == expected(records)


def test_a_closed_day_gives_the_very_same_figures_in_a_few_rows(database):
    keep(database, chatter(WEEK.first, 300, 40, authors=60) + chatter(BEFORE.last, 200, 30, authors=50))
    keep(database, chatter(WEEK.last, 50, 5))
    before, made = figures_of(database), report_of(database)

    assert close(database, last=WEEK.first) == 2

    assert rows(database, closed_groups) == 2 * 6  # author, room, pair, account, age, kind
    for one, other in zip(groups_in(figures_of(database)), groups_in(before), strict=True):
        np.testing.assert_array_equal(one, other)
    assert report_of(database) == made
    assert close(database, last=WEEK.first) == 0


def groups_in(figures: Figures):
    yield figures.groups.messages
    yield from (hits for _, hits in sorted(figures.groups.hits.items()))
    for _, part in sorted(figures.parts.items()):
        yield part.messages
        yield from (hits for _, hits in sorted(part.hits.items()))


def test_a_late_message_counts_at_once_and_is_packed_the_next_time(database):
    on_time, late = chatter(WEEK.first, 40, 4), chatter(WEEK.first, 30, 3, category="threat")
    keep(database, on_time)
    close(database)

    keep(database, late)
    keep(database, on_time)  # replayed

    assert rows(database, open_groups) > 0
    assert counted(database) == expected(on_time + late)
    assert close(database) == 1
    assert rows(database, open_groups) == 0
    assert counted(database) == expected(on_time + late)


CLOSE_AND_HANG = """
import sys
from datetime import date
from moderation.settings import Settings
from moderation.storage.trends import day_groups
from moderation.storage.database import open_database
database = open_database(Settings(data_dir=sys.argv[1], database_url=sys.argv[2] or None))
with database.write_archive() as unit:
    day_groups.close(unit.connection, "stream", date.fromisoformat(sys.argv[3]))
    print("closed", flush=True)
    sys.stdin.read()
"""


def test_whoever_is_killed_while_closing_loses_nothing(database, settings):
    records = chatter(WEEK.first, 60, 6)
    keep(database, records)
    close(database)
    keep(database, late := chatter(WEEK.first, 20, 2, category="threat"))
    arguments = [str(settings.data_dir), settings.database_url or "", WEEK.first.isoformat()]

    process = subprocess.Popen(
        [sys.executable, "-c", CLOSE_AND_HANG, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"closed\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert counted(database) == expected(records + late)
    assert close(database) == 1
    assert counted(database) == expected(records + late)


def test_recorders_and_two_who_close_may_all_be_at_it_at_once(database):
    parts = [
        [record(id=f"{part}-{n}", author_id=f"a{n}", sent_at=NOON, categories=["insult"]) for n in range(20)]
        for part in range(8)
    ]
    with ThreadPoolExecutor(4) as pool:
        work = [
            pool.submit(job, database, *more) for some in parts for job, *more in ((keep, some), (close,))
        ]
        for one in work:
            one.result()

    assert counted(database) == expected([one for some in parts for one in some])


def test_a_report_that_is_being_made_sees_a_day_closed_or_open_but_not_both(database):
    keep(database, records := chatter(WEEK.first, 30, 3))
    with database.read_archive() as archive:
        archive.execute(select(func.count()).select_from(closed_groups)).scalar_one()
        close(database)
        assert archive.execute(select(func.count()).select_from(closed_groups)).scalar_one() == 0
        assert archive.execute(select(func.count()).select_from(open_groups)).scalar_one() > 0
    assert counted(database) == expected(records)


@pytest.mark.parametrize("largest", [0, 255, 256, 2**40])
def test_counts_of_any_size_are_kept_exactly(sqlite_database, largest):
    counts = np.zeros((2, 2, 128), np.int64)
    counts[1, 1, 127] = largest
    day = GroupDay(WEEK.first, "author", ["all", "insult"], counts)
    with sqlite_database.write_archive() as unit:
        day_groups.keep(unit.connection, [("stream", LIVE, day)])

    assert counted(sqlite_database) == (
        {(WEEK.first, "author", 127, "insult", 1): largest} if largest else {}
    )


def test_the_schedule_closes_a_day_an_hour_after_its_end(redis, sqlite_database):
    keep(sqlite_database, chatter(WEEK.first, 5) + chatter(WEEK.first + timedelta(days=1), 5))
    schedule = Schedule(redis=redis, database=sqlite_database)

    def closed(**later):
        schedule.once(now=jst_day(WEEK.first)[1] + timedelta(**later))
        with sqlite_database.read_archive() as archive:
            return set(archive.execute(select(closed_groups.c.day)).scalars())

    assert closed(minutes=59) == set()
    assert closed(minutes=125) == {WEEK.first}


def test_going_back_a_version_gives_every_count_its_row_again(database):
    keep(database, records := chatter(WEEK.first, 60, 6))
    close(database)
    keep(database, late := chatter(WEEK.first, 20, 2, category="threat"))
    want = {key[:4]: n for key, n in expected(records + late).items() if key[4] == 0}

    with database.archive.begin() as connection:
        config = migrate._config("archive")
        config.attributes["connection"] = connection
        command.downgrade(config, "0003_measured")
    with database.read_archive() as archive:
        table = open_groups.c
        columns = (table.day, table.segment, table.grp, table.category, table.messages)
        found = {tuple(row[:4]): row[4] for row in archive.execute(select(*columns))}

    assert found == want
