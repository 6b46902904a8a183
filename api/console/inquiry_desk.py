"""Letters to support: the list, one letter, its answer from a template."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.errors import explain
from api.console.queue import page_of, word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, Parts, ProcessParts, Read
from moderation.errors import Conflict, FieldProblem, Invalid, ModerationError, NotFound
from moderation.reports.replies import templates_for
from moderation.storage.accounts import accounts
from moderation.storage.reports import inquiries
from moderation.storage.reports.inquiries import InquiryState
from moderation.taxonomy import TOPIC_JA, InquiryTopic

router = APIRouter()

_LONGEST_WORDS = 100
_LONGEST_REPLY = 4_000
STATE_JA = {
    InquiryState.OPEN: "未対応",
    InquiryState.ANSWERED: "回答済み",
    InquiryState.CLOSED: "回答せず終了",
}


@router.get("/console/inquiries", name="console_inquiries", response_class=HTMLResponse)
def list_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Letters that wait first, the longest-waiting on top."""
    query = request.query_params
    topic, state = word_of(InquiryTopic, query.get("topic")), word_of(InquiryState, query.get("state"))
    words = (query.get("q") or "").strip()[:_LONGEST_WORDS]
    return render(
        request,
        "inquiries.html",
        visitor=visitor,
        now=now,
        found=inquiries.list_inquiries(
            connection, visitor.sight, topic=topic, state=state, words=words, page=page_of(query.get("page"))
        ),
        topic=topic,
        state=state,
        words=words,
        topics=TOPIC_JA,
        states=STATE_JA,
    )


@router.get("/console/inquiries/{inquiry_id}", name="console_inquiry", response_class=HTMLResponse)
def inquiry_page(
    request: Request, inquiry_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """One letter, with templates for its topic."""
    return _show(request, inquiry_id, visitor, parts, now)


@router.post("/console/inquiries/{inquiry_id}/{act}", name="console_inquiry_act", response_class=HTMLResponse)
def act(
    request: Request,
    inquiry_id: str,
    act: str,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """Answer a letter, close it without an answer, or let it wait again."""
    reply = text_of(form, "reply")
    try:
        with parts.database.write() as unit:
            letter = inquiries.get(unit.connection, inquiry_id, visitor.sight)
            if act == "reopen":
                inquiries.reopen(unit.connection, letter)
            elif act == "close":
                inquiries.answer(unit.connection, letter, reply=None, by=visitor.user.id, now=now)
            elif act == "answer":
                _check(reply)
                inquiries.answer(unit.connection, letter, reply=reply, by=visitor.user.id, now=now)
            else:
                raise NotFound(f"Nothing called {act!r} can be done with a letter.")
    except (Invalid, Conflict) as error:
        return _show(request, inquiry_id, visitor, parts, now, error=error, reply=reply)
    return RedirectResponse(f"/console/inquiries/{inquiry_id}", status_code=303)


def _check(reply: str) -> None:
    if not reply or len(reply) > _LONGEST_REPLY:
        problem = FieldProblem(pointer="/reply", detail=f"An answer has 1 to {_LONGEST_REPLY:,} characters.")
        raise Invalid("This answer cannot be sent.", [problem])


def _show(
    request: Request,
    inquiry_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    reply: str = "",
) -> HTMLResponse:
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    with parts.database.read() as connection:
        letter = inquiries.get(connection, inquiry_id, visitor.sight)
        people = accounts.user_names(connection)
    return render(
        request,
        "inquiry.html",
        visitor=visitor,
        status_code=status,
        now=now,
        letter=letter,
        people=people,
        templates=templates_for(letter.topic),
        topics=TOPIC_JA,
        states=STATE_JA,
        reply=reply,
        longest=_LONGEST_REPLY,
        explanation=explain(error, status, language_of(request)) if error else "",
    )
