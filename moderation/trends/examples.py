"""Examples that an article may show: what many people wrote in many rooms, masked, and nothing that points to one of them.

A masked wording is published only where at least five authors wrote it in at least three rooms, so that it is
nobody's own. Messages about minors or by them or that speak of a child, and the categories of ``BARRED``, give none, nor do words that hurt
and of which nothing could be hidden. For the rest of a category the kit offers an empty slot for a paraphrase of the
editor's own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from classifiers.fold import fold
from moderation.scoring.harm import HURTS
from moderation.taxonomy import Category
from moderation.trends.letter_words import telling_words
from moderation.trends.publishable import BARRED, HarmSpans, publishable, speaks_of_a_child

FEWEST_AUTHORS = 5
FEWEST_ROOMS = 3
MOST_A_CATEGORY = 3
_LONGEST = 60
_FEWEST_WORDS = 2
"""Telling words of an example of disruption: ｗｗｗ and ナイス are found by how often they come, not for what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One flagged message, as the archive has it."""

    text: str
    author: str
    room: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A wording fit to print; authors and rooms are how many wrote it, and where."""

    category: Category
    text: str
    authors: int
    rooms: int


def examples(said: Iterable[Said], *, harm: HarmSpans) -> tuple[Example, ...]:
    """The most common masked wordings of each category that may be published, most authors first.

    Args:
        said: Flagged messages.
        harm: Hides whatever hints at harm (``scoring.harm.HINTED``): these are no letters that tell of it.
    """
    hidden = cache(lambda text: tuple(harm(text)))  # many say the same
    authors: dict[tuple[Category, str], set[str]] = defaultdict(set)
    rooms: dict[tuple[Category, str], set[str]] = defaultdict(set)
    shown: dict[tuple[Category, str], str] = {}
    for one in said:
        categories = {Category(name) for name in one.categories}
        if not categories or categories & BARRED or len(one.text) > _LONGEST:
            continue
        if speaks_of_a_child(one.text) or (categories & HURTS and not hidden(one.text)):
            continue
        if Category.DISRUPTION in categories and len(set(telling_words(one.text))) < _FEWEST_WORDS:
            continue
        masked = publishable(one.text, names=(one.author,), harm=hidden)
        for category in categories:
            key = category, fold(masked).text
            authors[key].add(one.author)
            rooms[key].add(one.room)
            # Of several spellings the least is shown, so that the same messages give the same kit.
            shown[key] = min(shown.get(key, masked), masked)
    fit = [
        Example(category=key[0], text=shown[key], authors=len(authors[key]), rooms=len(rooms[key]))
        for key in shown
        if len(authors[key]) >= FEWEST_AUTHORS and len(rooms[key]) >= FEWEST_ROOMS
    ]
    fit.sort(key=lambda example: (-example.authors, example.category, example.text))
    taken: dict[Category, int] = defaultdict(int)
    chosen = []
    for example in fit:
        if taken[example.category] < MOST_A_CATEGORY:
            taken[example.category] += 1
            chosen.append(example)
    return tuple(chosen)
