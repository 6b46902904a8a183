"""Themes: what viewers' letters are about, found in their words, counted, and held against the period before.

Letters become weighted word lists (TF-IDF); average-linkage clustering of the cosine distances (SciPy) joins what
shares words. The same letters always give the same themes. Few letters give few themes, and a change is only told
where chance cannot explain it, so that twenty letters a day still say something true.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import permutations
from math import hypot, log

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from moderation.taxonomy import InquiryTopic
from moderation.trends.compare import FALSE_DISCOVERIES, Change, adjusted
from moderation.trends.days import Period
from moderation.trends.letter import Letter, LetterKind
from moderation.trends.letter_words import telling_words, topic_of
from moderation.trends.publishable import MASK, HarmSpans, publishable, speaks_of_a_child

FEWEST = 3
"""Letters that make a theme."""
_DISTANCE = 0.9
"""Letters further apart than this (1 is: no word in common) are never joined."""
_MOST_CLUSTERED = 2_000
"""Different texts that are clustered; further ones join the nearest theme. Keeps it within a second."""
_NEAR = 0.2
_WORDS_SHOWN = 4
_QUOTES_SHOWN = 3
_LONGEST_QUOTE = 90
_ALIKE = 0.6
"""Share of words in common from which a second quote says nothing new."""
_ABBREVIATION = 3
"""Letters of a Latin word that is written in capitals: DM, ID."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Letters about one thing.

    Attributes:
        key: Stable as long as its words are: proposals refer to it.
        words: What marks it, the most typical first.
        names: The same to be read: words that mostly stand together are one (地蔵 and 勇者: 地蔵勇者).
        letters: In the period; ``before``: in the one before.
        senders: Distinct people of the period's letters; a letter without a sender counts as one.
        change: Whether there are more or fewer senders; q_value: after correction over all themes.
        about: Reasons and topics of the period's letters, with their counts.
        topics: Streaming, game, both or other, by topic where it was given and by words else.
        quotes: The most typical letters of the period, masked.
    """

    key: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    letters: int
    before: int
    senders: int
    senders_before: int
    change: Change
    q_value: float | None
    reports: int
    inquiries: int
    about: Mapping[str, int]
    topics: Mapping[str, int]
    quotes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its first words: 詐欺・運営・リンク."""
        return "・".join(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """All that was written in a period.

    Attributes:
        letters: With something to read; ``empty``: reports without words.
        alone: Letters of the period that belong to no theme.
        topics: Over all letters of the period.
    """

    period: Period
    letters: int
    before: int
    empty: int
    alone: int
    topics: Mapping[str, int]
    themes: tuple[Theme, ...]


def find_themes(letters: Sequence[Letter], period: Period, *, harm: HarmSpans | None = None) -> Themes:
    """The themes of a period, compared with the one before.

    Args:
        letters: Of both periods, in any order.
        period: The period.
        harm: Where a quoted text hurts, to mask it.
    """
    read = sorted((one for one in letters if one.text.strip()), key=lambda one: (one.at, one.id))
    words = [telling_words(_nameless(one)) for one in read]
    matrix, vocabulary = _weights(words)
    groups = _groups(matrix, words)
    themes = [_theme([read[at] for at in group], group, matrix, vocabulary, period, harm) for group in groups]
    told = _told([theme for theme in themes if theme.letters], any(one.at < period.start for one in read))
    now = [one for one in read if one.at >= period.start]
    return Themes(
        period=period,
        letters=len(now),
        before=len(read) - len(now),
        empty=sum(one.at >= period.start and not one.text.strip() for one in letters),
        alone=len(now) - sum(theme.letters for theme in told),
        topics=_topics(now),
        themes=told,
    )


def _weights(words: Sequence[tuple[str, ...]]) -> tuple[csr_array, list[str]]:
    """A row of unit length a letter (zero where it has no telling word), a column a word."""
    found_in = Counter(word for one in words for word in set(one))
    vocabulary = sorted(found_in)
    column = {word: at for at, word in enumerate(vocabulary)}
    rows, columns, weights = [], [], []
    for row, one in enumerate(words):
        weighed = {
            word: (1 + log(times)) * log(1 + len(words) / found_in[word])
            for word, times in sorted(Counter(one).items())
        }
        length = hypot(*weighed.values())
        rows += [row] * len(weighed)
        columns += [column[word] for word in weighed]
        weights += [weight / length for weight in weighed.values()]
    return csr_array((weights, (rows, columns)), shape=(len(words), len(vocabulary))), vocabulary


def _groups(matrix: csr_array, words: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Rows of each theme, large ones first."""
    by_content: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, one in enumerate(words):
        if one:
            by_content[tuple(sorted(one))].append(row)
    same = list(by_content.values())
    step = max(1, -(-len(same) // _MOST_CLUSTERED))
    chosen = same[::step]
    if len(chosen) < 2:  # noqa: PLR2004 - one text alone has no neighbour
        return [rows for rows in chosen if len(rows) >= FEWEST]
    vectors = matrix[[rows[0] for rows in chosen]]
    distances = np.clip(1 - (vectors @ vectors.T).toarray(), 0, 1)
    np.fill_diagonal(distances, 0)
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 -- half a second at the start of every process
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    labels = fcluster(linkage(squareform(distances, checks=False), "average"), _DISTANCE, "distance")
    groups: dict[int, list[int]] = defaultdict(list)
    for label, rows in zip(labels, chosen, strict=True):
        groups[int(label)].extend(rows)
    _join_rest(groups, [rows for at, rows in enumerate(same) if at % step], matrix)
    found = [sorted(rows) for rows in groups.values() if len(rows) >= FEWEST]
    return sorted(found, key=lambda rows: (-len(rows), rows))


def _join_rest(groups: dict[int, list[int]], rest: Sequence[list[int]], matrix: csr_array) -> None:
    """What was not clustered goes to the theme whose middle is nearest, if one is near."""
    large = [label for label, rows in groups.items() if len(rows) >= FEWEST]
    if not rest or not large:
        return
    middles = np.stack([_middle(matrix, groups[label]) for label in large])
    nearness = matrix[[rows[0] for rows in rest]] @ middles.T
    for rows, near in zip(rest, nearness, strict=True):
        best = int(near.argmax())
        if near[best] >= _NEAR:
            groups[large[best]].extend(rows)


def _middle(matrix: csr_array, rows: Sequence[int]) -> Vector:
    vector: Vector = matrix[rows].sum(axis=0)
    return vector / np.linalg.norm(vector)


def _theme(
    letters: Sequence[Letter],
    rows: Sequence[int],
    matrix: csr_array,
    vocabulary: Sequence[str],
    period: Period,
    harm: HarmSpans | None,
) -> Theme:
    middle = _middle(matrix, rows)
    # A word that marks a theme stands in several of its letters and in few others.
    typical = middle * (matrix[rows] > 0).sum(axis=0)
    best = [at for at in np.argsort(-typical, kind="stable")[:_WORDS_SHOWN] if typical[at] > 0]
    words = tuple(vocabulary[at] for at in best)
    now = [one for one in letters if one.at >= period.start]
    nearness = matrix[rows] @ middle
    order = sorted(range(len(letters)), key=lambda at: (-nearness[at], letters[at].id))
    return Theme(
        key=blake2b("・".join(sorted(words)).encode(), digest_size=6).hexdigest(),
        words=words,
        names=_names(words, [one.text for one in letters]),
        letters=len(now),
        before=len(letters) - len(now),
        senders=_senders(now),
        senders_before=_senders([one for one in letters if one.at < period.start]),
        change=Change.UNCLEAR,
        q_value=None,
        reports=sum(one.kind is LetterKind.REPORT for one in now),
        inquiries=sum(one.kind is LetterKind.INQUIRY for one in now),
        about=dict(Counter(one.about for one in now).most_common()),
        topics=_topics(now),
        quotes=_quotes([letters[at] for at in order if letters[at].at >= period.start], harm),
    )


def _nameless(letter: Letter) -> str:
    """A letter's text without whom it names: a theme is called by its words."""
    return MASK.sub("、", publishable(letter.text, names=(letter.sender or "",)))


def _names(words: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """The words as people write them, put together where that is how most texts have them."""
    found = list(words)
    for first, second in permutations(words, 2):
        if first in found and second in found:
            holding = sum(first in text or second in text for text in texts)
            if holding and 2 * sum(first + second in text for text in texts) >= holding:
                found[found.index(first)] = first + second
                found.remove(second)
    return tuple(word.upper() if word.isascii() and len(word) <= _ABBREVIATION else word for word in found)


def _senders(letters: Sequence[Letter]) -> int:
    return len({one.sender or one.id for one in letters})


def _topics(letters: Sequence[Letter]) -> dict[str, int]:
    counts = Counter(_topic(one) for one in letters)
    return {topic.value: counts[topic] for topic in InquiryTopic if counts[topic]}


def _topic(letter: Letter) -> InquiryTopic:
    given = InquiryTopic(letter.about) if letter.kind is LetterKind.INQUIRY else None
    if given is not None and given is not InquiryTopic.OTHER:
        return given
    return topic_of(letter.text) or InquiryTopic.OTHER


def _quotes(letters: Sequence[Letter], harm: HarmSpans | None) -> tuple[str, ...]:
    """Different ones, the most typical first; what concerns minors is never quoted."""
    quotes: dict[str, frozenset[str]] = {}
    for one in letters:
        if len(quotes) == _QUOTES_SHOWN:
            break
        says = frozenset(telling_words(_nameless(one)))
        again = any(len(says & other) >= _ALIKE * len(says | other) for other in quotes.values())
        if not (again or one.minors or speaks_of_a_child(one.text)):
            names = () if one.sender is None else (one.sender,)
            quotes[_short(publishable(one.text, names=names, harm=harm))] = says
    return tuple(quotes)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def _told(themes: Sequence[Theme], compared: bool) -> tuple[Theme, ...]:
    """Say of each whether more or fewer people write about it; both periods are equally long.

    Given the sum of two Poisson counts, each is binomial with a half: an exact test at any size
    (Przyborowski and Wilenski 1940). Corrected over all themes (Benjamini and Hochberg 1995).
    """
    ranked = sorted(themes, key=lambda theme: (-theme.letters, theme.key))
    if not ranked or not compared:
        return tuple(ranked)
    from scipy.stats import binomtest  # noqa: PLC0415 -- half a second at the start of every process

    p_values = [
        float(binomtest(theme.senders, theme.senders + theme.senders_before).pvalue) for theme in ranked
    ]
    return tuple(_changed(*pair) for pair in zip(ranked, adjusted(p_values), strict=True))


def _changed(theme: Theme, q_value: float) -> Theme:
    change = Change.UNCLEAR
    if q_value <= FALSE_DISCOVERIES:
        change = Change.UP if theme.senders > theme.senders_before else Change.DOWN
    return replace(theme, change=change, q_value=q_value)
