"""An author's page: decisions, strikes, labels, reports made and received."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.errors import explain
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import FieldProblem, Invalid, ModerationError, NotFound
from moderation.review.strikes import weight_in_force
from moderation.storage.accounts import accounts
from moderation.storage.desk import history

router = APIRouter()

LABEL_DAYS = (1, 7, 30, 90, 365)
_PATH = "/console/authors/{service}/{author_id:path}"


@router.post(f"{_PATH}/labels", name="console_label_put", response_class=HTMLResponse)
def put_label(
    request: Request,
    service: str,
    author_id: str,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """Put a label on by hand."""
    days = text_of(form, "days")
    try:
        if days and not (days.isdecimal() and len(days) < 5):  # noqa: PLR2004 - a year has 366 days
            raise Invalid(
                "Not a number of days.", [FieldProblem(pointer="/days", detail="1 to 366, or none")]
            )
        with parts.database.write() as unit:
            history.put_label(
                unit.connection,
                service,
                "author",
                author_id,
                text_of(form, "label"),
                by=f"user:{visitor.user.id}",
                lasts=timedelta(days=int(days)) if days else None,
                now=now,
            )
    except Invalid as error:
        return _show(request, service, author_id, visitor, parts, now, error=error)
    return RedirectResponse(request.url.path.removesuffix("/labels"), status_code=303)


@router.post(f"{_PATH}/labels/remove", name="console_label_remove", response_class=HTMLResponse)
def remove_label(
    request: Request,
    service: str,
    author_id: str,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """Take a label off; having lost it meanwhile is fine."""
    try:
        with parts.database.write() as unit:
            history.remove_label(
                unit.connection,
                service,
                "author",
                author_id,
                text_of(form, "label"),
                by=f"user:{visitor.user.id}",
                now=now,
            )
    except NotFound as error:
        return _show(request, service, author_id, visitor, parts, now, error=error)
    return RedirectResponse(request.url.path.removesuffix("/labels/remove"), status_code=303)


@router.get(_PATH, name="console_author", response_class=HTMLResponse)
def author_page(
    request: Request, service: str, author_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """Everything about an author that the visitor may see."""
    return _show(request, service, author_id, visitor, parts, now)


def _show(
    request: Request,
    service: str,
    author_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
) -> HTMLResponse:
    with parts.database.read() as connection:
        past = history.history(connection, service, author_id, visitor.sight, now=now)
        people = accounts.user_names(connection)
    status = 200 if error is None else 422 if isinstance(error, Invalid) else 404
    if past.empty and error is None:
        status = 404
    return render(
        request,
        "author.html",
        visitor=visitor,
        status_code=status,
        now=now,
        past=past,
        people=people,
        strike_weight=weight_in_force(past.strikes, now),
        days=LABEL_DAYS,
        longest=history.LONGEST_LABEL,
        trouble=None if error is None else explain(error, status, language_of(request)),
    )
