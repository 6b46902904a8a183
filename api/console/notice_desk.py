"""The desk for takedown notices: the list by its clock, one notice, and every act on it."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.console.errors import explain
from api.console.queue import Word, page_of, word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts, Read
from moderation.errors import Conflict, FieldProblem, Invalid, ModerationError, NotFound
from moderation.reports.clock import CLOCK_JA, days_until, end_of_day
from moderation.reports.notice_acts import ApplicantNotice, Extension, Finding, PosterNotice
from moderation.reports.notice_file import EVENT_JA, notice_zip
from moderation.reports.notice_words import (
    APPLICANT_EXEMPT_JA,
    APPLICANT_JA,
    EXTENSION_JA,
    MEASURE_JA,
    POSTER_EXEMPT_JA,
    RESULT_JA,
    RIGHT_JA,
    STATE_JA,
    ApplicantExemption,
    ExtensionGround,
    Measure,
    NoticeState,
    PosterExemption,
    Result,
    Right,
)
from moderation.reports.terms import terms_of
from moderation.storage import policies
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.storage.reports import evidence, notice_read, notices
from moderation.taxonomy import Role

router = APIRouter()

_WORDS = {
    "rights": RIGHT_JA,
    "states": STATE_JA,
    "clocks": CLOCK_JA,
    "applicants": APPLICANT_JA,
    "extensions": EXTENSION_JA,
    "results": RESULT_JA,
    "measures": MEASURE_JA,
    "applicant_exemptions": APPLICANT_EXEMPT_JA,
    "poster_exemptions": POSTER_EXEMPT_JA,
    "events": EVENT_JA,
}


@router.get("/console/notices", name="console_notices", response_class=HTMLResponse)
def list_page(
    request: Request, visitor: SignedIn, connection: Read, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """Open notices first, whichever ends first on top."""
    query = request.query_params
    state, right = word_of(NoticeState, query.get("state")), word_of(Right, query.get("right"))
    mine = query.get("mine") == "1"
    return render(
        request,
        "notices.html",
        visitor=visitor,
        now=now,
        found=notice_read.list_notices(
            connection,
            state=state,
            right=right,
            specialist=visitor.user.id if mine else None,
            page=page_of(query.get("page")),
        ),
        state=state,
        right=right,
        mine=mine,
        terms=terms_of(parts.settings),
        people=accounts.user_names(connection),
        words=_WORDS,
    )


@router.get("/console/notices/{reference}", name="console_notice", response_class=HTMLResponse)
def notice_page(
    request: Request, reference: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """One notice with its clock, its history and what can be done now."""
    return _show(request, reference, visitor, parts, now)


@router.post("/console/notices/{reference}/{act}", name="console_notice_act", response_class=HTMLResponse)
def act(
    request: Request,
    reference: str,
    act: str,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """Do one thing with a notice; what is wrong with it stands above the page."""
    does = _ACTS.get(act)
    if does is None:
        raise NotFound(f"Nothing called {act!r} can be done with a notice.")
    try:
        with parts.database.write() as unit:
            notice = notice_read.get(unit.connection, reference)
            does(unit.connection, form, notice.id, visitor, now)
    except (Invalid, Conflict) as error:
        return _show(request, reference, visitor, parts, now, error=error, typed=form)
    return RedirectResponse(f"/console/notices/{reference}", status_code=303)


@router.get("/console/notices/{reference}/file", name="console_notice_file")
def file_of(reference: str, visitor: SignedIn, parts: ProcessParts, now: Now) -> Response:
    """Everything about a notice in one ZIP; that it left is kept in the history."""
    with parts.database.write() as unit:
        notice = notice_read.get(unit.connection, reference)
        packs = evidence.list_packs(unit.connection, notice_id=notice.id)
        made = notice_zip(
            notice,
            notice_read.history(unit.connection, notice.id),
            notice_read.files(unit.connection, notice.id, content=True),
            packs,
            names=accounts.user_names(unit.connection),
            now=now,
        )
        by = f"user:{visitor.user.id}"
        notices.note_export(unit.connection, notice.id, sha256(made).hexdigest(), by=by, now=now)
        for pack in packs:
            evidence.note(
                unit.connection, pack.id, actor=by, act="exported", data={"with": notice.reference}, now=now
            )
    return Response(
        made,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{notice.reference}.zip"',
            "Cache-Control": "no-store",
        },
    )


def _show(
    request: Request,
    reference: str,
    visitor: Visitor,
    parts: Parts,
    now: datetime,
    *,
    error: ModerationError | None = None,
    typed: FormData | None = None,
) -> HTMLResponse:
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    with parts.database.read() as connection:
        notice = notice_read.get(connection, reference)
        specialists = [
            user
            for user in accounts.list_users(connection)
            if user.disabled_at is None and user.roles & {Role.SPECIALIST, Role.ADMIN}
        ]
        return render(
            request,
            "notice.html",
            visitor=visitor,
            status_code=status,
            now=now,
            notice=notice,
            clock=notice.clock(now, terms_of(parts.settings)),
            days=days_until(notice.received_at, notice.ends_at),
            history=notice_read.history(connection, notice.id),
            files=notice_read.files(connection, notice.id),
            packs=evidence.list_packs(connection, notice_id=notice.id),
            people=accounts.user_names(connection),
            specialists=specialists,
            clauses=policies.current(connection),
            words=_WORDS,
            explanation=explain(error, status, language_of(request)) if error else "",
            problems=getattr(error, "problems", ()),
            typed=typed or FormData(),
        )


def _assign(connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime) -> None:
    to = text_of(form, "specialist") or visitor.user.id
    if to not in accounts.user_names(connection):
        raise Invalid(
            "Nobody of that name.", [FieldProblem(pointer="/specialist", detail="Choose a person.")]
        )
    notices.assign(connection, notice_id, to, by=_by(visitor), now=now)


def _extend(connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime) -> None:
    extension = Extension(
        ground=_chosen(ExtensionGround, form, "ground"),
        reason=text_of(form, "reason"),
        until=end_of_day(_day(form, "until")),
    )
    notices.extend(connection, notice_id, extension, by=_by(visitor), now=now)


def _decide(connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime) -> None:
    finding = Finding(
        result=_chosen(Result, form, "result"),
        measures=[
            Measure(name) for name in texts_of(form, "measures") if name in {word.value for word in Measure}
        ],
        reason=text_of(form, "reason"),
        policy_id=text_of(form, "policy_id") or None,
    )
    notices.decide(connection, notice_id, finding, by=_by(visitor), now=now)


def _tell_applicant(
    connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime
) -> None:
    exemption = word_of(ApplicantExemption, text_of(form, "ground"))
    notices.tell_applicant(
        connection, notice_id, ApplicantNotice(exemption=exemption), by=_by(visitor), now=now
    )


def _tell_poster(
    connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime
) -> None:
    told = PosterNotice(
        exemption=word_of(PosterExemption, text_of(form, "ground")), reason=text_of(form, "reason")
    )
    notices.tell_poster(connection, notice_id, told, by=_by(visitor), now=now)


def _withdraw(
    connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime
) -> None:
    notices.withdraw(connection, notice_id, why=text_of(form, "reason"), by=_by(visitor), now=now)


def _remark(connection: Connection, form: FormData, notice_id: str, visitor: Visitor, now: datetime) -> None:
    text = text_of(form, "text")
    if text:
        notices.write_note(connection, notice_id, text, by=_by(visitor), now=now)


_ACTS: dict[str, Callable[[Connection, FormData, str, Visitor, datetime], None]] = {
    "assign": _assign,
    "extend": _extend,
    "decide": _decide,
    "applicant": _tell_applicant,
    "poster": _tell_poster,
    "withdraw": _withdraw,
    "note": _remark,
}


def _by(visitor: Visitor) -> str:
    return f"user:{visitor.user.id}"


def _chosen(kind: type[Word], form: FormData, name: str) -> Word:
    word = word_of(kind, text_of(form, name))
    if word is None:
        raise Invalid("Choose one.", [FieldProblem(pointer=f"/{name}", detail="Choose one of the list.")])
    return word


def _day(form: FormData, name: str) -> date:
    try:
        return date.fromisoformat(text_of(form, name))
    except ValueError as error:
        problem = FieldProblem(pointer=f"/{name}", detail="Give a day, as 2026-05-01.")
        raise Invalid("That is no day.", [problem]) from error
