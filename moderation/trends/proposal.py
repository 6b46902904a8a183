"""Improvement proposal (改善提案): what trouble asks of product or development, with figures, and whether it helped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from moderation.errors import Conflict, FieldProblem, Invalid
from moderation.taxonomy import Category
from moderation.trends.days import Period
from moderation.trends.letter import Letter
from moderation.trends.letter_words import telling_words

COMPARED_DAYS = 28
"""Days before and after a change reached viewers that are held against each other: four whole weeks."""
LONGEST_TITLE = 200
LONGEST_BODY = 10_000
LONGEST_TEAM = 100
_WORDS_THAT_MATCH = 2


class ProposalState(StrEnum):
    """How far it got."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"


STATE_JA: dict[ProposalState, str] = {
    ProposalState.DRAFT: "下書き",
    ProposalState.PROPOSED: "提案中",
    ProposalState.ACCEPTED: "採用",
    ProposalState.DONE: "反映済み",
    ProposalState.DECLINED: "見送り",
}

NEXT: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.DRAFT: frozenset((ProposalState.PROPOSED, ProposalState.DECLINED)),
    ProposalState.PROPOSED: frozenset((ProposalState.ACCEPTED, ProposalState.DECLINED)),
    ProposalState.ACCEPTED: frozenset((ProposalState.DONE, ProposalState.DECLINED)),
    ProposalState.DONE: frozenset((ProposalState.ACCEPTED,)),
    ProposalState.DECLINED: frozenset((ProposalState.PROPOSED,)),
}
"""Where each state may lead."""


class Source(StrEnum):
    """What it was made from."""

    THEME = "theme"
    CATEGORY = "category"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal.

    Attributes:
        words: The theme's; letters that hold two of them (or the only one) are counted before and after.
        category: The category whose trend it was made from.
        figures: Name and value, as they were when it was made.
        quotes: Masked.
        team: Whom it is for.
        shipped_on: The day in Japan the change reached viewers.
        version: Moves on every change; a stale one is refused.
    """

    id: str
    service: str
    title: str
    body: str
    source: Source
    words: tuple[str, ...]
    category: Category | None
    figures: tuple[tuple[str, str], ...]
    quotes: tuple[str, ...]
    team: str
    state: ProposalState
    shipped_on: date | None
    made_by: str
    made_at: datetime
    updated_at: datetime
    version: int

    def moved(self, state: ProposalState, *, shipped_on: date | None, today: date, now: datetime) -> Self:
        """The proposal in another state.

        Raises:
            Conflict: This state does not lead there.
            Invalid: ``done`` without the day it reached viewers, or one in the future.
        """
        if state not in NEXT[self.state]:
            raise Conflict(f"A proposal that is {self.state} cannot become {state}.")
        if state is ProposalState.DONE and (shipped_on is None or shipped_on > today):
            raise Invalid(
                "The proposal was not changed.",
                [
                    FieldProblem(
                        pointer="/shipped_on",
                        detail="give the day it reached viewers, not a later one than today",
                    )
                ],
            )
        kept = shipped_on if state is ProposalState.DONE else None
        return replace(self, state=state, shipped_on=kept, updated_at=now, version=self.version + 1)

    def matches(self, letter: Letter) -> bool:
        """Whether a letter is about the theme this was made from."""
        found = set(telling_words(letter.text)) & set(self.words)
        return len(found) >= min(_WORDS_THAT_MATCH, len(self.words)) > 0


def checked(fields: Mapping[str, str], *, limits: Sequence[tuple[str, int]]) -> dict[str, str]:
    """Texts of a form or request, stripped. Raises Invalid naming each that is missing or too long."""
    problems = []
    values = {name: fields.get(name, "").strip() for name, _ in limits}
    for name, most in limits:
        if not values[name]:
            problems.append(FieldProblem(pointer=f"/{name}", detail="is missing"))
        elif len(values[name]) > most:
            problems.append(FieldProblem(pointer=f"/{name}", detail=f"is longer than {most} characters"))
    if problems:
        raise Invalid("The proposal cannot be kept.", problems)
    return values


def periods_around(shipped_on: date, *, today: date) -> tuple[Period, Period] | None:
    """Four weeks before and after a day, shorter where today comes earlier; None before a whole week has passed.

    The day itself belongs to neither: nobody knows at what hour the change arrived.
    """
    days = min(COMPARED_DAYS, (today - shipped_on).days - 1)
    days -= days % 7
    if days <= 0:
        return None
    one = timedelta(days=1)
    return (
        Period(first=shipped_on - timedelta(days=days), last=shipped_on - one),
        Period(first=shipped_on + one, last=shipped_on + timedelta(days=days)),
    )
