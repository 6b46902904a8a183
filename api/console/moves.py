"""Who goes on with a case: remarks, escalation, other queues, other people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.case import go_on, show
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Conflict, Invalid, MissingRole
from moderation.review.sight import Sight
from moderation.storage.database import Connection
from moderation.storage.desk import moves, quality

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Move:
    """Somebody's form about one case, and what the page does after it."""

    request: Request
    case_id: str
    visitor: Visitor
    form: Posted
    parts: Parts
    now: Now

    @property
    def sight(self) -> Sight:
        return self.visitor.sight

    def text(self, name: str) -> str:
        """A field of the form."""
        return text_of(self.form, name)

    def stay(self, step: Callable[[Connection], object]) -> Response:
        """Take a step in one transaction, and show the case again."""
        return self._failed(step) or RedirectResponse(f"/console/cases/{self.case_id}", status_code=303)

    def leave(self, step: Callable[[Connection], object], *, notice: str) -> Response:
        """The same, and open the next case."""
        return self._failed(step) or go_on(self.visitor, self.parts, self.now, notice=notice)

    def _failed(self, step: Callable[[Connection], object]) -> HTMLResponse | None:
        """The case's page with the reason, where the step fails."""
        try:
            with self.parts.database.write() as unit:
                step(unit.connection)
        except (Conflict, Invalid, MissingRole) as error:
            return show(self.request, self.case_id, self.visitor, self.parts, self.now, error=error)
        return None


async def _move(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> _Move:
    return _Move(request, case_id, visitor, form, parts, now)


Move = Annotated[_Move, Depends(_move)]


@router.post("/console/cases/{case_id}/comment", name="console_comment", response_class=HTMLResponse)
def comment(case_id: str, by: Move) -> Response:
    """Leave a remark for colleagues."""
    return by.stay(
        lambda connection: moves.comment(connection, case_id, by.sight, by.text("text"), now=by.now)
    )


@router.post("/console/cases/{case_id}/escalate", name="console_escalate", response_class=HTMLResponse)
def escalate(case_id: str, by: Move) -> Response:
    """Hand a case to the leads, and open the next one."""
    return by.leave(
        lambda connection: moves.escalate(connection, case_id, by.sight, by.text("text"), now=by.now),
        notice="escalated",
    )


@router.post("/console/cases/{case_id}/move", name="console_move", response_class=HTMLResponse)
def move(case_id: str, by: Move) -> Response:
    """Put a case into another review queue, and open the next one."""
    return by.leave(
        lambda connection: moves.move(
            connection, case_id, by.sight, by.text("queue"), by.text("text"), now=by.now
        ),
        notice="moved",
    )


@router.post("/console/cases/{case_id}/opinion", name="console_opinion", response_class=HTMLResponse)
def opinion(case_id: str, by: Move) -> Response:
    """Ask a colleague for a second opinion, and open the next case."""
    return by.leave(
        lambda connection: moves.ask_second_opinion(
            connection, case_id, by.sight, by.text("text"), now=by.now
        ),
        notice="asked",
    )


@router.post("/console/cases/{case_id}/assign", name="console_assign", response_class=HTMLResponse)
def assign(case_id: str, by: Move) -> Response:
    """Name the person who is to decide."""
    return by.stay(
        lambda connection: moves.assign(connection, case_id, by.sight, by.text("user_id") or None, now=by.now)
    )


@router.post("/console/cases/{case_id}/golden", name="console_golden_set", response_class=HTMLResponse)
def golden(case_id: str, by: Move) -> Response:
    """Make the finding of a settled case a known right answer."""
    return by.stay(lambda connection: quality.set_golden(connection, case_id, by.sight, now=by.now))
