"""A review desk for tests: people, cases, rulings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from moderation.review.case import Case
from moderation.review.decision import Action, Decision, Outcome, Ruling
from moderation.review.sight import Sight, sight_of
from moderation.scoring.message import Author, Room
from moderation.scoring.signal import Signal
from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome as Verdicts
from moderation.scoring.verdict import Verdict, Versions
from moderation.storage.accounts import accounts
from moderation.storage.accounts.accounts import User
from moderation.storage.chat import flagged, people
from moderation.storage.chat.flagged import Flagged
from moderation.storage.database import Database
from moderation.storage.desk import claims, next_case
from moderation.storage.desk import decide as desk_decide
from moderation.storage.desk.rows import get_case
from moderation.storage.ids import new_id
from moderation.storage.tables.delivery import outbox
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Category, ReportReason, Role, Severity
from tests.support.factories import NOON, message

SERVICE = "test"
LEASE = timedelta(minutes=10)
VERSIONS = Versions(model="model-1", lexicon="lexicon-1", fold="fold-1", ruleset="ruleset-1")
WARNING = Ruling(
    outcome=Outcome.VIOLATION,
    categories=(Category.INSULT,),
    policy_id="H-1",
    actions=(Action.WARN,),
    reason="侮辱にあたるため。",
)
CLEAR = Ruling(outcome=Outcome.NO_VIOLATION, reason="違反にあたらないため。")
UNSURE = Ruling(outcome=Outcome.UNSURE, reason="判断できないため。")


@dataclass(frozen=True, slots=True)
class Desk:
    """A database with a desk around it."""

    database: Database

    def person(self, login: str, *roles: Role, password_hash: str = "unusable") -> User:
        """Someone of the console; a moderator where no roles are given."""
        with self.database.write() as unit:
            return accounts.put_user(
                unit.connection,
                login=login,
                display_name=login.capitalize(),
                pseudonym=f"担当-{login}",
                password_hash=password_hash,
                roles=roles or (Role.MODERATOR,),
                now=NOON,
            )

    def sight(self, login: str, *roles: Role) -> Sight:
        """What someone may see."""
        user = self.person(login, *roles)
        return sight_of(user.id, user.roles)

    def case(self, text: str = "お前ほんと消えろ", *, at: datetime = NOON, **given: Any) -> str:
        """A case with one more hit; the same author and room join the same case."""
        item = hit(text, at=at, **given)
        with self.database.write() as unit:
            saved = flagged.save(unit.connection, [item], hold_for=timedelta(minutes=15), now=at)
        return saved[SERVICE, item.message.id]

    def room(self, room_id: str, *, category: str, title: str = "雑談", at: datetime = NOON) -> None:
        """A room the service told us of."""
        started = people.Event(
            id=new_id(),
            type=people.EventType.ROOM_STARTED,
            at=at,
            room_id=room_id,
            room=Room(id=room_id, category=category, title=title),
        )
        with self.database.write() as unit:
            people.add_events(unit.connection, SERVICE, [started], now=NOON)

    def report(
        self,
        case_id: str,
        *,
        text: str = "こわいです",
        minors: bool = False,
        reporter: str = "u-reporter",
        at: datetime = NOON,
    ) -> None:
        """A complaint in a case."""
        with self.database.write() as unit:
            unit.connection.execute(
                insert(reports).values(
                    id=new_id(),
                    service_id=SERVICE,
                    external_id=new_id(),
                    content_hash="-",
                    reporter_id=reporter,
                    subject_kind="author",
                    subject_id="u-1",
                    reason=ReportReason.THREAT,
                    text=text,
                    evidence=[],
                    reported_at=at,
                    received_at=at,
                    case_id=case_id,
                    counted=True,
                    weight=1.0,
                    minors=minors,
                    category_scores={},
                    model_version="-",
                    lexicon_version="-",
                    fold_version="-",
                    ruleset_version="-",
                )
            )

    def read(self, case_id: str, sight: Sight) -> Case:
        """A case as it is now."""
        with self.database.read() as connection:
            return get_case(connection, case_id, sight)

    def claim(self, case_id: str, sight: Sight, *, now: datetime = NOON) -> Case:
        """Claim one case."""
        with self.database.write() as unit:
            return claims.claim(unit.connection, case_id, sight, now=now, lease=LEASE)

    def claim_next(self, sight: Sight, *, now: datetime = NOON) -> Case | None:
        """Claim the next case."""
        with self.database.write() as unit:
            return next_case.claim_next(unit.connection, sight, now=now, lease=LEASE)

    def decide(
        self, case: Case, sight: Sight, ruling: Ruling = WARNING, *, now: datetime = NOON, **given: Any
    ) -> Decision:
        """Decide what was seen of a claimed case."""
        fields = {"decision_id": new_id(), "version": case.version, "seen_hit_seq": case.hit_seq} | given
        with self.database.write() as unit:
            return desk_decide.decide(unit.connection, case.id, sight, ruling, now=now, **fields)

    def undo(self, decision: Decision, sight: Sight, *, now: datetime = NOON) -> Decision:
        """Take a decision back."""
        with self.database.write() as unit:
            return desk_decide.undo(
                unit.connection, decision.case_id, sight, decision_id=decision.id, now=now, lease=LEASE
            )

    def events(self, *types: str) -> list[Any]:
        """Bodies of the webhook events of some types, in the order they leave."""
        found = self.rows(select(outbox).where(outbox.c.destination == "webhook").order_by(outbox.c.seq))
        return [row["payload"] for row in found if row["type"] in types]

    def rows(self, query: Any) -> list[dict[str, Any]]:
        """What a query finds, as dictionaries."""
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def hit(
    text: str,
    *,
    at: datetime = NOON,
    author: str = "u-1",
    name: str | None = "みかん箱",
    room: str = "r-1",
    title: str | None = None,
    category: Category = Category.INSULT,
    score: float = 0.9,
    severity: Severity = Severity.MEDIUM,
    verdict: Verdicts = Verdicts.ALLOW,
    minors: bool = False,
    policy: str | None = "H-1",
    spans: Sequence[tuple[int, int]] = ((0, 2),),
    context: Sequence[RoomLine] = (),
    queue: str | None = None,
    asked_priority: int = 0,
    strikes: int = 0,
    reason: str = "相手をおとしめる表現です。",
) -> Flagged:
    """A flagged message."""
    signal = Signal(
        source="rule:insult.test@2",
        category=category,
        score=score,
        reason=reason,
        spans=tuple(spans),
        severity=severity,
        policy=policy,
        minors=minors,
        strikes=strikes,
    )
    return Flagged(
        message=message(
            text,
            author=Author(id=author, name=name),
            room=Room(id=room, title=title),
            sent_at=at,
        ),
        verdict=Verdict(
            verdict=verdict,
            review=True,
            severity=severity,
            category_scores={category: score},
            categories=(category,),
            signals=(signal,),
            versions=VERSIONS,
            minors=minors,
            queue=queue,
            asked_priority=asked_priority,
        ),
        context=context,
    )
