"""A desk in the middle of a shift: every kind of case, and something on every page of the review desk."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from moderation.review.appeal import Appeal
from moderation.review.case import CaseKind
from moderation.review.decision import Action, Outcome, Ruling
from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome as Verdicts
from moderation.storage.accounts import accounts
from moderation.storage.desk import (
    appeals,
    filters,
    history,
    live_cases,
    moves,
    quality,
    routing,
    second_looks,
)
from moderation.storage.desk.live_cases import Arrival
from moderation.taxonomy import Category, Role, Severity
from tests.review.desk import SERVICE, WARNING, Desk

LONG_NAME = "とても長い名前を付けてしまったので表示が崩れないか確かめたい視聴者さん" * 3
TURNED = "\u202eevil\u202c\u200bなまえ"
SAID = (
    ("お前ほんと消えろ、二度と来るな", Category.INSULT, Severity.MEDIUM),
    ("配信者の家わかったわ、今から行く", Category.THREAT, Severity.CRITICAL),
    ("フォロワー買いませんか？今だけ半額、プロフのリンクから", Category.SPAM_SCAM, Severity.LOW),
    ("もう消えてしまいたい、生きてるのがつらい", Category.SELF_HARM, Severity.HIGH),
    ("下手くそすぎて見てられない", Category.INSULT, Severity.LOW),
    ("電話番号 090-0000-0000 に連絡ください", Category.PRIVACY, Severity.HIGH),
    ("<script>alert(1)</script> 同じこと何回言わせるの", Category.DISRUPTION, Severity.LOW),
)
TALK = (
    "こんばんは！",
    "今日もおつかれさまです",
    "ナイスプレイ",
    "そこ右じゃない？",
    "草",
    "初見です、よろしくお願いします",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Ids that pages are asked for by."""

    case_id: str
    closed_id: str
    minors_id: str
    room_case_id: str
    appeal_id: str
    author_id: str
    look_id: str


def fill(desk: Desk, *, people: int = 40, now: datetime | None = None) -> Busy:
    """Fill an empty desk for ``admin``; ``people`` authors have a case each."""
    now = now or datetime.now(UTC)
    admin = desk.person("admin", Role.ADMIN)
    with desk.database.write() as unit:
        accounts.add_service(unit.connection, SERVICE, name=SERVICE, now=now)
    desk.room(
        "r-1",
        category="fps",
        title="夜ふかしランクマッチ 今日こそ最高ランクへ行く配信 ～参加型です～",
        at=now - timedelta(hours=1, minutes=7),
    )
    desk.room("r-2", category="talk", title="雑談", at=now - timedelta(minutes=40))
    context = [
        RoomLine(
            message_id=f"talk-{at}",
            author_id=f"v-{at % 4}",
            author_name=f"視聴者{at % 4}",
            text=text,
            sent_at=now - timedelta(minutes=9, seconds=-at * 7),
        )
        for at, text in enumerate(TALK)
    ]
    first = ""
    for number in range(people):
        text, category, severity = SAID[number % len(SAID)]
        case_id = desk.case(
            text,
            author=f"u-{number}",
            name=(LONG_NAME, TURNED, f"ゲスト{number}")[min(number, 2)],
            room=f"r-{number % 2 + 1}",
            category=category,
            severity=severity,
            spans=((0, 3),),
            context=context,
            verdict=Verdicts.HOLD if number % 6 == 0 else Verdicts.ALLOW,
            at=now - timedelta(minutes=number % 9, seconds=number),
        )
        first = first or case_id
    desk.case("まだいたの、ほんと消えて", author="u-0", name=LONG_NAME, room="r-1", at=now)
    desk.report(first, text="毎回こういうことを言われてつらいです。対応をお願いします。")
    minors_id = desk.case(
        "何年生？ 連絡先教えて",
        author="u-minor",
        category=Category.SOLICITATION,
        severity=Severity.HIGH,
        minors=True,
        at=now,
    )
    room_case_id = _kinds(desk, now)
    decided = desk.case("お前らまとめて消えろ", author="u-closed", name="けんか腰", at=now)
    who = desk.sight("aoki")
    hide = Ruling(
        outcome=Outcome.VIOLATION,
        categories=(Category.INSULT,),
        policy_id="H-1",
        actions=(Action.HIDE, Action.WARN),
        reason="特定の人を侮辱する発言があったため。",
        internal_note="前日の配信でも同じ相手に絡んでいた。",
    )
    decision = desk.decide(desk.claim(decided, who, now=now), who, hide, now=now)
    for number in range(3):
        other = desk.case("ばかにするな", author=f"u-x{number}", room="r-2", at=now)
        desk.decide(desk.claim(other, who, now=now), who, WARNING, now=now)
    boss = desk.sight("admin", Role.ADMIN)
    with desk.database.write() as unit:
        connection = unit.connection
        moves.comment(connection, first, boss, "前後の流れを見ると冗談の範囲かもしれません。", now=now)
        kept, _ = appeals.receive(
            connection,
            Appeal(
                service=SERVICE,
                id="a-1",
                decision_id=decision.id,
                author_id="u-closed",
                text="友人どうしのいつもの冗談でした。非表示を取り消してください。",
                appealed_at=now,
            ),
            now=now,
        )
        second_looks.draw(connection, share=1.0, now=now)
        answered = second_looks.next_look(connection, boss, now=now)
        assert answered is not None
        second_looks.answer(connection, answered.id, boss, Outcome.VIOLATION, [Category.INSULT], now=now)
        look = second_looks.next_look(connection, boss, now=now)
        quality.set_golden(connection, decided, boss, now=now)
        filters.save_filter(
            connection, admin.id, name="急ぎの脅迫", query="category=threat&severity=critical", now=now
        )
        filters.save_filter(connection, admin.id, name="自分の担当", query="mine=1", now=now)
        history.put_label(
            connection,
            SERVICE,
            "author",
            "u-0",
            "要注意",
            by=f"user:{admin.id}",
            lasts=timedelta(days=30),
            now=now,
        )
        routing.put_queue(connection, "legal", name="法務確認", roles=[Role.LEAD])
        routing.add_route(
            connection,
            service=None,
            kind=None,
            category=Category.THREAT,
            severity=Severity.CRITICAL,
            queue="general",
        )
    assert look is not None
    return Busy(
        case_id=first,
        closed_id=decided,
        minors_id=minors_id,
        room_case_id=room_case_id,
        appeal_id=kept.id,
        author_id="u-0",
        look_id=look.id,
    )


def _kinds(desk: Desk, now: datetime) -> str:
    """A case of each kind that is not about one author's chat in one room."""
    made = ""
    for kind, author, room, other in (
        (CaseKind.RAID, None, "r-1", None),
        (CaseKind.QUARREL, "u-3", None, "u-4"),
        (CaseKind.ROOM, None, "r-2", None),
        (CaseKind.PROFILE, "u-5", None, None),
    ):
        arrival = Arrival(
            service=SERVICE,
            kind=kind,
            live_key=f"{kind}:{author or room}",
            author_id=author,
            room_id=room,
            severity=Severity.MEDIUM,
            categories={Category.DISRUPTION: 0.8},
            minors=False,
            hits=0,
            reports=2,
            report_weight=2.0,
            live_viewers=340,
            queue=None,
            other_id=other,
        )
        with desk.database.write() as unit:
            made = live_cases.join(unit.connection, arrival, now=now).case_id
    return made
