"""Settings of the terms of use: a changed clause becomes a new version; decisions keep the one they cite."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.errors import explain
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Invalid, ModerationError
from moderation.storage import policies
from moderation.storage.accounts import audit
from moderation.taxonomy import Category

router = APIRouter()

_PATH = "/console/settings/policies"


@router.get(_PATH, name="console_policies", response_class=HTMLResponse)
def policies_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """The clauses in force."""
    return _show(request, visitor, parts, now)


@router.post(_PATH, name="console_policy_put", response_class=HTMLResponse)
def put_policy(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Keep a clause as a new version."""
    categories = [name for value in texts_of(form, "categories") if (name := word_of(Category, value))]
    try:
        with parts.database.write() as unit:
            clause = policies.revise(
                unit.connection,
                text_of(form, "id"),
                title=text_of(form, "title"),
                text=text_of(form, "text"),
                url=text_of(form, "url") or None,
                categories=categories,
                now=now,
            )
            audit.record(
                unit.connection,
                actor=f"user:{visitor.user.id}",
                act="policy.put",
                object_=f"policy:{clause.id}",
                data={"version": clause.version},
                now=now,
            )
    except Invalid as error:
        typed = {name: text_of(form, name) for name in ("id", "title", "text", "url")}
        return _show(request, visitor, parts, now, error=error, typed=typed)
    return RedirectResponse(f"{_PATH}#{clause.id}", status_code=303)


def _show(
    request: Request,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    with parts.database.read() as connection:
        clauses = policies.current(connection)
    return render(
        request,
        "settings_policies.html",
        visitor=visitor,
        status_code=200 if error is None else 422,
        now=now,
        clauses=clauses,
        categories=tuple(Category),
        typed=typed,
        problems=getattr(error, "problems", ()),
        trouble=None if error is None else explain(error, 422, language_of(request)),
    )
