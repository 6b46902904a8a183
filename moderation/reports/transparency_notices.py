"""The tables of the transparency report that are about notices."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from statistics import median

from moderation.reports.notice_words import (
    APPLICANT_EXEMPT_JA,
    EXTENSION_JA,
    MEASURE_JA,
    POSTER_EXEMPT_JA,
    RIGHT_JA,
    ExtensionGround,
    NoticeState,
    Result,
    Right,
)
from moderation.reports.transparency_table import Cell, Table, by_right, with_total
from moderation.storage.reports.notice_read import Notice
from moderation.storage.reports.transparency import YearFacts

Within = Callable[[datetime | None], bool]
"""Whether a time lies in the year."""


def results(facts: YearFacts, within: Within) -> Table:
    """Results told within the period."""
    told = [
        one for one in facts.notices if within(one.applicant_notified_at) and one.extension_ground is None
    ]
    return by_right(
        "results",
        "申出者への通知（法25条1項）",
        "期間内に申出者へ結果を通知した件数。通知した日が年度内のもの。延長したものは含まない。",
        told,
        {
            "措置を講じた旨の通知（1号）": lambda one: one.result is Result.MEASURE_TAKEN,
            "措置を講じなかった旨と理由の通知（2号）": lambda one: one.result is Result.NOT_TAKEN,
        },
    )


def not_told(facts: YearFacts, within: Within) -> Table:
    """Results the applicant was not told, by ground."""
    left = [
        one for one in facts.notices if within(one.decided_at) and one.applicant_exempt_ground is not None
    ]
    columns = {label: _ground(ground.value) for ground, label in APPLICANT_EXEMPT_JA.items()}
    return by_right(
        "not_told",
        "通知しなかったもの（法25条1項ただし書）",
        "申出者に通知しなかった件数を、通知しなかった理由ごとに。結果を決めた日が年度内のもの。",
        left,
        columns,
    )


def _ground(value: str) -> Callable[[Notice], bool]:
    return lambda one: one.applicant_exempt_ground == value


def late_results(facts: YearFacts, within: Within) -> Table:
    """Results told after an extension."""
    told = [
        one for one in facts.notices if within(one.applicant_notified_at) and one.extension_ground is not None
    ]
    return by_right(
        "late_results",
        "延長後の通知（法25条2項前段）",
        "期限の延長を知らせたあとで、結果を通知した件数。通知した日が年度内のもの。",
        told,
        {
            "措置を講じた旨の通知": lambda one: one.result is Result.MEASURE_TAKEN,
            "措置を講じなかった旨と理由の通知": lambda one: one.result is Result.NOT_TAKEN,
        },
    )


def extensions(facts: YearFacts) -> Table:
    """Extensions told, by ground."""
    right_of = {one.id: one.right for one in facts.notices}
    counts = Counter(
        (right_of[one.notice_id], one.ground) for one in facts.extensions if one.notice_id in right_of
    )
    rows: list[list[Cell]] = [
        [RIGHT_JA[right], *(counts[right, ground.value] for ground in EXTENSION_JA)] for right in Right
    ]
    why = [one.reason for one in facts.extensions if one.ground == ExtensionGround.UNAVOIDABLE.value]
    return Table(
        id="extensions",
        title="延長の通知（法25条2項後段）",
        definition="期間内に結果を通知できない旨とその理由を知らせた件数を、事由ごとに。知らせた日が年度内のもの。"
        "やむを得ない理由は、その具体的な内容を表の下に示す。",
        header=["申出の理由（権利）", *EXTENSION_JA.values()],
        rows=with_total(rows),
        notes=why,
    )


def poster_notices(facts: YearFacts, within: Within) -> Table:
    """Posters told of a measure, by its kind."""
    told = [one for one in facts.notices if within(one.poster_notified_at)]
    columns = {label: _took(measure.value) for measure, label in MEASURE_JA.items()}
    return by_right(
        "poster_notices",
        "発信者への通知（法27条）",
        "措置を講じ、発信者にその旨と理由を通知した件数を、措置の種類ごとに。通知した日が年度内のもの。"
        "一件で複数の措置を講じた場合は、それぞれに数える。",
        told,
        columns,
    )


def _took(value: str) -> Callable[[Notice], bool]:
    return lambda one: value in {measure.value for measure in one.measures}


def poster_exemptions(facts: YearFacts, within: Within) -> Table:
    """Posters not told, by ground."""
    left = [one for one in facts.notices if within(one.decided_at) and one.poster_exempt_ground is not None]
    counts = Counter(one.poster_exempt_ground for one in left)
    return Table(
        id="poster_exemptions",
        title="発信者に通知しなかったもの（法27条ただし書）",
        definition="措置を講じたが発信者に通知しなかった件数を、理由ごとに。結果を決めた日が年度内のもの。",
        header=["理由", "件数"],
        rows=with_total([[label, counts[ground]] for ground, label in POSTER_EXEMPT_JA.items()]),
    )


def clock(facts: YearFacts, within: Within) -> Table:
    """How notices stood with their clock."""
    received = [one for one in facts.notices if within(one.received_at)]
    told = [one for one in facts.notices if within(one.applicant_notified_at)]
    days = [
        (one.applicant_notified_at - one.received_at).total_seconds() / 86_400
        for one in told
        if one.applicant_notified_at is not None
    ]
    in_time = sum(
        one.applicant_notified_at is not None and one.applicant_notified_at <= one.ends_at for one in told
    )
    rows: list[list[Cell]] = [
        ["受け付けた申出", len(received)],
        ["取り下げられた申出", sum(one.state is NoticeState.WITHDRAWN for one in received)],
        ["まだ結果の出ていない申出", sum(one.state is NoticeState.OPEN for one in received)],
        ["期限（延長後を含む）までに結果を通知した件数", in_time],
        ["期限を過ぎて結果を通知した件数", len(told) - in_time],
        ["受付から通知までの日数（中央値）", f"{median(days):.1f}" if days else "—"],
    ]
    return Table(
        id="clock",
        title="申出の受付と期限",
        definition="受け付けた申出は受付日が、通知した件数と日数は通知した日が年度内のもの。",
        header=["項目", "件数"],
        rows=rows,
    )
