"""A report desk for tests: reports, inquiries, and what became of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from moderation.reports.intake import ReportDesk, Taken
from moderation.reports.report import Inquiry, Report, Subject
from moderation.review.case import CaseKind
from moderation.review.decision import Action, Outcome, Ruling
from moderation.review.sight import sight_of
from moderation.scoring.engine import Engine
from moderation.storage.database import Database
from moderation.storage.desk import claims
from moderation.storage.desk import decide as desk_decide
from moderation.storage.ids import new_id
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import cases
from moderation.storage.tables.delivery import outbox
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Category, InquiryTopic, ReportReason, Role, SubjectKind
from tests.support.factories import NOON

_numbers = count(1)
LEASE = timedelta(minutes=10)


def report(reporter: str = "u-9", **given: Any) -> Report:
    fields: dict[str, Any] = {
        "service": "test",
        "id": f"rp-{next(_numbers)}",
        "reporter_id": reporter,
        "subject": Subject(kind=SubjectKind.AUTHOR, id="u-1", room_id="r-1"),
        "reason": ReportReason.INSULT,
        "text": "この人に暴言を吐かれました",
        "evidence": (),
        "reported_at": NOON,
    }
    return Report(**(fields | given))


def about_message(message_id: str, **given: Any) -> Subject:
    return Subject(kind=SubjectKind.MESSAGE, id=message_id, **given)


def about(kind: SubjectKind, name: str, **given: Any) -> Subject:
    return Subject(kind=kind, id=name, **given)


def inquiry(**given: Any) -> Inquiry:
    fields: dict[str, Any] = {
        "service": "test",
        "id": f"iq-{next(_numbers)}",
        "topic": InquiryTopic.STREAMING,
        "text": "配信が荒らされて困っています",
        "room_id": None,
        "author_id": None,
        "ticket_id": "CS-1",
        "asked_at": NOON,
    }
    return Inquiry(**(fields | given))


@dataclass(slots=True)
class Taking:
    """Takes reports in and decides cases, each in a unit of work of its own."""

    database: Database
    engine: Engine
    lead: Any = field(default_factory=lambda: sight_of("lead", [Role.ADMIN]))

    def __call__(self, item: Report | Inquiry, *, now: datetime = NOON) -> Taken:
        with self.database.write() as unit, self.database.read_archive() as archive:
            desk = ReportDesk(engine=self.engine, connection=unit.connection, archive=archive, now=now)
            return desk.take_inquiry(item) if isinstance(item, Inquiry) else desk.take_report(item)

    def many(self, items: list[Report], *, now: datetime = NOON) -> list[Taken]:
        with self.database.write() as unit, self.database.read_archive() as archive:
            desk = ReportDesk(engine=self.engine, connection=unit.connection, archive=archive, now=now)
            return desk.take_reports(items)

    def decide(
        self,
        case_id: str,
        outcome: Outcome = Outcome.NO_VIOLATION,
        *,
        actions: tuple[Action, ...] | None = None,
        now: datetime = NOON,
    ) -> str:
        """Settle a case as a lead does; gives the decision's id."""
        found = outcome is Outcome.VIOLATION
        ruling = Ruling(
            outcome=outcome,
            categories=(Category.INSULT,) if found else (),
            policy_id="H-1" if found else None,
            actions=actions or ((Action.WARN,) if found else (Action.NONE,)),
            reason="前後を確認したため。",
        )
        with self.database.write() as unit:
            case = claims.claim(unit.connection, case_id, self.lead, now=now, lease=LEASE)
            made = desk_decide.decide(
                unit.connection,
                case_id,
                self.lead,
                ruling,
                decision_id=new_id(),
                version=case.version,
                seen_hit_seq=case.hit_seq,
                now=now,
            )
        return made.id

    def undo(self, case_id: str, decision_id: str) -> None:
        with self.database.write() as unit:
            desk_decide.undo(
                unit.connection, case_id, self.lead, decision_id=decision_id, now=NOON, lease=LEASE
            )

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(table)).all())

    def case(self, case_id: str) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(cases).where(cases.c.id == case_id)).one()

    def kept(self, report_id: str) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(reports).where(reports.c.external_id == report_id)).one()

    def events(self, type_: str) -> list[dict[str, Any]]:
        """What left for webhooks, by type."""
        with self.database.read() as connection:
            rows = connection.execute(select(outbox).where(outbox.c.type == type_).order_by(outbox.c.seq))
            return [row.payload["data"] for row in rows]

    def said(
        self, message_id: str, text: str, *, author: str, room: str = "r-1", at: datetime = NOON
    ) -> None:
        """A message that the recorder archived."""
        with self.database.write_archive() as unit:
            unit.connection.execute(
                archive_messages.insert().values(
                    service_id="test",
                    id=message_id,
                    author_id=author,
                    age_band="unknown",
                    room_id=room,
                    room_category="unknown",
                    text=text,
                    sent_at=at,
                    counted_at=at,
                    verdict="allow",
                    review=False,
                    severity=0,
                    minors=False,
                    categories=[],
                    category_scores={},
                    rules=[],
                    model_version="-",
                    lexicon_version="-",
                    fold_version="-",
                    ruleset_version="-",
                )
            )


__all__ = ["CaseKind", "Taking", "about", "about_message", "inquiry", "report"]
