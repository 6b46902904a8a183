"""Evidence packs: made from a case, read with their chain of custody, handed out as a ZIP, released."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.render import render
from api.console.visitor import Posted, SignedIn, text_of
from api.deps import Now, ProcessParts, Read
from moderation.errors import FieldProblem, Invalid
from moderation.reports.evidence_file import evidence_zip
from moderation.storage.accounts import accounts
from moderation.storage.desk import rows
from moderation.storage.reports import evidence, evidence_copy

router = APIRouter()


@router.get("/console/evidence", name="console_evidence", response_class=HTMLResponse)
def list_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Packs, the newest first."""
    return render(
        request,
        "evidence_list.html",
        visitor=visitor,
        now=now,
        packs=evidence.list_packs(connection),
        people=accounts.user_names(connection),
    )


@router.post("/console/cases/{case_id}/evidence", name="console_evidence_make")
def make(case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Copy a case as it is now, and hold on to it. Raises CaseNotFound, Invalid."""
    purpose = _words(text_of(form, "purpose"), "purpose")
    with parts.database.read_archive() as archive, parts.database.write() as unit:
        rows.get_case(unit.connection, case_id, visitor.sight)
        service, copy, holds = evidence_copy.of_case(unit.connection, archive, case_id, now=now)
        pack = evidence.add(
            unit.connection,
            copy,
            service=service,
            purpose=purpose,
            by=f"user:{visitor.user.id}",
            holds=holds,
            now=now,
            case_id=case_id,
        )
    return RedirectResponse(f"/console/evidence/{pack.id}", status_code=303)


@router.get("/console/evidence/{pack_id}", name="console_evidence_pack", response_class=HTMLResponse)
def pack_page(
    request: Request, pack_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """A pack with its chain; that somebody looked is written into it."""
    with parts.database.write() as unit:
        evidence.get(unit.connection, pack_id, lock=True)
        evidence.note(
            unit.connection, pack_id, actor=f"user:{visitor.user.id}", act="viewed", data={}, now=now
        )
        pack = evidence.get(unit.connection, pack_id)
        lines = evidence.chain(unit.connection, pack_id)
        people = accounts.user_names(unit.connection)
    return render(
        request,
        "evidence_pack.html",
        visitor=visitor,
        now=now,
        pack=pack,
        lines=lines,
        problems=evidence.problems_of(pack, lines),
        people=people,
    )


@router.get("/console/evidence/{pack_id}/file", name="console_evidence_file")
def file_of(pack_id: str, visitor: SignedIn, parts: ProcessParts, now: Now) -> Response:
    """The ZIP for an authority; that it left is the last line of the chain inside."""
    with parts.database.write() as unit:
        evidence.get(unit.connection, pack_id, lock=True)
        evidence.note(
            unit.connection, pack_id, actor=f"user:{visitor.user.id}", act="exported", data={}, now=now
        )
        pack = evidence.get(unit.connection, pack_id)
        made = evidence_zip(
            pack,
            evidence.chain(unit.connection, pack_id),
            names=accounts.user_names(unit.connection),
            now=now,
        )
    name = f"evidence-{pack_id}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/zip", headers=headers)


@router.post("/console/evidence/{pack_id}/release", name="console_evidence_release")
def release(pack_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """End the legal hold, with a reason. Raises EvidenceNotFound, HoldReleased, Invalid."""
    why = _words(text_of(form, "why"), "why")
    with parts.database.write() as unit:
        evidence.release(unit.connection, pack_id, by=f"user:{visitor.user.id}", why=why, now=now)
    return RedirectResponse(f"/console/evidence/{pack_id}", status_code=303)


def _words(text: str, name: str) -> str:
    if not text:
        raise Invalid("A reason is missing.", [FieldProblem(pointer=f"/{name}", detail="Say what for.")])
    return text[:1_000]
