"""Forms of the campaign pages: what was typed, as the registry wants it."""

from datetime import datetime

from api.console.visitor import Posted, text_of
from moderation.campaigns.campaign import Audience, AudienceKind, CampaignEvent, EventKind
from moderation.errors import FieldProblem, Invalid
from moderation.trends.days import JST

CHANGES = (-0.5, -0.3, -0.2, -0.1)
"""Sizes of a change that the planning offers."""


def event_of(form: Posted) -> CampaignEvent:
    """A revision or follow-up. Raises Invalid."""
    try:
        kind = EventKind(text_of(form, "kind"))
    except ValueError as error:
        raise Invalid(
            "The event cannot be noted.", [FieldProblem(pointer="/kind", detail=str(error))]
        ) from error
    return CampaignEvent(
        at=time_of(text_of(form, "at"), "/at"),
        kind=kind,
        note=text_of(form, "note"),
        url=text_of(form, "url") or None,
    )


def time_of(text: str, pointer: str) -> datetime:
    """A time as a form gives it, in Japan."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=JST)
    except ValueError as error:
        problem = FieldProblem(pointer=pointer, detail="is no time; choose day and time")
        raise Invalid("The form cannot be used.", [problem]) from error


def audience_of(kind: str, values: str) -> Audience:
    """Whom an article was made for; names are separated by commas. Raises Invalid."""
    try:
        known = AudienceKind(kind or AudienceKind.ALL)
    except ValueError as error:
        problem = FieldProblem(pointer="/audience", detail=str(error))
        raise Invalid("The form cannot be used.", [problem]) from error
    names = tuple(name.strip() for name in values.replace("、", ",").split(",") if name.strip())
    return Audience(kind=known, values=() if known is AudienceKind.ALL else names)


def change_of(text: str | None) -> float:
    """One of the sizes on offer; a fifth less where it is none of them."""
    return next((change for change in CHANGES if str(change) == text), -0.2)
