"""The whole way from recorded messages to a verdict."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from moderation.campaigns.campaign import Audience, AudienceKind
from moderation.campaigns.effect import Reason, Verdict, effect
from moderation.campaigns.words import sentences
from moderation.settings import Settings
from moderation.storage.database import Database, open_database
from moderation.storage.trends import campaigns, gaps
from moderation.taxonomy import Category
from tests.campaigns.world import (
    DAY,
    LATER,
    PSEUDONYMS,
    PUBLISHED,
    article,
    chat,
    keep,
    pinned,
    series,
    weeks,
)


@pytest.fixture(scope="module")
def recorded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory):
    """Folders with weeks on both sides of an article, and the model that counted them: recorded once an effect."""

    @cache
    def record(effect: float):
        folder = tmp_path_factory.mktemp("weeks")
        shutil.copytree(sqlite_template, folder, dirs_exist_ok=True)
        database = open_database(Settings(data_dir=folder))
        model = pinned(database)
        weeks(database, model, effect=effect)
        database.dispose()
        return folder, model

    return record


@pytest.fixture
def service_with(recorded, tmp_path: Path) -> Iterator[Callable[..., tuple[Database, object]]]:
    """A service of one's own with such weeks: its database, and its measurement model."""
    with ExitStack() as open_ones:

        def copied(*, effect: float):
            folder, model = recorded(effect)
            database = open_database(Settings(data_dir=shutil.copytree(folder, tmp_path / "data")))
            open_ones.callback(database.dispose)
            return database, model

        yield copied


def test_a_fall_is_told_with_every_estimate_beside_it(database):
    model = pinned(database)
    weeks(database, model, effect=0.5)
    campaign = article(database, model)

    found = effect(series(database, campaign))

    assert found.verdict is Verdict.LESS
    assert Reason.BEYOND_CHANCE in found.reasons
    assert Reason.CONTROL_AGREES in found.reasons
    for estimate in (found.level, found.control):
        assert estimate.interval.low < 0.5 < estimate.interval.high
    assert found.series.ratio.value == pytest.approx(0.5, abs=0.08)
    assert (found.series.before.length, found.series.after.length) == (42, 28)
    said = sentences(found)
    assert said[0] == "判定：減った"
    assert any(line.startswith("1,000件あたり、公開前は") for line in said)


def test_without_an_effect_nothing_is_told(service_with):
    database, model = service_with(effect=1.0)

    found = effect(series(database, article(database, model)))

    assert (found.verdict, found.reasons) == (Verdict.UNCLEAR, (Reason.WITHIN_CHANCE,))


def test_a_rule_change_in_the_middle_of_the_window_moves_nothing(sqlite_database):
    """From the publication on, new rules and a new classifier flag half of all messages live."""
    model = pinned(sqlite_database)
    changed = {"n": 0}

    def live(one):
        if one.sent_at < PUBLISHED:
            return one.categories
        changed["n"] += 1
        return ["insult"] if changed["n"] % 2 else one.categories

    weeks(sqlite_database, model, live=live)
    campaign = article(sqlite_database, model)

    found = effect(series(sqlite_database, campaign))

    assert found.verdict is Verdict.UNCLEAR
    assert found.series.ratio.value == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize(
    ("days_later", "reason"), [(-1, Reason.NOT_PUBLISHED), (0, Reason.TOO_EARLY), (7, Reason.TOO_EARLY)]
)
def test_too_early_is_said(sqlite_database, days_later, reason):
    model = pinned(sqlite_database)
    found = effect(series(sqlite_database, article(sqlite_database, model), now=PUBLISHED + days_later * DAY))

    assert (found.verdict, found.reasons[0]) == (Verdict.UNCLEAR, reason)


def test_a_service_that_was_never_measured_is_told_so(sqlite_database):
    found = effect(series(sqlite_database, article(sqlite_database, None)))

    assert found.reasons == (Reason.NOT_MEASURED,)


def test_a_window_across_a_re_pinning_without_overlap_cannot_be_told(sqlite_database):
    old, new = pinned(sqlite_database, "old"), pinned(sqlite_database, "new", at=PUBLISHED)
    weeks(sqlite_database, old, before=21, after=0)
    dice = random.Random(4)
    later = [one for day in range(1, 15) for one in chat((PUBLISHED + day * DAY).date(), dice, insults=0.05)]
    keep(sqlite_database, later, new)

    found = effect(series(sqlite_database, article(sqlite_database, new)))

    assert (found.verdict, found.reasons) == (Verdict.UNCLEAR, (Reason.REPINNED,))


def test_with_an_overlap_the_model_that_counted_both_sides_is_taken(sqlite_database):
    old, new = pinned(sqlite_database, "old"), pinned(sqlite_database, "new", at=PUBLISHED)
    dice = random.Random(4)
    for days, models, rate in ((range(-28, 0), (old,), 0.2), (range(22), (old, new), 0.05)):
        records = [one for day in days for one in chat((PUBLISHED + day * DAY).date(), dice, insults=rate)]
        keep(sqlite_database, records, *models)

    found = effect(series(sqlite_database, article(sqlite_database, new)))

    assert found.series.source == old.source
    assert found.verdict is Verdict.LESS


def test_another_article_about_the_same_is_named_and_is_no_control(service_with):
    database, model = service_with(effect=0.5)
    campaign = article(database, model)
    article(
        database,
        model,
        name="c2",
        published_at=PUBLISHED + 3 * DAY,
        categories=(Category.INSULT, Category.SPAM_SCAM),
    )

    found = effect(series(database, campaign))

    assert Reason.OVERLAP in found.reasons
    assert found.series.others == ("記事 c2",)
    assert found.control is None  # spam was written about too, and nothing else was ever hit
    assert any("どの記事によるものかは分けられません" in line for line in sentences(found))


def test_days_that_lost_much_are_left_out_and_said(service_with):
    database, model = service_with(effect=0.5)
    with database.write_archive() as unit:
        gaps.note(unit.connection, service="stream", why="redis_away", messages=900, at=PUBLISHED + 5 * DAY)

    found = effect(series(database, article(database, model)))

    assert found.series.gaps == 1
    assert Reason.GAPS in found.reasons
    assert 5 not in found.series.days.number


@pytest.mark.parametrize(
    "audience",
    [
        Audience(kind=AudienceKind.ROOM_CATEGORIES, values=("fps",)),
        Audience(kind=AudienceKind.ROOMS, values=tuple(f"r{n}" for n in range(25))),
    ],
)
def test_an_audience_of_some_rooms_is_compared_with_the_others(service_with, audience):
    database, model = service_with(effect=0.5)

    found = effect(series(database, article(database, model, audience=audience)))

    assert found.level.ratio == pytest.approx(0.5, abs=0.12)
    assert found.rooms.interval.low < 1 < found.rooms.interval.high  # the other rooms fell as well
    assert (found.verdict, found.reasons[0]) == (Verdict.UNCLEAR, Reason.CONTROL_DISAGREES)


def test_readers_are_compared_with_everybody_else_and_can_be_forgotten(service_with):
    database, model = service_with(effect=1.0)
    campaign = article(database, model)
    readers = [PSEUDONYMS.of("stream", "author", f"a{n}") for n in range(100)]
    with database.write() as unit:
        assert campaigns.add_readers(unit.connection, "c1", [(one, LATER) for one in readers * 2]) == 100
        campaigns.forget_reader(unit.connection, readers[0])
        assert campaigns.reader_count(unit.connection, "c1") == 99

    found = effect(series(database, campaign))

    assert found.readers.interval.low < 1 < found.readers.interval.high


def test_one_message_a_day_is_too_little(sqlite_database):
    model = pinned(sqlite_database)
    days = [(PUBLISHED + offset * DAY).date() for offset in range(-20, 21)]
    keep(sqlite_database, [chat(day, random.Random(1), insults=0.5)[0] for day in days], model)

    found = effect(series(sqlite_database, article(sqlite_database, model)))

    assert found.reasons == (Reason.TOO_FEW_HITS,)
