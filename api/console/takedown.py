"""The takedown form (削除申出): for anybody, without a login; and how a notice stands, for who holds its token."""

from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from api.console.render import language_of, render
from api.console.texts import N_, translate
from api.console.visitor import find_visitor, text_of
from api.deps import Now, Parts, ProcessParts, Read
from moderation.errors import Invalid, NotFound, RateLimited
from moderation.reports.clock import days_until
from moderation.reports.notice import LONGEST_STATEMENT, MOST_BYTES, MOST_FILES, Application, Attachment
from moderation.reports.notice_words import APPLICANT_JA, RIGHT_HELP_JA, RIGHT_JA, ApplicantKind, Right
from moderation.reports.terms import terms_of
from moderation.reports.tokens import TokenKind
from moderation.storage.accounts import accounts
from moderation.storage.chat.rate_limit import Bucket
from moderation.storage.redis import AWAY
from moderation.storage.reports import notice_read, notices
from moderation.storage.reports.notice_read import Notice

router = APIRouter()

_FORM_SIZE = 30
"""Forms one address may send at once; one more comes back every second."""
_TRAP = "website"
"""A field that people do not see; who fills it is a program."""
_LINES = 100
_PROBLEMS: dict[str, str] = {
    "/applicant/name": N_("お名前を入力してください。"),
    "/applicant/email": N_("結果をお知らせする連絡先を、正しく入力してください。"),
    "/urls": N_("削除を求める発言のIDかURLを、一つ以上入力してください。"),
    "/statement": N_("権利が侵害されたと考える理由を、10,000文字以内で入力してください。"),
    "/attachments": N_("添付できるのは10個まで、一つ5MB、合わせて10MBまでです。"),
    "/right": N_("侵害された権利を選んでください。"),
}


@router.get("/takedown", name="takedown", response_class=HTMLResponse)
def form_page(request: Request, connection: Read, parts: ProcessParts, now: Now) -> HTMLResponse:
    """The empty form."""
    return _form(request, accounts.service_ids(connection), parts, now)


@router.post("/takedown", name="takedown_send", response_class=HTMLResponse)
async def send(request: Request, parts: ProcessParts, now: Now) -> HTMLResponse:
    """Take a notice and show its number; what is wrong comes back with what was typed."""
    await _not_too_many(request, parts)
    async with request.form(max_files=MOST_FILES + 1, max_fields=40, max_part_size=MOST_BYTES) as sent:
        files = [
            await _read(item)
            for item in sent.getlist("files")
            if isinstance(item, UploadFile) and item.filename
        ]
        form = FormData([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
    if text_of(form, _TRAP):
        raise NotFound("No such form.")
    return await run_in_threadpool(_take, request, form, files, parts, now)


def _take(request: Request, form: FormData, files: list[Attachment], parts: Parts, now: Now) -> HTMLResponse:
    with parts.database.read() as connection:
        services = accounts.service_ids(connection)
    chosen = text_of(form, "service") or (services[0] if len(services) == 1 else "")
    if chosen not in services:
        return _form(
            request,
            services,
            parts,
            now,
            form=form,
            wrong={"/service": N_("どのサービスの発言か選んでください。")},
        )
    right = text_of(form, "right")
    if right not in {word.value for word in Right}:
        return _form(request, services, parts, now, form=form, wrong={"/right": _PROBLEMS["/right"]})
    application = Application(
        service=chosen,
        channel="form",
        name=text_of(form, "name")[:200],
        kind=ApplicantKind(text_of(form, "kind") or "self")
        if text_of(form, "kind") in _KINDS
        else ApplicantKind.SELF,
        email=text_of(form, "email")[:320],
        phone=text_of(form, "phone")[:40],
        address=text_of(form, "address")[:2_000],
        right=Right(right),
        message_ids=_lines(form, "message_ids"),
        urls=_lines(form, "urls"),
        statement=text_of(form, "statement"),
        hide_from_poster=form.get("hide") is not None,
        files=files,
    )
    try:
        with parts.database.read_archive() as archive, parts.database.write() as unit:
            notice = notices.take(unit.connection, archive, application, terms_of(parts.settings), now=now)
    except Invalid as error:
        wrong = {
            _field(one.pointer): _PROBLEMS.get(_field(one.pointer), one.detail) for one in error.problems
        }
        return _form(request, services, parts, now, form=form, wrong=wrong)
    return render(
        request,
        "takedown_done.html",
        visitor=find_visitor(request),
        status_code=201,
        now=now,
        notice=notice,
        days=days_until(notice.received_at, notice.ends_at),
        token=parts.tokens.make(TokenKind.NOTICE, notice.id),
    )


_KINDS = {kind.value for kind in ApplicantKind}


@router.get("/takedown/status/{token}", name="notice_status", response_class=HTMLResponse)
def status_page(
    request: Request, token: str, connection: Read, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """How a notice stands. Raises NotFound for a token that is not ours."""
    notice_id = parts.tokens.read(TokenKind.NOTICE, token)
    if notice_id is None:
        raise NotFound("No such notice.")
    notice: Notice = notice_read.get(connection, notice_id)
    return render(
        request,
        "takedown_status.html",
        visitor=find_visitor(request),
        now=now,
        notice=notice,
        days=days_until(notice.received_at, notice.ends_at),
    )


def _form(
    request: Request,
    services: list[str],
    parts: Parts,
    now: Now,
    *,
    form: FormData | None = None,
    wrong: dict[str, str] | None = None,
) -> HTMLResponse:
    language = language_of(request)
    names = (
        "service",
        "name",
        "kind",
        "email",
        "phone",
        "address",
        "right",
        "message_ids",
        "urls",
        "statement",
    )
    return render(
        request,
        "takedown.html",
        visitor=find_visitor(request),
        status_code=422 if wrong else 200,
        now=now,
        services=services,
        typed={name: text_of(form, name) if form is not None else "" for name in names},
        hide=form is None or form.get("hide") is not None,
        wrong={field: translate(language, text) for field, text in (wrong or {}).items()},
        rights=RIGHT_JA,
        right_help=RIGHT_HELP_JA,
        kinds=APPLICANT_JA,
        longest=LONGEST_STATEMENT,
        days=parts.settings.notice_days,
        working=parts.settings.notice_working_days,
    )


def _lines(form: FormData, name: str) -> list[str]:
    lines = [line.strip() for line in text_of(form, name).split("\n")]
    return [line[:500] for line in lines if line][:_LINES]


def _field(pointer: str) -> str:
    """``/urls/3`` is about the field ``/urls``."""
    first, _, second = pointer.removeprefix("/").partition("/")
    return f"/{first}/{second}" if first == "applicant" else f"/{first}"


async def _read(file: UploadFile) -> Attachment:
    content = await file.read()
    return Attachment(
        name=(file.filename or "file")[:200], sha256=sha256(content).hexdigest(), content=content
    )


async def _not_too_many(request: Request, parts: Parts) -> None:
    """One address may not flood the desk; without Redis there is no limit: a right matters more."""
    address = request.client.host if request.client else "?"
    try:
        toll = await parts.limits.take(Bucket(key_id=f"takedown:{address}", rate=1, size=_FORM_SIZE), 1)
    except AWAY:
        return
    if toll.retry_after:
        raise RateLimited(toll.retry_after)
