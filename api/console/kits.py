"""Article kits (記事キット): made, looked through, approved by somebody else, taken away as a zip."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.asked import asked
from api.console.render import render
from api.console.visitor import Posted, SignedIn, text_of, texts_of
from api.deps import Now, ProcessParts, Read, ReadArchive
from moderation.errors import FieldProblem, Invalid, NotFound
from moderation.scoring.harm import HINTED, harm_spans
from moderation.storage.accounts import accounts
from moderation.storage.trends import kits
from moderation.storage.trends.kits import KIT_STATE_JA, Kit, KitState
from moderation.taxonomy import CATEGORY_JA, Category
from moderation.trends.helplines import read_helplines
from moderation.trends.kit import kit_zip
from moderation.trends.kit_maker import make

router = APIRouter()

LONGEST_NOTE = 2_000
_TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


@router.get("/console/kits", name="console_kits", response_class=HTMLResponse)
def kits_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """The kits of a service, and the form that makes one."""
    wanted = asked(request, connection, now)
    return render(
        request,
        "kits.html",
        visitor=visitor,
        status_code=422 if wanted.problem else 200,
        now=now,
        wanted=wanted,
        kits=kits.of_service(connection, wanted.service),
        states=KIT_STATE_JA,
        categories=CATEGORY_JA,
    )


@router.post("/console/kits", name="console_kit_make")
def make_kit(
    request: Request,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """Count, draw and write a kit of the period in the address; it is kept as a draft."""
    with parts.database.read() as connection:
        wanted = asked(request, connection, now)
    if wanted.problem:
        raise wanted.problem
    if not wanted.service:
        raise NotFound("There is no service yet.")
    categories = _categories(texts_of(form, "category"))
    files = make(
        archive,
        service=wanted.service,
        period=wanted.period,
        today=wanted.today,
        categories=categories,
        harm=harm_spans(parts.engines.current.text, sure=HINTED),
        helplines=read_helplines(parts.settings.helplines_file),
    )
    with parts.database.write() as unit:
        kit_id = kits.add(
            unit.connection,
            service=wanted.service,
            period=wanted.period,
            categories=categories,
            content=kit_zip(files),
            by=visitor.user.id,
            now=now,
        )
    return RedirectResponse(f"/console/kits/{kit_id}", status_code=303)


@router.get("/console/kits/{kit_id}", name="console_kit", response_class=HTMLResponse)
def kit_page(request: Request, kit_id: str, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """A kit as an editor sees it: draft, card, charts, check list, and who may let it out."""
    kit, content = kits.get(connection, kit_id)
    files = _files(content)
    return render(
        request,
        "kit.html",
        visitor=visitor,
        now=now,
        wanted=asked(request, connection, now),
        kit=kit,
        files=files,
        charts=[
            PurePosixPath(path).stem for path in files if path.startswith("charts/") and path.endswith(".png")
        ],
        states=KIT_STATE_JA,
        names=accounts.user_names(connection),
        longest=LONGEST_NOTE,
    )


@router.get("/console/kits/{kit_id}/kit.zip", name="console_kit_zip")
def kit_download(kit_id: str, visitor: SignedIn, connection: Read) -> Response:
    """The zip, byte for byte as it was made."""
    del visitor
    kit, content = kits.get(connection, kit_id)
    return Response(
        content,
        media_type="application/zip",
        headers={"Content-Disposition": f"attachment; filename={_zip_name(kit)}"},
    )


@router.get("/console/kits/{kit_id}/files/{path:path}", name="console_kit_file")
def kit_file(kit_id: str, path: str, visitor: SignedIn, connection: Read) -> Response:
    """One file of it."""
    del visitor
    files = _files(kits.get(connection, kit_id)[1])
    if path not in files:
        raise NotFound(f"The kit has no file {path[:80]!r}.")
    return Response(files[path], media_type=_TYPES[PurePosixPath(path).suffix])


@router.post("/console/kits/{kit_id}/approve", name="console_kit_approve")
def approve(kit_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Let a kit of somebody else be published; the audit trail keeps who and why."""
    with parts.database.write() as unit:
        kits.approve(unit.connection, kit_id, by=visitor.user.id, note=_note(form), now=now)
    return RedirectResponse(f"/console/kits/{kit_id}", status_code=303)


@router.post("/console/kits/{kit_id}/withdraw", name="console_kit_withdraw")
def withdraw(kit_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Take a kit back."""
    with parts.database.write() as unit:
        kits.withdraw(unit.connection, kit_id, by=visitor.user.id, note=_note(form), now=now)
    return RedirectResponse(f"/console/kits/{kit_id}", status_code=303)


def _categories(names: list[str]) -> tuple[Category, ...]:
    try:
        return tuple(Category(name) for name in names)
    except ValueError as error:
        known = ", ".join(category.value for category in Category)
        raise Invalid(
            "The kit cannot be made.",
            [FieldProblem(pointer="/category", detail=f"is not known; there are {known}")],
        ) from error


def _note(form: Posted) -> str:
    note = text_of(form, "note")
    if len(note) > LONGEST_NOTE:
        detail = f"is longer than {LONGEST_NOTE} characters"
        raise Invalid("The note is too long.", [FieldProblem(pointer="/note", detail=detail)])
    return note


def _files(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def _zip_name(kit: Kit) -> str:
    draft = "" if kit.state is KitState.APPROVED else "draft-"
    return f"{draft}ibasho-kit-{kit.period.first}-{kit.period.last}.zip"
