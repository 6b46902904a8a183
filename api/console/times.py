"""Times as people in Japan read them: relative to look at, exact to point at."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.console.texts import DEFAULT, N_, translate

JST = ZoneInfo("Asia/Tokyo")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_JUST_NOW = timedelta(seconds=5)

_UNITS: tuple[tuple[int, str, str, str, str], ...] = (
    (_DAY, N_("%d日前"), N_("あと%d日"), N_("%d日超過"), N_("%d日")),
    (_HOUR, N_("%d時間前"), N_("あと%d時間"), N_("%d時間超過"), N_("%d時間")),
    (_MINUTE, N_("%d分前"), N_("あと%d分"), N_("%d分超過"), N_("%d分")),
    (1, N_("%d秒前"), N_("あと%d秒"), N_("%d秒超過"), N_("%d秒")),
)


def exact(when: datetime) -> str:
    """``2026-11-22 07:38:05 JST``."""
    return f"{when.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"


def clock(when: datetime) -> str:
    """``07:38:05`` in Japan."""
    return f"{when.astimezone(JST):%H:%M:%S}"


def day_and_clock(when: datetime) -> str:
    """``11/22 07:38`` in Japan."""
    return f"{when.astimezone(JST):%m/%d %H:%M}"


def offset(when: datetime, start: datetime) -> str:
    """How far into a stream: ``1:02:03``, or ``02:03`` in its first hour."""
    seconds = max(0, int((when - start).total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes:02d}:{seconds % 60:02d}"


def long_day(when: datetime, language: str) -> str:
    """``2026年11月22日（日）`` in Japan: a day that a legal notice names."""
    local = when.astimezone(JST)
    if language != DEFAULT:
        return f"{local.day} {local:%B %Y}"
    return f"{local.year}年{local.month}月{local.day}日（{'月火水木金土日'[local.weekday()]}）"


def ago(when: datetime, now: datetime, language: str) -> str:
    """How long ago; beyond a week, and for what is still to come, the day itself."""
    gone = now - when
    if abs(gone) < _JUST_NOW:
        return translate(language, N_("たった今"))
    if not timedelta() < gone <= timedelta(days=7):
        same_year = when.astimezone(JST).year == now.astimezone(JST).year
        return day_and_clock(when) if same_year else f"{when.astimezone(JST):%Y/%m/%d %H:%M}"
    return _in_units(gone, 1, language)


def left(when: datetime, now: datetime, language: str) -> str:
    """How long is left, or by how much it is over."""
    return _in_units(when - now, 2, language) if when >= now else _in_units(now - when, 3, language)


def waited(since: datetime, now: datetime, language: str) -> str:
    """For how long."""
    return _in_units(max(now - since, timedelta()), 4, language)


def words(language: str) -> dict[str, list[tuple[int, str]]]:
    """What the page needs to keep its times up to date: per form (seconds, text) of each unit."""
    forms = {"ago": 1, "left": 2, "over": 3, "waited": 4}
    return {
        form: [(unit[0], translate(language, str(unit[at]))) for unit in _UNITS] for form, at in forms.items()
    }


def _in_units(span: timedelta, form: int, language: str) -> str:
    seconds = int(span.total_seconds())
    unit = next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])
    return translate(language, str(unit[form])) % (seconds // unit[0])
