"""Phrases that became typical."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.storage.trends import term_counts
from moderation.trends import phrase_counts
from moderation.trends.days import Period
from moderation.trends.phrases import Text, count_day, emerging, terms_of
from tests.trends.world import WEEK, chatter, keep

WORDS = (
    "下手",
    "うるさい",
    "帰れ",
    "つまらない",
    "ブス",
    "無能",
    "雑魚",
    "消えろ",
    "ゴミ",
    "黙れ",
    "引退",
    "弱い",
)
NOW = datetime(2026, 8, 30, tzinfo=UTC)


def talk(seed, texts=200, injected="", share=0.0):
    draw = random.Random(seed)
    found = []
    for number in range(texts):
        text = "、".join(draw.sample(WORDS, 2))
        if draw.random() < share:
            text = f"{injected}だな"
        found.append(Text(text, f"u-{draw.randrange(150)}", f"r-{number % 9}"))
    return count_day(found)


def test_slang_that_the_dictionary_does_not_know_is_one_phrase():
    past = [talk(seed) for seed in range(28)]

    found = emerging([talk(99, injected="ぬべっぺまん", share=0.05)], past)

    assert found
    assert "ぬべっぺまん" in found[0].term
    assert found[0].usual < found[0].texts
    assert len([phrase for phrase in found if "ぺ" in phrase.term]) <= 2


def test_ordinary_days_bring_nothing():
    past = [talk(seed) for seed in range(28)]

    assert sum(len(emerging([talk(seed)], past)) for seed in range(100, 120)) <= 1


def test_what_one_person_wrote_leaves_no_trace():
    day = count_day([Text("ぬべっぺまん", "u-1", f"r-{number}") for number in range(50)])

    assert dict(day.terms) == {}
    assert day.texts == 50


def test_what_few_people_wrote_is_not_shown():
    few = count_day([Text("変な流行語だ", f"u-{number % 4}", "r-1") for number in range(50)])

    assert emerging([few], [talk(seed) for seed in range(28)]) == ()


def test_a_phrase_says_what_it_stands_with():
    texts = [Text("流行語で引退しろ", f"u-{number}", "r-1") for number in range(20)]

    [phrase, *_] = emerging([count_day(texts)], [talk(seed) for seed in range(28)])

    assert phrase.beside


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_terms_of_bounded_length(text):
    assert all(1 < len(term) <= 16 for term in terms_of(text))


def test_a_day_is_counted_once_from_the_archive_and_read_back(database):
    day = WEEK.first
    keep(database, chatter(day, 60, 60, authors=20, text="無能だから帰れ", review=True))
    first = phrase_counts.count(database, day, now=NOW)
    second = phrase_counts.count(database, day, now=NOW)

    with database.read_archive() as archive:
        found = term_counts.read(
            archive, service="stream", category="insult", period=Period(first=day, last=day)
        )
    assert (first, second) == (["stream"], [])
    assert found[day].texts == 60
    assert found[day].terms["無能"].authors == 20
    assert day + timedelta(days=1) not in found
