"""What a proposal starts from, and what is seen around the day its change reached viewers."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.taxonomy import Category
from moderation.trends.days import Period
from moderation.trends.letter import Letter
from moderation.trends.proposal import Proposal, Source
from moderation.trends.shapes import CategoryTrend, Rate
from moderation.trends.summary import figure
from moderation.trends.themes import Theme
from moderation.trends.words import CHANGE_JA, category_ja, period_ja, topic_ja, why_ja

_LEVEL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The beginnings of a proposal; the rest is for its author to write."""

    source: Source = Source.OTHER
    title: str = ""
    words: tuple[str, ...] = ()
    category: Category | None = None
    figures: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ()


def from_theme(theme: Theme, period: Period) -> Start:
    """From what viewers write."""
    topics = "、".join(f"{topic_ja(name)} {count:,}件" for name, count in theme.topics.items())
    return Start(
        source=Source.THEME,
        title=f"「{theme.name}」についての改善",
        words=theme.words,
        figures=(
            ("期間", period_ja(period.first, period.last)),
            ("通報・お問い合わせ", f"{theme.letters:,}件（前の期間 {theme.before:,}件）"),
            ("書いた人", f"{theme.senders:,}人（前の期間 {theme.senders_before:,}人）"),
            ("増減", CHANGE_JA[theme.change]),
            ("内容", topics),
        ),
        quotes=theme.quotes,
    )


def from_category(trend: CategoryTrend, period: Period) -> Start:
    """From what the machine counts."""
    name, why = category_ja(trend.category), why_ja(trend.comparison)
    rate = "—" if trend.per_messages is None else _with_width(trend.per_messages)
    return Start(
        source=Source.CATEGORY,
        title=f"「{name}」を減らすための改善",
        category=Category(trend.category),
        figures=(
            ("期間", period_ja(period.first, period.last)),
            ("該当した書き込み", f"{trend.hits:,}件（前の期間 {trend.hits_before:,}件）"),
            ("1,000件あたり", rate),
            ("増減", CHANGE_JA[trend.comparison.change] + (f"（{why}）" if why else "")),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Before and after, in words; ``verdict`` is empty where only the figures are shown."""

    before: Period
    after: Period
    what: str
    was: str
    now: str
    verdict: str


def letters_around(proposal: Proposal, read: Sequence[Letter], before: Period, after: Period) -> Around:
    """How many people wrote about it; an exact test says whether the two differ."""
    about = [one for one in read if proposal.matches(one)]
    was, now = (
        len({one.sender or one.id for one in about if period.start <= one.at < period.end})
        for period in (before, after)
    )
    from scipy.stats import binomtest  # noqa: PLC0415 -- half a second at the start of every process

    verdict = "判断できない"
    if was + now and binomtest(now, was + now).pvalue <= _LEVEL:
        verdict = "減った" if now < was else "増えた"
    return Around(
        before=before,
        after=after,
        what="この話題について書いた人",
        was=f"{was:,}人",
        now=f"{now:,}人",
        verdict=verdict,
    )


def rates_around(name: str, was: Rate | None, now: Rate | None, before: Period, after: Period) -> Around:
    """The category's rate; whether a change is the proposal's doing, two rates alone cannot say."""
    return Around(
        before=before,
        after=after,
        what=f"「{category_ja(name)}」の1,000件あたり",
        was="—" if was is None else _with_width(was),
        now="—" if now is None else _with_width(now),
        verdict="",
    )


def _with_width(rate: Rate) -> str:
    if rate.interval is None:
        return f"{figure(rate.value)}件"
    return f"{figure(rate.value)}件（95%の幅 {figure(rate.interval.low)}〜{figure(rate.interval.high)}件）"
