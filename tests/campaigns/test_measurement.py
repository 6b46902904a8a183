from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from moderation import bootstrap
from moderation.campaigns.measurement import OVERLAP, measure, pin
from moderation.campaigns.pinning import Measures, pin_live
from moderation.scoring.decide import rounded
from moderation.storage.models import files
from moderation.storage.tables.archive import day_groups, day_totals, gaps, hour_totals, trend_buckets
from moderation.storage.trends import measurements
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.taxonomy import Category
from moderation.trends.groups import AUTHOR, KIND, PAIR, ROOM, UNKNOWN_ACCOUNTS
from tests.workers.factories import NOON, put, record
from workers.recorder import Recorder

PSEUDONYMS = Pseudonyms(b"a key for tests, 32 bytes or so.")
POINTS = {"insult": 0.2, "threat": 0.1}


def pinned(**given):
    parts = {
        "model": "model-1",
        "lexicon": "lexicon-1",
        "fold": "fold-1",
        "dictionary": "words-1",
        "points": POINTS,
    }
    return pin(**(parts | given), by="test", now=NOON)


def said(model, *records, score=None):
    found, left = measure(model, records, score)
    assert {one.id for one in left} == {name for _, name in found.missed}
    return found.hits, [one.id for one in left]


def test_the_live_scores_are_taken_where_the_model_is_the_live_one():
    one = record(category_scores={"insult": 0.2, "threat": 0.0999}, own_scores={})

    assert said(pinned(), one) == ({"stream": {"m1": ["insult"]}}, [])


def test_what_a_rule_says_does_not_count():
    one = record(
        category_scores={"insult": 1.0, "threat": 0.3}, own_scores={"insult": 0.01}, categories=["insult"]
    )

    assert said(pinned(), one) == ({"stream": {"m1": ["threat"]}}, [])


@pytest.mark.parametrize(
    "given",
    [
        {"own_scores": None},
        {"model_version": "newer"},
        {"lexicon_version": "newer"},
        {"fold_version": "newer"},
    ],
)
def test_every_other_message_is_scored_again(given):
    one = record(text="死ね", **{"category_scores": {"insult": 0.9}, "own_scores": {}} | given)

    assert said(pinned(), one) == ({}, ["m1"])

    def score(texts):
        assert texts == ["死ね"]
        return np.array([[0.5 * (category == "threat") for category in Category]])

    assert said(pinned(), one, score=score) == ({"stream": {"m1": ["threat"]}}, [])


def test_the_same_parts_are_the_same_model_and_any_other_part_another():
    assert pinned().version == pinned().version
    others = [
        {"model": "x"},
        {"lexicon": "x"},
        {"fold": "x"},
        {"dictionary": "x"},
        {"points": {"insult": 0.3}},
    ]
    assert len({pinned(**given).version for given in [{}, *others]}) == 6


def test_the_one_before_goes_on_for_four_weeks_after_a_new_one_is_pinned(
    model_dir, sqlite_settings, sqlite_database
):
    first = pin_live(sqlite_settings, sqlite_database, by="test", now=NOON)
    assert pin_live(sqlite_settings, sqlite_database, by="test", now=NOON) is None
    other = pinned(model=first.model)
    with sqlite_database.write() as unit:
        measurements.put(unit.connection, other, now=NOON)

    with sqlite_database.read() as connection:
        assert measurements.current(connection).version == other.version
        for later, counting in (
            (OVERLAP - timedelta(1), {first.version, other.version}),
            (OVERLAP, {other.version}),
        ):
            models = measurements.counting(connection, now=NOON + later)
            assert {one.version for one in models} == counting


def totals(database):
    """(source, category) to (messages, hits), as each table has it; they must agree."""
    found = {}
    with database.read_archive() as connection:
        for table, where in (
            (trend_buckets, True),
            (day_totals, True),
            (hour_totals, True),
            *(
                (day_groups, day_groups.c.segment == name)
                for name in (AUTHOR, ROOM, PAIR, f"{KIND}fps", UNKNOWN_ACCOUNTS)
            ),
        ):
            sums = Counter()
            for row in connection.execute(select(table).where(where)):
                sums[row.source, row.category, "messages"] += row.messages
                sums[row.source, row.category, "hits"] += row.hits
            found[table.name, str(where)] = +sums
    [same] = {frozenset(sums.items()) for sums in found.values()}
    return dict(same)


def test_the_recorder_counts_the_live_verdict_and_the_pinned_model_beside_each_other(
    model_dir, redis, settings, database
):
    bridge = bootstrap.load_classifier(settings)
    texts = ["ナイスエイム", "お前マジで死ねよカス", "次の試合がんばって", "ブスは配信すんな消えろ"]
    scores = [one.scores for one in bridge.classify(bridge.read(texts))]
    versions = {f"{name}_version": value for name, value in bridge.versions.items()}
    live = [
        record(
            id=f"live-{at}",
            text=text,
            author_id=f"a{at}",
            categories=["spam_scam"],  # a rule's
            category_scores={c.value: rounded(s) for c, s in said_.items()} | {"spam_scam": 1.0},
            own_scores={"spam_scam": rounded(said_["spam_scam"])},
            **versions,
        )
        for at, (text, said_) in enumerate(zip(texts, scores, strict=True))
    ]
    other = [record(id=f"other-{at}", text=text, author_id=f"b{at}") for at, text in enumerate(texts)]
    put(redis, *live, *other)

    Recorder(
        redis=redis, database=database, pseudonyms=PSEUDONYMS, measures=Measures(settings, database)
    ).drain()

    with database.read() as connection:
        model = measurements.current(connection)
    found = totals(database)
    points = model.points
    expected = Counter(c.value for said_ in scores for c, s in said_.items() if rounded(s) >= points[c.value])
    assert expected
    for category, hits in expected.items():
        assert found[model.source, category, "hits"] == 2 * hits  # scored again, or taken over: the same
    assert found[model.source, "all", "messages"] == found["live", "all", "messages"] == 8
    assert found["live", "spam_scam", "hits"] == 4
    assert (model.source, "spam_scam", "hits") not in found


def test_what_cannot_be_measured_is_a_gap_of_that_model_and_counts_live(
    model_dir, redis, sqlite_settings, sqlite_database
):
    model = pin_live(sqlite_settings, sqlite_database, by="test", now=NOON)
    (files.folder_of(sqlite_settings.data_dir, model.model) / "model.npz").unlink()
    put(redis, record(), record(id="m2"))

    Recorder(
        redis=redis,
        database=sqlite_database,
        pseudonyms=PSEUDONYMS,
        measures=Measures(sqlite_settings, sqlite_database),
    ).drain()

    assert totals(sqlite_database) == {("live", "all", "messages"): 2}
    with sqlite_database.read_archive() as connection:
        [gap] = connection.execute(select(gaps))
    assert (gap.why, gap.messages) == (model.source, 2)
