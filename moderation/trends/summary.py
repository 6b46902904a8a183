"""Plain sentences made from a report's figures, and never beyond them."""

from collections.abc import Iterator

from moderation.trends.compare import Change, Why
from moderation.trends.count import ALL, LIVE
from moderation.trends.shapes import CategoryTrend, DayState, Rate, Report
from moderation.trends.words import category_ja, day_ja, outcome_ja, period_ja, reason_ja

_DAYS_NAMED = 3


def summary(report: Report) -> tuple[str, ...]:
    """What the report says, in Japanese, the most important first."""
    if report.messages == 0:
        return (
            f"{_period(report)}に数えたメッセージはありません。傾向は判断できません。",
            *_gaps(report),
            *_people(report),
        )
    return (
        *_size(report),
        *_changes(report),
        *_parts(report),
        *_gaps(report),
        *_people(report),
        *_upheld(report),
    )


def _period(report: Report) -> str:
    days = report.period.length
    return f"{period_ja(report.period.first, report.period.last)}の{days:,}日間"


def _size(report: Report) -> Iterator[str]:
    yield (
        f"{_period(report)}に、{report.messages:,}件のメッセージを数えました"
        f"（書き込んだ人 {report.viewers:,}人、配信 {report.rooms:,}部屋）。"
    )
    whole = report.category(ALL)
    if whole.per_messages is not None:
        yield (
            f"{'自動判定' if report.source == LIVE else '測定モデル'}でいずれかのカテゴリの基準に達したのは、1,000件あたり{figure(whole.per_messages.value)}件"
            f"{_width(whole.per_messages, '件')}でした。"
        )
    top = max(report.categories, key=lambda trend: (trend.category != ALL, trend.hits))
    if top.hits:
        yield f"最も多かったカテゴリは「{category_ja(top.category)}」（{top.hits:,}件）です。"


def _changes(report: Report) -> Iterator[str]:
    trends = [trend for trend in report.categories if trend.category != ALL]
    why = report.category(ALL).comparison.why
    if why is Why.NOTHING_BEFORE:
        yield "前の期間に数えたメッセージがないため、増減は判断できません。"
        return
    if report.versions_changed:
        yield "判定のしくみの版が途中で変わったため、増減は判断できません。"
        return
    told = [trend for trend in trends if trend.comparison.change is not Change.UNCLEAR]
    for trend in sorted(told, key=lambda one: (one.comparison.change is Change.DOWN, -one.hits)):
        yield _change(trend)
    if not told:
        yield "前の同じ長さの期間と比べて、増えた・減ったと言えるカテゴリはありません。"


def _change(trend: CategoryTrend) -> str:
    name = category_ja(trend.category)
    word = "増えました" if trend.comparison.change is Change.UP else "減りました"
    ratio = trend.comparison.ratio
    if ratio.value is None or trend.before is None:
        return f"「{name}」は、前の期間には0件でしたが、{trend.hits:,}件に{word}。"
    now = trend.per_messages.value if trend.per_messages is not None else 0.0
    width = ""
    if ratio.interval is not None:
        width = f"、95%の幅 {figure(ratio.interval.low)}〜{figure(ratio.interval.high)}倍"
    return (
        f"「{name}」は、1,000件あたり{figure(trend.before)}件から{figure(now)}件に{word}"
        f"（{figure(ratio.value)}倍{width}）。"
    )


def _gaps(report: Report) -> Iterator[str]:
    missing = [day for day in report.days if day.state is DayState.GAP]
    if missing:
        named = "、".join(day_ja(day.day) for day in missing[:_DAYS_NAMED])
        more = f"など{len(missing)}日" if len(missing) > _DAYS_NAMED else ""
        yield f"{named}{more}は、数えられなかったメッセージが多いため率を出していません（0件ではありません）。"
    lost = sum(day.lost for day in report.days)
    if lost:
        yield f"この期間に、判定はしたものの数えられなかったメッセージが{lost:,}件あります。"
    if any(day.state is DayState.RUNNING for day in report.days):
        yield "最後の日は集計の途中です。"


def _people(report: Report) -> Iterator[str]:
    reports = sum(report.reports.values())
    if reports:
        reason, count = next(iter(report.reports.items()))
        yield (
            f"通報は{reports:,}件（前の期間は{sum(report.reports_before.values()):,}件）で、"
            f"最も多い理由は「{reason_ja(reason)}」（{count:,}件）でした。"
        )
    decided = sum(report.decisions.values())
    if decided:
        parts = "、".join(f"{outcome_ja(name)} {count:,}件" for name, count in report.decisions.items())
        yield f"人による判断は{decided:,}件です（{parts}）。"


def _parts(report: Report) -> Iterator[str]:
    """Old and new accounts, where their intervals do not meet."""
    rates = {row.part: row.rate for row in report.by_account if row.category == ALL}
    new, old = rates.get("new"), rates.get("old")
    if new is None or old is None or new.interval is None or old.interval is None:
        return
    for higher, lower, name in (
        (new, old, "新しいアカウント（作成30日未満）"),
        (old, new, "作成30日以上のアカウント"),
    ):
        if (
            higher.interval is not None
            and lower.interval is not None
            and higher.interval.low > lower.interval.high
        ):
            yield (
                f"1,000件あたりの件数は、{name}のほうが多く、{figure(higher.value)}件でした"
                f"（それ以外のアカウントは{figure(lower.value)}件）。"
            )


def _upheld(report: Report) -> Iterator[str]:
    upheld = report.category(ALL).upheld
    if upheld is not None:
        yield (
            f"人が違反かどうかを決めた{upheld.whole:,}件のうち、違反と判断したのは{upheld.value:.0%}"
            f"（95%の幅 {upheld.interval.low:.0%}〜{upheld.interval.high:.0%}）です。"
        )


def _width(rate: Rate, unit: str) -> str:
    if rate.interval is None:
        return "（書き込んだ人が少なく、幅は出せません）"
    return f"（95%の幅 {figure(rate.interval.low)}〜{figure(rate.interval.high)}{unit}）"


def figure(value: float) -> str:
    """A number to two or three significant digits, as a reader can use it.

    >>> figure(0.0), figure(0.0123), figure(0.5), figure(1.234), figure(31.23), figure(1234.5)
    ('0', '0.012', '0.50', '1.23', '31.2', '1,234')
    """
    if value == 0:
        return "0"
    if abs(value) < 1:
        return f"{value:#.2g}" if abs(value) >= 0.001 else "0.001未満"  # noqa: PLR2004 (smaller is no use to a reader)
    if abs(value) < 10:  # noqa: PLR2004 (digits)
        return f"{value:.2f}"
    if abs(value) < 100:  # noqa: PLR2004 (digits)
        return f"{value:.1f}"
    return f"{value:,.0f}"
