"""Bulk: the preview of cases that have something in common, one decision for each, and the way back."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.decide import preset_ruling
from api.console.errors import explain
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts, lease_of
from moderation.errors import BadForm, Conflict, Invalid, ModerationError, NotFound
from moderation.review.presets import PRESETS
from moderation.storage.accounts import accounts
from moderation.storage.desk import bulk
from moderation.storage.desk.bulk import Alike, BulkResult, Chosen
from moderation.storage.desk.rows import get_case
from moderation.storage.ids import new_id

router = APIRouter()

_VALUE_PARTS = 3


@router.get("/console/cases/{case_id}/bulk", name="console_bulk", response_class=HTMLResponse)
def preview(request: Request, case_id: str, visitor: SignedIn, parts: ProcessParts, now: Now) -> Response:
    """What would be decided together, before anything is."""
    return _preview(request, case_id, visitor, parts, now)


@router.post("/console/cases/{case_id}/bulk", name="console_bulk_decide", response_class=HTMLResponse)
def decide(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Decide every case that was ticked, by one key for all; each gets a decision of its own."""
    batch_id = text_of(form, "batch_id")
    chosen = [_chosen(value) for value in texts_of(form, "cases")]
    try:
        with parts.database.write() as unit:
            ruling = preset_ruling(unit, case_id, visitor, text_of(form, "preset"))
            results = bulk.decide_all(
                unit.connection,
                chosen,
                visitor.sight,
                ruling,
                batch_id=batch_id,
                now=now,
                lease=lease_of(parts),
            )
    except (Conflict, Invalid) as error:
        return _preview(request, case_id, visitor, parts, now, error=error)
    return _results(request, batch_id, visitor, parts, now, results)


@router.get("/console/batches/{batch_id}", name="console_batch", response_class=HTMLResponse)
def batch(request: Request, batch_id: str, visitor: SignedIn, parts: ProcessParts, now: Now) -> Response:
    """What became of one's own bulk act."""
    with parts.database.read() as connection:
        made = bulk.of_batch(connection, batch_id)
    if not made or not (visitor.sight.senior or made[0].decided_by == visitor.user.id):
        raise NotFound(f"No bulk act {batch_id!r}.")
    results = [BulkResult(case_id=decision.case_id, decision=decision) for decision in made]
    return _results(request, batch_id, visitor, parts, now, results)


@router.post("/console/batches/{batch_id}/undo", name="console_batch_undo", response_class=HTMLResponse)
def undo(batch_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Take every decision of a bulk act back that still stands."""
    del form
    with parts.database.write() as unit:
        bulk.undo_all(unit.connection, batch_id, visitor.sight, now=now, lease=lease_of(parts))
    return RedirectResponse(f"/console/batches/{batch_id}", status_code=303)


def _preview(
    request: Request,
    case_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
) -> HTMLResponse:
    alike = word_of(Alike, request.query_params.get("by")) or Alike.TEXT
    with parts.database.read() as connection:
        case = get_case(connection, case_id, visitor.sight)
        found = bulk.candidates(connection, case, visitor.sight, alike, now=now)
        people = accounts.user_names(connection)
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return render(
        request,
        "bulk.html",
        visitor=visitor,
        status_code=status,
        now=now,
        case=case,
        alike=alike,
        ways=tuple(Alike),
        found=found,
        people=people,
        presets=PRESETS,
        batch_id=new_id(),
        most=bulk.MOST_CASES,
        trouble=None if error is None else explain(error, status, language_of(request)),
    )


def _results(
    request: Request, batch_id: str, visitor: Visitor, parts: Parts, now: Now, results: list[BulkResult]
) -> HTMLResponse:
    with parts.database.read() as connection:
        seen = bulk.visible_cases(connection, [result.case_id for result in results], visitor.sight)
    language = language_of(request)
    return render(
        request,
        "batch.html",
        visitor=visitor,
        now=now,
        batch_id=batch_id,
        results=[result for result in results if result.case_id in seen],
        cases=seen,
        whys={
            result.case_id: explain(result.error, 409, language)
            for result in results
            if result.error is not None
        },
    )


def _chosen(value: str) -> Chosen:
    """``case:version:hit_seq`` of a ticked box. Raises BadForm."""
    parts = value.split(":")
    if len(parts) != _VALUE_PARTS or not all(part.isdecimal() and len(part) < 10 for part in parts[1:]):  # noqa: PLR2004 - beyond any counter of ours
        raise BadForm("The form is damaged; load the page again.")
    return Chosen(case_id=parts[0], version=int(parts[1]), hit_seq=int(parts[2]))
