"""Filters of the templates."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from api.console import times
from api.console.chat import VEILED, Mark, as_html, visible
from api.console.names import WORDS
from api.console.rules_problems import japanese
from api.console.rules_words import RULE_PROBLEM, RULE_WORDS
from api.console.texts import N_, translate
from moderation.review.presets import leading_categories
from moderation.trends.days import Period
from moderation.trends.words import period_ja
from rules.problems import Problem

_RUBY_TAG = re.compile(r"(</?(?:ruby|rt)>)")


def install(environment: Environment, language: str) -> None:
    """Give an environment of a language its filters."""
    for name, words in (*WORDS.items(), *RULE_WORDS.items()):
        environment.filters[name] = _word(words, language)
    environment.filters |= {
        "chat": _chat,
        "leading": leading_categories,
        "marks": lambda spans: [
            Mark(start=start, end=end, veil=category in VEILED) for start, end, category in spans
        ],
        "name": _name,
        "number": lambda number: f"{number:,}",
        "period": _period,
        "problem": _problem(language),
        "ruby": _ruby,
        "percent": lambda share: f"{share:.0%}",
        "source": _source(language),
        "stamp": _time(times.ago, "ago"),
        "left": _time(times.left, "left"),
        "waited": _time(times.waited, "waited"),
        "clock": _clock,
        "exact": lambda when: _exact(when, times.exact(when)),
        "offset": times.offset,
        "japanese_day": _long_day,
        "day_and_clock": _day_and_clock,
        "text": lambda text: translate(language, text),
    }


def _word(words: Mapping[str, str], language: str) -> Callable[[Any], str]:
    def word(value: Any) -> str:
        return translate(language, words.get(str(value), str(value)))

    return word


def _chat(text: str, marks: Sequence[Mark] = (), *, focusable: bool = True) -> Markup:
    return as_html(text, marks, focusable=focusable)


def _name(name: str) -> Markup:
    """A name, kept to itself: what it does to the direction of writing ends with it."""
    return Markup(f'<bdi class="name">{visible(name)}</bdi>')  # noqa: S704 - it is escaped


def _problem(language: str) -> Callable[[Problem], str]:
    """What is wrong with a rule, and what to do about it."""

    def problem(one: Problem) -> str:
        told = f"{one.what} — {one.hint}" if one.hint else one.what
        if language != "ja":
            return told
        return japanese(one) or f"{RULE_PROBLEM.get(one.code, one.code)} {told}"

    return problem


def _source(language: str) -> Callable[[str], str]:
    """``rule:insult.die@2`` as people say it."""

    def source(source: str) -> str:
        who, _, version = source.partition("@")
        kind, _, name = who.partition(":")
        if kind == "rule":
            return translate(language, N_("ルール %(name)s 第%(version)s版")) % {
                "name": name,
                "version": version,
            }
        if kind == "lexicon":
            return translate(language, N_("語彙 %(name)s（%(version)s）")) % {
                "name": name,
                "version": version,
            }
        return translate(language, N_("分類器（%(version)s）")) % {"version": version or who}

    return source


def _time(words: Callable[[datetime, datetime, str], str], form: str) -> Any:
    @pass_context
    def stamp(context: Context, when: datetime) -> Markup:
        shown = words(when, context["now"], context["lang"])
        return _timed(when, shown, f' data-form="{form}"')

    return stamp


@pass_context
def _long_day(context: Context, when: datetime) -> Markup:
    return _exact(when, times.long_day(when, context["lang"]))


def _clock(when: datetime) -> Markup:
    return _exact(when, times.clock(when))


def _day_and_clock(when: datetime) -> Markup:
    return _exact(when, times.day_and_clock(when))


@pass_context
def _period(context: Context, period: Period) -> str:
    if context["lang"] == "ja":
        return period_ja(period.first, period.last)
    return f"{period.first} – {period.last}"


def _ruby(text: str) -> Markup:
    """A text with ふりがな as ``moderation.trends.ruby`` writes it: its tags count, everything else is text."""
    pieces = (piece if at % 2 else escape(unescape(piece)) for at, piece in enumerate(_RUBY_TAG.split(text)))
    return Markup("").join(Markup(piece) for piece in pieces)  # noqa: S704 - four tags, and what is escaped


def _exact(when: datetime, shown: str) -> Markup:
    return _timed(when, shown)


def _timed(when: datetime, shown: str, more: str = "") -> Markup:
    # Digits, our own words and what is escaped.
    html = f'<time datetime="{when.isoformat()}" title="{times.exact(when)}"{more}>{escape(shown)}</time>'
    return Markup(html)  # noqa: S704
