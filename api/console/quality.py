"""Quality: second looks to give, and for leads how far the desk agrees."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.case_view import view_of
from api.console.errors import explain
from api.console.protected import gate
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import AlreadyAnswered, Invalid, ModerationError
from moderation.review.decision import Outcome
from moderation.review.quality import by_category, by_moderator
from moderation.storage import policies
from moderation.storage.accounts import accounts
from moderation.storage.desk import care, quality, second_looks, talk
from moderation.storage.desk import case as desk_case
from moderation.storage.desk.rows import get_case
from moderation.taxonomy import Category

router = APIRouter()

LOOK_BACK_DAYS = 90


@router.get("/console/quality", name="console_quality", response_class=HTMLResponse)
def quality_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """Everybody sees what waits for them and the desk as a whole; figures of persons are for leads."""
    senior = visitor.sight.senior
    since = now - timedelta(days=LOOK_BACK_DAYS)
    with parts.database.read() as connection:
        pairs = quality.pairs(connection, since=since)
        waiting = second_looks.count_waiting(connection, visitor.sight)
        overturned = quality.overturned(connection, since=since) if senior else []
        goldens = quality.goldens(connection, visitor.sight) if senior else []
        people = accounts.user_names(connection)
    return render(
        request,
        "quality.html",
        visitor=visitor,
        now=now,
        waiting=waiting,
        none_left=request.query_params.get("none") == "1",
        thanks=request.query_params.get("thanks") == "1",
        pairs=len(pairs),
        categories=by_category(pairs),
        moderators=by_moderator(pairs) if senior else {},
        overturned=overturned,
        goldens=goldens,
        days=LOOK_BACK_DAYS,
        people=people,
    )


@router.post("/console/quality/next", name="console_second_look_next", response_class=HTMLResponse)
def next_look(visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Open the next second look."""
    del form
    with parts.database.write() as unit:
        look = second_looks.next_look(unit.connection, visitor.sight, now=now)
    where = f"/console/quality/looks/{look.id}" if look else "/console/quality?none=1"
    return RedirectResponse(where, status_code=303)


@router.get("/console/quality/looks/{look_id}", name="console_second_look", response_class=HTMLResponse)
def look_page(
    request: Request, look_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """The case as its first reader saw it, without their finding."""
    return _show(request, look_id, visitor, parts, now)


@router.post(
    "/console/quality/looks/{look_id}", name="console_second_look_answer", response_class=HTMLResponse
)
def answer(
    request: Request, look_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Give a finding; it changes nothing about the case."""
    outcome = word_of(Outcome, text_of(form, "outcome"))
    categories = [name for value in texts_of(form, "categories") if (name := word_of(Category, value))]
    try:
        if outcome is None:
            raise Invalid("Choose a finding.")
        with parts.database.write() as unit:
            second_looks.answer(unit.connection, look_id, visitor.sight, outcome, categories, now=now)
    except Invalid as error:
        return _show(request, look_id, visitor, parts, now, error=error)
    except AlreadyAnswered:
        return RedirectResponse("/console/quality", status_code=303)
    return RedirectResponse("/console/quality?thanks=1", status_code=303)


@router.post("/console/quality/golden/retire", name="console_golden_retire", response_class=HTMLResponse)
def retire(visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Ask nobody about a golden case any more."""
    with parts.database.write() as unit:
        quality.retire_golden(unit.connection, text_of(form, "case_id"), visitor.sight, now=now)
    return RedirectResponse("/console/quality", status_code=303)


def _show(
    request: Request,
    look_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
) -> HTMLResponse:
    with parts.database.read() as connection:
        look = second_looks.get_look(connection, look_id, visitor.sight)
        case = get_case(connection, look.case_id, visitor.sight)
        if not care.may_look(connection, case, visitor.sight, now=now):
            return gate(request, case, visitor, now, back=f"/console/quality/looks/{look.id}")
        file = desk_case.load(connection, look.case_id, visitor.sight)
        seen = desk_case.as_seen(file, look.seen_hit_seq)
        elsewhere = talk.spans_elsewhere(connection, seen, seen.lines, visitor.sight)
        view = view_of(seen, policies.current(connection), visitor, now, elsewhere=elsewhere)
    if file.case.minors:
        with parts.database.write() as unit:
            care.note_look(unit.connection, file.case, visitor.sight, "second look", now=now)
    return render(
        request,
        "second_look.html",
        visitor=visitor,
        status_code=200 if error is None else 422,
        now=now,
        look=look,
        view=view,
        outcomes=tuple(Outcome),
        categories=tuple(Category),
        trouble=None if error is None else explain(error, 422, language_of(request)),
    )
