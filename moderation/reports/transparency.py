"""The transparency report: what a platform publishes once a year, counted by reason and by measure.

The year is that of 情報流通プラットフォーム対処法: 1 April to 31 March in Japan. The first six tables follow the
ordinance's list (施行規則: articles 25 and 27 of the act); the rest is told beside it. docs/transparency.md
says what counsel has to confirm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from moderation.errors import FieldProblem, Invalid
from moderation.reports import transparency_notices
from moderation.reports.transparency_table import Cell, Table, with_total
from moderation.review.decision import ACTION_JA, ALLOWED_ACTIONS, OUTCOME_JA, Action, Outcome
from moderation.storage.reports.transparency import YearFacts
from moderation.taxonomy import CATEGORY_JA, REASON_JA
from moderation.trends.days import jst_day

FIRST_YEAR = 2000
LAST_YEAR = 2999
_APRIL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TransparencyReport:
    """All tables of one year."""

    year: int
    service: str
    first: date
    last: date
    made_at: datetime
    complete: bool
    tables: Sequence[Table]


def year_window(year: int) -> tuple[datetime, datetime]:
    """1 April of a year to 31 March of the next in Japan, as a UTC window: start in, end out.

    Raises:
        Invalid: That is no year.

    >>> [at.isoformat() for at in year_window(2026)]
    ['2026-03-31T15:00:00+00:00', '2027-03-31T15:00:00+00:00']
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        detail = f"a year from {FIRST_YEAR} to {LAST_YEAR}: 2026 is 1 April 2026 to 31 March 2027"
        raise Invalid(f"{year} is no year of a report.", [FieldProblem(pointer="/year", detail=detail)])
    return jst_day(date(year, _APRIL, 1))[0], jst_day(date(year + 1, _APRIL, 1))[0]


def make(facts: YearFacts, year: int, *, now: datetime) -> TransparencyReport:
    """Count a year."""

    def within(at: datetime | None) -> bool:
        return at is not None and facts.start <= at < facts.end

    return TransparencyReport(
        year=year,
        service=facts.service,
        first=date(year, _APRIL, 1),
        last=date(year + 1, _APRIL - 1, 31),
        made_at=now,
        complete=now >= facts.end,
        tables=(
            transparency_notices.results(facts, within),
            transparency_notices.not_told(facts, within),
            transparency_notices.late_results(facts, within),
            transparency_notices.extensions(facts),
            transparency_notices.poster_notices(facts, within),
            transparency_notices.poster_exemptions(facts, within),
            transparency_notices.clock(facts, within),
            _decisions(facts),
            _outcomes(facts),
            _reports(facts),
            _held(facts),
        ),
    )


def _decisions(facts: YearFacts) -> Table:
    actions = [action for action in Action if action in ALLOWED_ACTIONS[Outcome.VIOLATION] - {Action.CARE}]
    rows: list[list[Cell]] = [
        [name, *(facts.decided[category.value, action.value] for action in actions)]
        for category, name in CATEGORY_JA.items()
    ]
    return Table(
        id="decisions",
        title="利用規約に基づく対応（理由と措置ごと）",
        definition="担当者が違反と判断した決定を、理由（カテゴリ）と措置ごとに。決定した日が年度内のもの。取り消された決定は"
        "含まない。一つの決定に複数の理由や措置がある場合は、それぞれに数える。",
        header=["理由", *(ACTION_JA[action] for action in actions)],
        rows=with_total(rows),
    )


def _outcomes(facts: YearFacts) -> Table:
    rows: list[list[Cell]] = [[OUTCOME_JA[outcome], facts.outcomes[outcome.value]] for outcome in Outcome]
    return Table(
        id="outcomes",
        title="審査の結論",
        definition="担当者の決定を結論ごとに。取り消された決定は別の行に数える。",
        header=["結論", "件数"],
        rows=[*with_total(rows), ["取り消された決定", facts.undone]],
    )


def _reports(facts: YearFacts) -> Table:
    outcomes = {
        "agreed": "認められた",
        "disagreed": "認められない",
        "ignored": "どちらともいえない",
        "waiting": "確認待ち",
    }
    rows: list[list[Cell]] = [
        [name, *(facts.reports[reason.value, outcome] for outcome in outcomes)]
        for reason, name in REASON_JA.items()
    ]
    return Table(
        id="reports",
        title="利用者からの通報",
        definition="受け付けた通報を、選ばれた理由と審査の結果ごとに。受付日が年度内のもの。同じ人が同じ対象について繰り返した"
        "通報と、すでに決定した内容についての通報は含まない。",
        header=["理由", *outcomes.values()],
        rows=with_total(rows),
    )


def _held(facts: YearFacts) -> Table:
    states = {
        "approved": "確認のうえ公開",
        "denied": "確認のうえ非公開",
        "expired": "期限切れ（非公開）",
        "held": "確認待ち",
    }
    return Table(
        id="held",
        title="自動で保留した発言",
        definition="自動的な仕組み（分類器とルール）が表示前に保留した発言を、その後の扱いごとに。保留した日が年度内のもの。"
        "自動的な仕組みだけで最終の判断をすることはない。",
        header=["扱い", "件数"],
        rows=with_total([[label, facts.held[state]] for state, label in states.items()]),
    )
