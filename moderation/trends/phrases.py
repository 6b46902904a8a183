"""Emerging phrases: words of flagged and reported talk that became typical, found from daily counts alone.

A term is a word of some length, or two or three neighbouring words: slang that the dictionary does not know falls into
pieces, and only together they say something. Each text counts a term once.

Source: B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin' Words", Political Analysis 16 (2008), 372-403:
log-odds ratio with an informative Dirichlet prior, over its standard error.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import erfc, log, sqrt
from typing import NamedTuple

from classifiers.fold import fold
from classifiers.tokens import tokenise
from moderation.trends.compare import FALSE_DISCOVERIES, adjusted

LOOK_BACK_DAYS = 28
FEWEST_KEPT = 2
"""Authors a day from which a term is kept at all: what one person wrote leaves no trace."""
FEWEST_SHOWN = 5
"""Authors from which a term is shown."""
MOST_KEPT = 3_000
"""Terms kept a day and category, the most frequent ones."""
_PRIOR = 500.0
"""Weight of the prior, in terms: what both periods together make one expect."""
_UNSEEN = 0.5
"""What a day is taken to have had of a term that was below ``FEWEST_KEPT``: nought or one, nobody knows."""
_BESIDE = 3
_LONGEST = 16
_JOINED = 3
_SAME = 0.8
_GO_ON = frozenset("んっーゃゅょ")
_SILENT = frozenset(("補助記号", "記号", "空白"))
_EMPTY = frozenset(("助詞", "助動詞", "接続詞", "感動詞", "代名詞", "連体詞", "接尾辞", "接頭辞"))


class Text(NamedTuple):
    """One flagged or reported message."""

    text: str
    author: str
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCount:
    """How often a term stood in the texts of a day, or of several; ``beside``: what it most often stood with."""

    texts: int
    authors: int
    rooms: int
    beside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermDay:
    """One day's terms of one category; ``occurrences`` of all terms, kept or not."""

    texts: int
    occurrences: int
    terms: Mapping[str, TermCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A term that became typical.

    Attributes:
        authors: On its busiest day: whoever wrote on two days would count twice in a sum.
        usual: Texts it would have had if nothing had changed, by the days on which it was kept.
        z: Log-odds ratio over its standard error.
        q_value: One-sided, corrected over all terms that were looked at.
    """

    term: str
    texts: int
    authors: int
    rooms: int
    usual: float
    z: float
    q_value: float
    beside: tuple[str, ...]


def terms_of(text: str) -> set[str]:
    """The terms of a text, folded."""
    found: set[str] = set()
    run: list[_Piece] = []
    for piece in _pieces(text):
        if piece is None:
            run.clear()
            continue
        run.append(piece)
        for length in range(1, min(_JOINED, len(run)) + 1):
            last = run[-length:]
            term = "".join(part.text for part in last)
            if 1 < len(term) <= _LONGEST and _tells(last, term):
                found.add(term)
    return found


class _Piece(NamedTuple):
    """A word; ``says``: it carries meaning by itself."""

    text: str
    says: bool


def _pieces(text: str) -> Iterator[_Piece | None]:
    """The words of a text; None where a phrase cannot go on.

    Kana that the dictionary knows only as letters are a word that it does not know: they stay together.
    """
    letters = ""
    end = 0
    for token in tokenise(fold(text).wide):
        gap = token.start != end
        end = token.end
        is_letter = token.pos == "記号" and token.surface.isalnum()
        if letters and not gap and (is_letter or token.surface in _GO_ON):
            letters += token.surface
            continue
        if letters:
            yield _Piece(letters, says=True)
            letters = ""
        if gap:
            yield None
        if is_letter:
            letters = token.surface
        elif token.pos in _SILENT:
            yield None
        else:
            yield _Piece(token.surface, says=token.pos not in _EMPTY)
    if letters:
        yield _Piece(letters, says=True)


def _tells(pieces: Sequence[_Piece], term: str) -> bool:
    """It begins with a word that says something, and is more than two kana put together."""
    if not pieces[0].says or term.isdigit():
        return False
    return len(pieces) == 1 or len(term) > 2 or all("一" <= char <= "龯" for char in term)  # noqa: PLR2004 - a pair


def count_day(texts: Iterable[Text]) -> TermDay:
    """Count one day. Terms of one author alone are not kept."""
    found: dict[str, list[Text]] = defaultdict(list)
    of_text: list[set[str]] = []
    occurrences = 0
    for one in texts:
        terms = terms_of(one.text)
        of_text.append(terms)
        occurrences += len(terms)
        for term in terms:
            found[term].append(one)
    counts = {
        term: (len(where), len({one.author for one in where}), len({one.room for one in where}))
        for term, where in found.items()
    }
    common = sorted(
        (term for term, (_, authors, _) in counts.items() if authors >= FEWEST_KEPT),
        key=lambda term: (-counts[term][0], term),
    )[:MOST_KEPT]
    beside = _beside(of_text, frozenset(common))
    kept = {
        term: TermCount(
            texts=counts[term][0], authors=counts[term][1], rooms=counts[term][2], beside=beside.get(term, {})
        )
        for term in common
    }
    return TermDay(texts=len(of_text), occurrences=occurrences, terms=kept)


def _beside(of_text: Iterable[set[str]], kept: frozenset[str]) -> dict[str, dict[str, int]]:
    """What each kept term most often stands with: kept terms that neither hold it nor stand in it."""
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for terms, texts in Counter(frozenset(terms & kept) for terms in of_text).items():
        for one, other in combinations(terms, 2):
            if one not in other and other not in one:
                together[one][other] += texts
                together[other][one] += texts
    return {term: _most(counter) for term, counter in together.items()}


def emerging(now: Sequence[TermDay], before: Sequence[TermDay], *, most: int = 10) -> tuple[Phrase, ...]:
    """Terms that are typical of some days against the days before them, the surest first.

    Args:
        now: The counted days of the period.
        before: The counted days of the time before.
        most: How many at most. Of terms that stand in each other, and nearly as often, one is told.
    """
    if not now or not before:
        return ()
    size_here = sum(day.occurrences for day in now)
    size_there = sum(day.occurrences for day in before)
    scored = []
    for term, count in _sum(now).items():
        if count.authors < FEWEST_SHOWN:
            continue
        seen = [day.terms[term].texts for day in before if term in day.terms]
        past = sum(seen) + _UNSEEN * (len(before) - len(seen))
        usual = sum(seen) * size_here / size_there if size_there else 0.0
        scored.append((term, count, usual, _z(count.texts, size_here, past, size_there)))
    q_values = adjusted([erfc(z / sqrt(2)) / 2 for *_, z in scored]) if scored else []
    phrases = [
        Phrase(
            term=term,
            texts=count.texts,
            authors=count.authors,
            rooms=count.rooms,
            usual=usual,
            z=z,
            q_value=q_value,
            beside=_most_beside(now, term),
        )
        for (term, count, usual, z), q_value in zip(scored, q_values, strict=True)
        if q_value <= FALSE_DISCOVERIES
    ]
    return _told(sorted(phrases, key=lambda phrase: (-phrase.z, -len(phrase.term), phrase.term)), most)


def _z(here: float, size_here: int, there: float, size_there: float) -> float:
    """Log-odds ratio with an informative prior, over its standard error."""
    prior = _PRIOR * (here + there) / (size_here + size_there)
    odds_here = (here + prior) / (size_here + _PRIOR - here - prior)
    odds_there = (there + prior) / (size_there + _PRIOR - there - prior)
    return (log(odds_here) - log(odds_there)) / sqrt(1 / (here + prior) + 1 / (there + prior))


def _sum(days: Sequence[TermDay]) -> dict[str, TermCount]:
    """Each term's texts, and its authors and rooms on the day that had most of them."""
    found: dict[str, TermCount] = {}
    for day in days:
        for term, count in day.terms.items():
            other = found.get(term)
            found[term] = TermCount(
                texts=count.texts + (other.texts if other else 0),
                authors=max(count.authors, other.authors if other else 0),
                rooms=max(count.rooms, other.rooms if other else 0),
            )
    return found


def _most_beside(days: Sequence[TermDay], term: str) -> tuple[str, ...]:
    together: Counter[str] = Counter()
    for day in days:
        if term in day.terms:
            together.update(day.terms[term].beside)
    return tuple(_most(together))


def _most(together: Counter[str]) -> dict[str, int]:
    return dict(sorted(together.items(), key=lambda pair: (-pair[1], pair[0]))[:_BESIDE])


def _told(ranked: Iterable[Phrase], most: int) -> tuple[Phrase, ...]:
    told: list[Phrase] = []
    for phrase in ranked:
        if len(told) == most:
            break
        if not any(_same(phrase, other) for other in told):
            told.append(phrase)
    return tuple(told)


def _same(one: Phrase, other: Phrase) -> bool:
    inside = one.term in other.term or other.term in one.term
    return inside and min(one.texts, other.texts) >= _SAME * max(one.texts, other.texts)
