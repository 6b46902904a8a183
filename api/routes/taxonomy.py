"""GET /v1/taxonomy: the published words, with Japanese names and help."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import Read
from api.openapi import problems
from moderation.reports.notice_words import RIGHT_HELP_JA, RIGHT_JA
from moderation.reports.reasons import REASON_HELP_JA, SUBJECT_JA
from moderation.storage import policies
from moderation.storage.policies import PolicyClause
from moderation.taxonomy import CATEGORY_JA, REASON_JA, SEVERITY_JA, TOPIC_JA

router = APIRouter(tags=["service"])


class Word(BaseModel):
    """A value of the vocabulary and its Japanese name."""

    value: str
    name_ja: str
    help_ja: str = Field("", description="One line for whoever chooses; empty where the name says it.")


class ReasonOut(Word):
    """A reason to report for."""

    policy_ids: list[str] = Field(description="Clauses it is checked against.")


class ClauseOut(BaseModel):
    """A clause of the terms of use, as it is in force."""

    id: str
    version: int
    title: str
    text: str
    url: str = Field(description="Where it is published: the terms' own address, else the criteria page.")
    categories: list[str]
    effective_at: str | None


class TaxonomyOut(BaseModel):
    """The published words: what reports, verdicts and decisions are made of."""

    categories: list[Word]
    severities: list[Word]
    report_reasons: list[ReasonOut]
    report_subjects: list[Word]
    inquiry_topics: list[Word]
    rights: list[Word] = Field(description="What a takedown notice may claim.")
    policies: list[ClauseOut]


@router.get(
    "/v1/taxonomy",
    operation_id="taxonomy",
    summary="Categories, severities, report reasons, topics, rights, policies",
    responses=problems(503),
)
def taxonomy(connection: Read) -> TaxonomyOut:
    """The published vocabulary with Japanese names and help; needs no key."""
    clauses = policies.current(connection)
    return TaxonomyOut(
        categories=_words(CATEGORY_JA),
        severities=_words(SEVERITY_JA),
        report_reasons=[
            ReasonOut(
                value=reason.value,
                name_ja=name,
                help_ja=REASON_HELP_JA[reason],
                policy_ids=[
                    one.id for one in clauses if reason.value in {word.value for word in one.categories}
                ],
            )
            for reason, name in REASON_JA.items()
        ],
        report_subjects=_words(SUBJECT_JA),
        inquiry_topics=_words(TOPIC_JA),
        rights=[
            Word(value=right.value, name_ja=name, help_ja=RIGHT_HELP_JA[right])
            for right, name in RIGHT_JA.items()
        ],
        policies=[_clause(clause) for clause in clauses],
    )


def _words(names: Mapping[Any, str]) -> list[Word]:
    return [Word(value=str(word), name_ja=name) for word, name in names.items()]


def _clause(clause: PolicyClause) -> ClauseOut:
    return ClauseOut(
        id=clause.id,
        version=clause.version,
        title=clause.title,
        text=clause.text,
        url=clause.url or f"/policies#{clause.id}",
        categories=[category.value for category in clause.categories],
        effective_at=clause.effective_at.isoformat() if clause.effective_at else None,
    )
