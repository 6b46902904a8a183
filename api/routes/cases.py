"""Cases over HTTP, for services with a review tool of their own: list them, read one, claim the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from math import isfinite
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.deps import Now, ProcessParts, Read, Write, lease_of
from api.openapi import KEYED, problems
from api.routes.acting import OnBehalf
from api.routes.case_shapes import CaseFileOut, CaseOut, CasePage, case_out, file_out
from moderation.errors import FieldProblem, Invalid, MissingRole, ReasonNeeded
from moderation.review.case import Case, CaseState
from moderation.review.sight import DESK_ROLES
from moderation.storage.accounts import account_names
from moderation.storage.desk import care, claims, next_case, similar
from moderation.storage.desk import case as desk_case
from moderation.storage.desk import queue as desk_queue
from moderation.storage.desk.queue import QueueFilter
from moderation.storage.desk.rows import get_case
from moderation.taxonomy import Category, Severity

router = APIRouter(prefix="/v1", tags=["cases"])

CaseId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]*$")]
QueueId = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f]*$")]
Word = Annotated[str | None, Query(max_length=32, pattern=r"^[^\x00]*$")]
MOST = 200


@router.get(
    "/cases",
    operation_id="listCases",
    summary="Cases, the most urgent first",
    responses=problems(*KEYED, 422),
)
def list_cases(
    acting: OnBehalf,
    connection: Read,
    now: Now,
    queue: Word = None,
    state: CaseState | None = None,
    category: Category | None = None,
    severity: Severity | None = None,
    mine: bool = False,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=400, description="`next_cursor` of the last page.")
    ] = None,
) -> CasePage:
    """Open cases of the key's service that the person may see; `state=closed` lists settled ones."""
    wanted = QueueFilter(queue=queue, state=state, category=category, severity=severity, mine=mine)
    after = None if cursor is None else _read_cursor(cursor)
    found = desk_queue.cases_after(connection, acting.sight, wanted, after=after, most=limit + 1, now=now)
    names = account_names.logins(connection)
    page, more = found[:limit], len(found) > limit
    return CasePage(
        cases=[case_out(case, names) for case in page], next_cursor=_cursor(page[-1]) if more else None
    )


@router.get(
    "/cases/{case_id}",
    operation_id="getCase",
    summary="A case with all that belongs to it",
    responses=problems(*KEYED, 404, 422),
)
def get_one(
    case_id: CaseId,
    acting: OnBehalf,
    unit: Write,
    now: Now,
    why: Annotated[
        str | None,
        Query(max_length=500, description="Why a protected case is read without a claim; it is kept."),
    ] = None,
) -> CaseFileOut:
    """Reading a minors' case leaves an entry in the audit trail; without a claim it needs a reason."""
    case = get_case(unit.connection, case_id, acting.sight)
    if why:
        care.give_reason(unit.connection, case, acting.sight, why, now=now)
    elif not care.may_look(unit.connection, case, acting.sight, now=now):
        raise ReasonNeeded(case_id)
    elif case.minors:
        care.note_look(unit.connection, case, acting.sight, "review", now=now)
    return file_out(
        desk_case.load(unit.connection, case_id, acting.sight),
        similar.find(unit.connection, case, acting.sight),
        account_names.logins(unit.connection),
    )


@router.post(
    "/queues/{queue_id}/claim",
    operation_id="claimNext",
    summary="Claim the most urgent case of a review queue",
    response_model=CaseOut,
    responses=problems(*KEYED, 422) | {204: {"description": "Nothing in it that the person could take."}},
)
def claim_next(
    queue_id: QueueId, acting: OnBehalf, unit: Write, parts: ProcessParts, now: Now
) -> CaseOut | Response:
    """Nobody else gets the same case; the lease ends by itself, and `renew` keeps it."""
    if not acting.sight.desk:
        raise MissingRole(sorted(DESK_ROLES))
    claims.take_turn(unit.connection, acting.sight)
    case = next_case.claim_next(unit.connection, acting.sight, now=now, lease=lease_of(parts), queue=queue_id)
    if case is None:
        return Response(status_code=204)
    return case_out(case, account_names.logins(unit.connection))


def _cursor(last: Case) -> str:
    place = f"{last.priority!r} {last.opened_at.isoformat()} {last.id}"
    return urlsafe_b64encode(place.encode()).decode()


def _read_cursor(cursor: str) -> tuple[float, datetime, str]:
    try:
        score, opened, case_id = urlsafe_b64decode(cursor.encode()).decode().split(" ")
        priority, opened_at = float(score), datetime.fromisoformat(opened)
    except ValueError as error:
        raise _bad_cursor() from error
    if opened_at.tzinfo is None or not isfinite(priority) or "\0" in case_id:
        raise _bad_cursor()
    return priority, opened_at, case_id


def _bad_cursor() -> Invalid:
    problem = FieldProblem(pointer="/cursor", detail="not a `next_cursor` of ours")
    return Invalid("The page cannot be found.", [problem])
