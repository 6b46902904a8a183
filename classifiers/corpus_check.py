"""Is the corpus what it claims: no copies, few near copies, and still saying new things?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from classifiers.corpus import Row, split_of
from classifiers.labels import CATEGORIES, MINORS

NEAR: Final = 0.6
"""Jaccard on character 3-grams above which two lines are near copies."""
NEAR_SHARE_ALLOWED: Final = 0.02
_STEPS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusReport:
    """What a check found. ``problems`` is empty when the corpus may be used.

    Attributes:
        near_share: Share of lines with a near copy in the corpus.
        across_splits: Lines with a near copy on another side of the split.
        copied: Lines that stand, or nearly stand, in the texts checked against.
        growth: Distinct character 4-grams after each tenth of the lines.
        counts: Lines by category, ``benign``, ``minors``, and in all (``lines``).
    """

    problems: tuple[str, ...]
    near_share: float
    across_splits: int
    copied: int
    growth: tuple[int, ...]
    counts: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether the corpus may be used."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"ok": self.ok, **asdict(self)}


def check_corpus(rows: Sequence[Row], *, against: Sequence[str] = ()) -> CorpusReport:
    """Look for copies and near copies, within the rows and against foreign texts, and count."""
    problems: list[str] = []
    first: dict[str, Row] = {}
    for row in rows:
        if row.text in first:
            problems.append(f"{row.at}: the same text stands at {first[row.text].at}")
        first.setdefault(row.text, row)
    own = [grams_of(row.text) for row in rows]
    near: dict[int, int] = {}
    for left, right in near_pairs(own):
        near.setdefault(left, right)
        near.setdefault(right, left)
    across = sum(split_of(rows[at].group) != split_of(rows[other].group) for at, other in near.items())
    share = len(near) / len(rows) if rows else 0.0
    if share > NEAR_SHARE_ALLOWED:
        problems.append(
            f"{share:.2%} of lines have a near copy; at most {NEAR_SHARE_ALLOWED:.0%} may: rewrite or drop some"
        )
        problems += [f"{rows[at].at}: nearly {rows[other].at}" for at, other in sorted(near.items())]
    copied = _copied(rows, own, against)
    problems += [f"{row.at}: stands, or nearly stands, in the texts checked against" for row in copied]
    return CorpusReport(
        problems=tuple(problems),
        near_share=share,
        across_splits=across,
        copied=len(copied),
        growth=_growth(rows),
        counts=count_labels(rows),
    )


def grams_of(text: str) -> frozenset[str]:
    """The character 3-grams of a text without its blanks; of a shorter one, itself."""
    letters = "".join(text.split())
    return frozenset(letters[at : at + 3] for at in range(max(1, len(letters) - 2)))


def near_pairs(lines: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Pairs above NEAR. Two such lines must share one of their rarest grams, so only those are looked up."""
    seen: defaultdict[str, list[int]] = defaultdict(list)
    common = Counter(gram for line in lines for gram in line)
    for at, line in enumerate(lines):
        rarest = sorted(line, key=lambda gram: (common[gram], gram))
        candidates: set[int] = set()
        for gram in rarest[: len(line) - ceil(NEAR * len(line)) + 1]:
            candidates.update(seen[gram])
            seen[gram].append(at)
        for other in sorted(candidates):
            if _alike(line, lines[other]):
                yield other, at


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    shared = len(left & right)
    return shared > NEAR * (len(left) + len(right) - shared)


def _copied(rows: Sequence[Row], own: Sequence[frozenset[str]], against: Sequence[str]) -> list[Row]:
    """Rows near to a foreign text. Very short lines (うん, 草) belong to everybody and are not counted."""
    foreign = [grams_of(text) for text in against]
    size = len(foreign)
    found = {right - size for left, right in near_pairs([*foreign, *own]) if left < size <= right}
    return [rows[at] for at in sorted(found) if len(own[at]) > _TOO_SHORT_TO_COPY]


_TOO_SHORT_TO_COPY: Final = 6


def _growth(rows: Sequence[Row]) -> tuple[int, ...]:
    seen: set[str] = set()
    sizes: list[int] = []
    marks = {len(rows) * step // _STEPS for step in range(1, _STEPS + 1)}
    for number, row in enumerate(rows, 1):
        seen.update(row.text[at : at + 4] for at in range(len(row.text) - 3))
        if number in marks:
            sizes.append(len(seen))
    return tuple(sizes)


def count_labels(rows: Sequence[Row]) -> dict[str, int]:
    """Lines in all, benign, by category, ``minors``, and the number of groups."""
    counts = Counter(category for row in rows for category in row.categories)
    return {
        "lines": len(rows),
        "benign": sum(not row.categories for row in rows),
        **{category: counts[category] for category in CATEGORIES},
        MINORS: sum(row.minors for row in rows),
        "groups": len({row.group for row in rows}),
    }
