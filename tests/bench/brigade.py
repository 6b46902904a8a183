"""The brigade simulation: 30 colluding accounts against 300 honest ones, on the real intake, desk and rules.

    python -m tests.bench.brigade

Honest people report whoever harms them, and are sometimes wrong. Thirty accounts report one innocent author
again and again, in words of one make, some of them after having earned a record with true reports first. The
same days are played without them as well. Nothing is mocked: the reports go through intake, moderators take
cases in the order of the review queue at a fixed pace and decide by the truth, outcomes weigh reporters.
`make bench-stats` calls ``rows``.
"""

# ruff: noqa: T201 - it is a command

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean

from sqlalchemy import select

from moderation.bootstrap import embedded_engine, seed
from moderation.reports.intake import place_reports
from moderation.reports.reading import ReadReport, read_reports
from moderation.reports.report import Report, Subject
from moderation.review.case import Case
from moderation.review.decision import Action, Outcome, Ruling
from moderation.review.sight import sight_of
from moderation.scoring.engine import Engine
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate
from moderation.storage.database import Database, open_database
from moderation.storage.desk import decide, next_case
from moderation.storage.ids import new_id
from moderation.storage.reports import reporters
from moderation.storage.tables.cases import cases, held_messages
from moderation.storage.tables.people import strikes
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Category, ReportReason, Role, SubjectKind
from tests.support.factories import NOON

HONEST, COLLUDERS = 300, 30
OFFENDERS = 60
DAYS = 12
HONEST_A_DAY = 60
DECISIONS_A_DAY = 25
"""Fewer than honest people need on most days: order matters."""
WRONG = 0.1
"""Share of honest reports that are about somebody harmless."""
INNOCENT = "u-innocent"
ATTACK_DAY = 4
_LEASE = timedelta(minutes=10)
_LINES = (
    "この配信者は裏で悪いことをしている最低の人間です、今すぐBANしてください",
    "この配信者は裏で悪いことをしてる最低の人間です。今すぐBANして下さい！",
    "この配信者は裏で悪い事をしている最低な人間です 今すぐBANしてください",
)
_OWN_WORDS = (
    "{n}番の部屋で何度もいやなことを言われて困っています",
    "見ていてつらい書き込みでした、{n}回は見ました",
    "注意してもやめてくれません。もう{n}日続いています",
    "ほかの人も{n}人くらい嫌がっていました",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the simulation."""

    name: str
    value: float
    unit: str
    target: float | None = None


@dataclass(slots=True)
class Played:
    """What came of one run.

    Attributes:
        waits: Days until a decision, of honest reports that were right.
        innocent_looks: How often a moderator had to look at the innocent author.
        rank: The place of the innocent's case among the open ones, 1 on top, when the attack begins to show.
        windows: Reports about the innocent that the windows of rules counted: what could make a rule speak.
        punished: Strikes and held messages of the innocent.
    """

    waits: list[float] = field(default_factory=list)
    innocent_looks: int = 0
    rank: list[float] = field(default_factory=list)
    windows: int = 0
    punished: int = 0
    marked: int = 0
    attack: int = 0
    honest_weight: float = 0.0
    colluder_weight: float = 0.0


def rows() -> list[Row]:
    """Play the days with and without the brigade, and compare."""
    with _engine() as engine:
        quiet, attacked = _play(engine, attack=False), _play(engine, attack=True)
    slower = mean(attacked.waits) - mean(quiet.waits)
    return [
        Row("brigade: held messages and strikes of the innocent author", attacked.punished, "times", 0),
        Row("  their reports that rules could count in 12 days", attacked.windows, "reports"),
        Row("  reports of the brigade that count (30 people, 8 days)", attacked.attack, "reports"),
        Row("  of these marked as a brigade", 100 * attacked.marked / max(1, attacked.attack), "%"),
        Row("  looks of a moderator at the innocent author", attacked.innocent_looks, "looks"),
        Row(
            "  best place of their case in the queue, share from the top",
            100 * min(attacked.rank, default=1.0),
            "%",
        ),
        Row(
            "  wait of honest reports, days, with the brigade",
            mean(attacked.waits),
            "days",
            round(mean(quiet.waits), 2),
        ),
        Row("  slower by", slower * 24, "hours", 0),
        Row("  weight of an honest reporter at the end, mean", attacked.honest_weight, ""),
        Row("  weight of a colluder at the end, mean", attacked.colluder_weight, ""),
    ]


@contextmanager
def _engine() -> Iterator[Engine]:
    yield embedded_engine(Settings(model_dir=PROJECT / "var" / "models" / "ja"))


def _play(engine: Engine, *, attack: bool) -> Played:
    with tempfile.TemporaryDirectory(prefix="ibasho-brigade-") as folder:
        settings = Settings(data_dir=Path(folder))
        database = open_database(settings)
        migrate.upgrade(database)
        with database.write() as unit:
            seed(unit, settings, now=NOON)
        try:
            return _Days(database, engine, attack=attack).play()
        finally:
            database.dispose()


class _Days:
    def __init__(self, database: Database, engine: Engine, *, attack: bool) -> None:
        self._database = database
        self._engine = engine
        self._attack = attack
        self._pick = random.Random(30)
        self._crowd = random.Random(300)
        self._sight = sight_of("lead", [Role.ADMIN])
        self._played = Played()
        self._number = 0
        self._due: dict[str, datetime] = {}

    def play(self) -> Played:
        for day in range(DAYS):
            now = NOON + timedelta(days=day)
            self._take(self._honest(day), now)
            if self._attack:
                self._take(self._colluding(day), now + timedelta(minutes=30))
            self._look_at_queue(now + timedelta(hours=1))
            self._decide_some(now + timedelta(hours=2))
        return self._settle(NOON + timedelta(days=DAYS))

    def _honest(self, day: int) -> list[Report]:
        return [
            self._report(
                f"h-{self._pick.randrange(HONEST)}",
                f"u-harmless-{day}-{n}"
                if self._pick.random() < WRONG
                else f"u-bad-{self._pick.randrange(OFFENDERS)}",
                self._pick.choice(
                    (ReportReason.INSULT, ReportReason.DISRUPTION, ReportReason.SEXUAL_HARASSMENT)
                ),
                self._pick.choice(_OWN_WORDS).format(n=self._pick.randrange(2, 90)),
                NOON + timedelta(days=day),
            )
            for n in range(HONEST_A_DAY)
        ]

    def _colluding(self, day: int) -> list[Report]:
        at = NOON + timedelta(days=day)
        if day < ATTACK_DAY:  # ten of them earn a record first
            names = [f"c-{self._crowd.randrange(10)}" for _ in range(5)]
            return [
                self._report(
                    name,
                    f"u-bad-{self._crowd.randrange(OFFENDERS)}",
                    ReportReason.INSULT,
                    "ひどい暴言でした",
                    at,
                )
                for name in names
            ]
        return [
            self._report(f"c-{n}", INNOCENT, ReportReason.THREAT, self._crowd.choice(_LINES), at)
            for n in range(COLLUDERS)
        ]

    def _report(self, reporter: str, author: str, reason: ReportReason, text: str, at: datetime) -> Report:
        self._number += 1
        return Report(
            service="test",
            id=f"rp-{self._number}",
            reporter_id=reporter,
            subject=Subject(kind=SubjectKind.AUTHOR, id=author, room_id="r-1"),
            reason=reason,
            text=text,
            evidence=(f"m-{author}-{at:%d}",),  # something new was said that day
            reported_at=at,
        )

    def _take(self, given: list[Report], now: datetime) -> None:
        counted: list[ReadReport] = []
        for first in range(0, len(given), 7):  # they come in small crowds, not all at once
            some = given[first : first + 7]
            with self._database.write() as unit, self._database.read_archive() as archive:
                reads = read_reports(self._engine, unit.connection, archive, some, now=now)
                _, passed = place_reports(unit.connection, archive, reads, now=now)
            counted += passed
        self._played.windows += sum(read.report.subject.id == INNOCENT for read in counted)

    def _look_at_queue(self, now: datetime) -> None:
        """Where the innocent's case stands, as a share of the open cases."""
        del now
        with self._database.read() as connection:
            open_ = (
                connection.execute(
                    select(cases.c.author_id)
                    .where(cases.c.state == "queued")
                    .order_by(cases.c.priority.desc(), cases.c.opened_at)
                )
                .scalars()
                .all()
            )
        if INNOCENT in open_:
            self._played.rank.append((open_.index(INNOCENT) + 1) / len(open_))

    def _decide_some(self, now: datetime) -> None:
        for n in range(DECISIONS_A_DAY):
            at = now + timedelta(minutes=10 * n)
            with self._database.write() as unit:
                case = next_case.claim_next(unit.connection, self._sight, now=at, lease=_LEASE)
                if case is None:
                    return
                self._played.innocent_looks += case.author_id == INNOCENT
                decide.decide(
                    unit.connection,
                    case.id,
                    self._sight,
                    _by_truth(case),
                    decision_id=new_id(),
                    version=case.version,
                    seen_hit_seq=case.hit_seq,
                    now=at,
                )

    def _settle(self, now: datetime) -> Played:
        played = self._played
        with self._database.read() as connection:
            for row in connection.execute(select(reports).where(reports.c.reporter_id.startswith("h-"))):
                if row.counted and row.author_id.startswith("u-bad"):
                    played.waits.append(((row.judged_at or now) - row.received_at) / timedelta(days=1))
            played.attack = len(
                connection.execute(
                    select(reports.c.id).where(reports.c.author_id == INNOCENT, reports.c.counted)
                ).all()
            )
            played.marked = len(
                connection.execute(
                    select(reports.c.id).where(reports.c.author_id == INNOCENT, reports.c.brigade)
                ).all()
            )
            struck = connection.execute(select(strikes.c.id).where(strikes.c.author_id == INNOCENT)).all()
            held = connection.execute(
                select(held_messages.c.message_id)
                .join(cases, cases.c.id == held_messages.c.case_id)
                .where(cases.c.author_id == INNOCENT)
            ).all()
            played.punished = len(struck) + len(held)
            honest = reporters.load(connection, "test", [f"h-{n}" for n in range(HONEST)], now=now)
            crowd = reporters.load(connection, "test", [f"c-{n}" for n in range(COLLUDERS)], now=now)
        played.honest_weight = mean(one.weight(now) for one, _ in honest.values())
        played.colluder_weight = mean(one.weight(now) for one, _ in crowd.values())
        return played


def _by_truth(case: Case) -> Ruling:
    if case.author_id and case.author_id.startswith("u-bad"):
        return Ruling(
            outcome=Outcome.VIOLATION,
            categories=(Category.INSULT,),
            policy_id="H-1",
            actions=(Action.WARN,),
            reason="侮辱にあたるため。",
        )
    return Ruling(outcome=Outcome.NO_VIOLATION, reason="違反にあたらないため。")


if __name__ == "__main__":
    for shown in rows():
        print(
            f"{shown.name:64} {shown.value:10.2f} {shown.unit}"
            + ("" if shown.target is None else f"   (against {shown.target:g})")
        )
