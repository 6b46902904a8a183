"""Quality: how far people agree who looked at the same case without knowing each other's finding."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from moderation.review.decision import Outcome
from moderation.taxonomy import Category

Label = TypeVar("Label")

_LARGEST = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPair:
    """One case, two findings: the one that is measured and the one it is compared with.

    Attributes:
        moderator_id: Whose finding is measured.
        golden: Compared with a known right answer, else with a colleague's.
    """

    moderator_id: str
    golden: bool
    outcome: Outcome
    categories: frozenset[Category]
    other_outcome: Outcome
    other_categories: frozenset[Category]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far findings agree: share of equal ones, and kappa where it is defined."""

    pairs: int
    equal: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """Equal findings per pair."""
        return self.equal / self.pairs if self.pairs else None


def cohens_kappa(pairs: Sequence[tuple[Label, Label]]) -> float | None:
    """Agreement beyond chance between two raters: 1 perfect, 0 as by chance, below 0 worse.

    Args:
        pairs: Labels the two gave to the same things.

    Returns:
        None where it is undefined: without pairs, or where both always gave one same label.

    Source:
        J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
        Measurement 20 (1960), 37-46.

    >>> cohens_kappa([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15)
    0.4
    """
    if not pairs:
        return None
    total = len(pairs)
    observed = sum(one == other for one, other in pairs) / total
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[label] * second[label] for label in first) / total**2
    if by_chance == 1.0:
        return None
    return round((observed - by_chance) / (1.0 - by_chance), 4)


def by_moderator(pairs: Iterable[LookPair]) -> dict[str, Agreement]:
    """Agreement on the outcome, by whose finding is measured."""
    groups: dict[str, list[tuple[Outcome, Outcome]]] = {}
    for pair in pairs:
        groups.setdefault(pair.moderator_id, []).append((pair.outcome, pair.other_outcome))
    return {moderator: _agreement(labels) for moderator, labels in groups.items()}


def by_category(pairs: Sequence[LookPair]) -> dict[Category, Agreement]:
    """Agreement on whether a case is a violation of a category, for those somebody named."""
    named = {category for pair in pairs for category in pair.categories | pair.other_categories}
    return {
        category: _agreement(
            [(category in pair.categories, category in pair.other_categories) for pair in pairs]
        )
        for category in Category
        if category in named
    }


def sampled(decision_id: str, share: float) -> bool:
    """Whether a decision gets a second look: so for a share of all ids, and always the same."""
    digest = sha256(f"second look {decision_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * _LARGEST


def _agreement(labels: Sequence[tuple[Label, Label]]) -> Agreement:
    return Agreement(
        pairs=len(labels),
        equal=sum(one == other for one, other in labels),
        kappa=cohens_kappa(labels),
    )
