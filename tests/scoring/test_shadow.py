"""How often two classifiers agree, counted beside the answers of one."""

from dataclasses import dataclass

import pytest

from moderation.scoring.decide import Classified
from moderation.scoring.policy import OperatingPoint
from moderation.scoring.shadow import ANY, ShadowedText
from moderation.taxonomy import Category, Severity, Target

POINT = OperatingPoint(review=0.5, hold=None, severity=Severity.LOW, severe=0.9)
POINTS = dict.fromkeys(Category, POINT)


@dataclass
class Says:
    """A classifier that finds in a text the categories that stand in it before, or after, a slash."""

    version: str
    side: int

    @property
    def versions(self):
        return {"model": self.version, "lexicon": "l", "fold": "f"}

    def read(self, texts):
        return list(texts)

    def classify(self, views):
        found = [view.split("/")[self.side] for view in views]
        return [
            Classified(
                scores={category: 0.5 if category in words.split() else 0.49 for category in Category},
                minors=0.0,
                target=Target.NONE,
            )
            for words in found
        ]


@pytest.fixture
def pair():
    return ShadowedText(Says("old", 0), Says("new", 1), POINTS, every=1)


def counts(pair):
    return {one.category: one[3:] for one in pair.take() if any(one[4:])}


def test_flags_are_counted_by_category_and_for_any_of_them(pair):
    pair.classify(["insult/insult", "insult/threat", "insult/", "/", "threat insult/threat"])

    assert counts(pair) == {
        ANY: (5, 3, 1, 0),
        "insult": (5, 1, 3, 0),
        "threat": (5, 1, 0, 1),
    }
    assert pair.take() == []


def test_what_is_given_back_is_counted_on(pair):
    pair.classify(["insult/", "/threat"])
    pair.give_back(pair.take())
    pair.classify(["insult/insult"])

    assert counts(pair) == {ANY: (3, 1, 1, 1), "insult": (3, 1, 1, 0), "threat": (3, 0, 0, 1)}


@pytest.mark.parametrize("sizes", [[1] * 30, [30], [7, 13, 10], [0, 29, 0, 1]], ids=str)
def test_the_sample_is_every_tenth_message_however_they_come(sizes):
    pair = ShadowedText(Says("old", 0), Says("new", 1), POINTS, every=10)

    for size in sizes:
        assert len(pair.classify(["insult/"] * size)) == size

    assert counts(pair)[ANY] == (3, 0, 3, 0)
