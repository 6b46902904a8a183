"""Days of flagged talk, and a phrase that nobody used before: is it found on its first day?

The talk is drawn from the corpus, some lines far more often than others; the phrase is a made-up word, put
into lines of the day. A day has 50,000 messages, 3 % of them flagged; 0.05 % of all carry the phrase.
"""

import json
from functools import cache, lru_cache
from unittest import mock

import numpy as np

from moderation.settings import PROJECT
from moderation.trends import phrases
from moderation.trends.phrases import TermDay, Text, count_day, emerging, terms_of

MESSAGES = 50_000
FLAGGED = 1_500
CARRYING = 25
AUTHORS, ROOMS = 900, 200
POOL = 40
BEFORE = 28
_KANA = "アイウエオカキクケコサシスセソタチツテトナニノハヒフマミムメモヤユヨラリルレロ"

_known_terms = lru_cache(100_000)(terms_of)


@cache
def lines() -> list[str]:
    """Harmful lines of our own corpus."""
    return [
        json.loads(line)["text"]
        for name in ("harm-person", "harm-other")
        for line in (PROJECT / "classifiers" / "corpus" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]


def talk(dice: np.random.Generator, carrying: str = "") -> TermDay:
    """One day, counted; with a phrase in some of its lines."""
    known = lines()
    ranks = np.minimum(dice.zipf(1.3, FLAGGED), len(known)) - 1
    order = np.random.default_rng(1).permutation(len(known))  # the same lines are the common ones every day
    said = [known[order[rank]] for rank in ranks]
    for at in range(CARRYING if carrying else 0):
        said[at] = f"{said[at]} {carrying}" if at % 2 else f"{carrying}じゃん{said[at]}"
    authors, rooms = dice.integers(0, AUTHORS, FLAGGED), dice.integers(0, ROOMS, FLAGGED)
    with mock.patch.object(phrases, "terms_of", _known_terms):  # only remembered: the same terms
        return count_day(
            Text(text, f"a{author}", f"r{room}")
            for text, author, room in zip(said, authors, rooms, strict=True)
        )


@cache
def past() -> list[TermDay]:
    """Days before; every run draws some of them."""
    dice = np.random.default_rng(7)
    return [talk(dice) for _ in range(POOL)]


def new_phrase_found(dice: np.random.Generator) -> bool:
    """Whether the made-up word of a run is among the first five of its first day."""
    word = "".join(dice.choice(list(_KANA), int(dice.integers(3, 6))))
    before = [past()[at] for at in dice.choice(POOL, BEFORE, replace=False)]
    found = emerging([talk(dice, word)], before, most=5)
    return any(word in phrase.term or phrase.term in word for phrase in found)
