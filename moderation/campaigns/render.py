"""An effect and a plan as JSON values."""

from collections.abc import Mapping, Sequence
from typing import Any

from moderation.campaigns.campaign import Reach
from moderation.campaigns.effect import Effect
from moderation.campaigns.plan import Plan
from moderation.campaigns.timeseries import Estimate
from moderation.campaigns.words import REASON_JA, VERDICT_JA, plan_ja, sentences
from moderation.trends.days import Period

_DIGITS = 6


def effect_dict(effect: Effect) -> dict[str, Any]:
    """JSON values; ratios are factors, 1 is no change; None is what could not be estimated."""
    series = effect.series
    ratio = series.ratio
    return {
        "verdict": effect.verdict.value,
        "verdict_ja": VERDICT_JA[effect.verdict],
        "reasons": [{"code": reason.value, "text": REASON_JA[reason]} for reason in effect.reasons],
        "summary": list(sentences(effect)),
        "before": _period(series.before),
        "after": _period(series.after),
        "measured_with": series.source,
        "per_1000_messages": {
            "before": _rounded(None if series.before_rate is None else 1000 * series.before_rate),
            "after": _rounded(None if series.after_rate is None else 1000 * series.after_rate),
        },
        "rate_ratio": None
        if ratio is None or ratio.value is None
        else {
            "ratio": _rounded(ratio.value),
            "low": _rounded(ratio.interval.low if ratio.interval else None),
            "high": _rounded(ratio.interval.high if ratio.interval else None),
            "p_value": _rounded(ratio.p_value),
        },
        "interrupted_time_series": _estimate(effect.level),
        "with_trend": _estimate(effect.with_trend),
        "trend_before_a_week": _estimate(effect.trend),
        "against_categories": _estimate(effect.control),
        "against_categories_trend_before": _estimate(effect.control_trend),
        "against_rooms": _estimate(effect.rooms),
        "against_non_readers": _estimate(effect.readers),
        "placebo": [{"day": day, **(_estimate(one) or {})} for day, one in effect.placebo],
        "days_left_out": series.gaps,
        "other_campaigns": list(series.others),
    }


def plan_dict(plan: Plan, change: float) -> dict[str, Any]:
    """JSON values."""
    weeks = plan.weeks_for(change)
    return {
        "change": change,
        "weeks": weeks,
        "messages_a_period": None if weeks is None else plan.messages_for(weeks),
        "least_fall": {str(n): _rounded(plan.least_change(n)) for n in (2, 4, 8, 12)},
        "days_looked_at": plan.days,
        "messages_a_day": _rounded(plan.messages_a_day),
        "hits_a_day": _rounded(plan.hits_a_day),
        "summary": list(plan_ja(plan, change)),
    }


def reach_dict(series: Sequence[Reach], known_readers: int) -> Mapping[str, Any]:
    """JSON values."""
    return {
        "days": [{"day": one.day.isoformat(), "views": one.views, "readers": one.readers} for one in series],
        "known_readers": known_readers,
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {
        "ratio": _rounded(estimate.ratio),
        "low": _rounded(estimate.interval.low),
        "high": _rounded(estimate.interval.high),
        "p_value": _rounded(estimate.p_value),
    }


def _period(period: Period | None) -> dict[str, str] | None:
    return None if period is None else {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
