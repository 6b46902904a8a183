"""The review queue, and the next case of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console import access
from api.console.notices import notice_of
from api.console.render import render
from api.console.visitor import Posted, SignedIn, text_of
from api.deps import Now, ProcessParts, Read, lease_of
from moderation.review.case import CaseKind, CaseState
from moderation.storage.accounts import accounts
from moderation.storage.desk import care, claims, next_case
from moderation.storage.desk import filters as desk_filters
from moderation.storage.desk import queue as desk_queue
from moderation.storage.desk.queue import QueueFilter
from moderation.taxonomy import Category, Severity

router = APIRouter()

Word = TypeVar("Word", bound=StrEnum)
_LAST_PAGE = 1_000_000
_FILTERS = ("queue", "state", "category", "severity", "kind", "mine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the filters offer."""

    states: tuple[CaseState, ...] = tuple(CaseState)
    categories: tuple[Category, ...] = tuple(Category)
    kinds: tuple[CaseKind, ...] = tuple(CaseKind)
    severities: tuple[Severity, ...] = tuple(reversed(Severity))


@router.get("/console/", name="console_home", response_class=HTMLResponse)
def home(visitor: SignedIn) -> Response:
    """The first page someone may see."""
    return RedirectResponse(access.home_of(visitor.user.roles), status_code=303)


@router.get("/console/queue", name="console_queue", response_class=HTMLResponse)
def queue_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Cases by urgency; values of the query that nobody knows are left out."""
    query = request.query_params
    wanted = QueueFilter(
        queue=query.get("queue") or None,
        state=word_of(CaseState, query.get("state")),
        category=word_of(Category, query.get("category")),
        severity=word_of(Severity, query.get("severity")),
        kind=word_of(CaseKind, query.get("kind")),
        mine=query.get("mine") == "1",
    )
    return render(
        request,
        "queue.html",
        visitor=visitor,
        now=now,
        found=desk_queue.list_cases(
            connection, visitor.sight, wanted, page=page_of(query.get("page")), now=now
        ),
        wanted=wanted,
        choices=Choices(),
        queues=desk_queue.open_queues(connection, visitor.sight),
        waiting=next_case.count_waiting(connection, visitor.sight, now=now),
        held=claims.held_by(connection, visitor.sight, now=now),
        people=accounts.user_names(connection),
        notice=notice_of(request, connection, visitor),
        none_left=query.get("none") == "1",
        filters=desk_filters.list_filters(connection, visitor.user.id),
        query=urlencode({name: value for name, value in query.items() if name in _FILTERS and value}),
        most=desk_queue.MOST_COUNTED,
        exposure=care.exposure_of(connection, visitor.user.id, now=now),
    )


@router.post("/console/filters", name="console_filter_save", response_class=HTMLResponse)
def save_filter(visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Keep what the queue is filtered by under a name."""
    kept = {name: value for name, value in parse_qsl(text_of(form, "query")) if name in _FILTERS}
    with parts.database.write() as unit:
        desk_filters.save_filter(
            unit.connection, visitor.user.id, name=text_of(form, "name"), query=urlencode(kept), now=now
        )
    return RedirectResponse(f"/console/queue?{urlencode(kept)}", status_code=303)


@router.post("/console/filters/remove", name="console_filter_remove", response_class=HTMLResponse)
def remove_filter(visitor: SignedIn, form: Posted, parts: ProcessParts) -> Response:
    """Forget a kept filter."""
    with parts.database.write() as unit:
        desk_filters.remove_filter(unit.connection, visitor.user.id, text_of(form, "id"))
    return RedirectResponse("/console/queue", status_code=303)


@router.get("/console/care", name="console_care", response_class=HTMLResponse)
def care_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Where moderators find help, and what they had before their eyes today."""
    return render(
        request,
        "care.html",
        visitor=visitor,
        now=now,
        exposure=care.exposure_of(connection, visitor.user.id, now=now),
    )


@router.post("/console/next", name="console_next", response_class=HTMLResponse)
def go_on(visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Claim the next case and open it; who holds one already comes back to it."""
    del form
    with parts.database.write() as unit:
        case, resumed = next_case.resume_or_claim_next(
            unit.connection, visitor.sight, now=now, lease=lease_of(parts)
        )
    if case is None:
        return RedirectResponse("/console/queue?none=1", status_code=303)
    return RedirectResponse(f"/console/cases/{case.id}{'?resumed=1' if resumed else ''}", status_code=303)


def word_of(kind: type[Word], value: str | None) -> Word | None:
    """A value of a vocabulary; None for one that nobody knows."""
    return kind(value) if value in {word.value for word in kind} else None


def page_of(value: str | None) -> int:
    """A page number from an address; 1 for anything that is none."""
    return min(int(value), _LAST_PAGE) if value and value.isdecimal() and int(value) > 0 else 1
