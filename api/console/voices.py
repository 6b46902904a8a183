"""Voices (声): what viewers write to us, by theme, and what they do when they do not write."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.asked import Asked, asked
from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, Parts, ProcessParts, Read
from moderation.scoring.harm import harm_spans
from moderation.storage.database import Connection
from moderation.storage.trends import letters, quiet_read
from moderation.trends import words
from moderation.trends.days import Period
from moderation.trends.publishable import HarmSpans
from moderation.trends.quiet import quiet_harm
from moderation.trends.summary import figure
from moderation.trends.themes import Theme, Themes, find_themes
from moderation.trends.voices import DEFINITIONS, sentences

router = APIRouter()

MOST_DAYS = 92
"""Longest period whose letters are read at once."""


@router.get("/console/voices", name="console_voices", response_class=HTMLResponse)
def voices_page(
    request: Request, visitor: SignedIn, connection: Read, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """Themes of reports and inquiries, and quiet dissatisfaction."""
    wanted = asked(request, connection, now)
    themes = themes_of(connection, wanted, harm_of(parts))
    hits, reactions, streams = quiet_read.read(connection, service=wanted.service, period=themes.period)
    quiet = quiet_harm(hits, reactions, streams)
    return render(
        request,
        "voices.html",
        visitor=visitor,
        status_code=422 if wanted.problem else 200,
        now=now,
        wanted=wanted,
        themes=themes,
        quiet=quiet,
        sentences=sentences(themes, quiet),
        definitions=DEFINITIONS,
        words=words,
        figure=figure,
    )


def themes_of(connection: Connection, wanted: Asked, harm: HarmSpans) -> Themes:
    """The themes of what was asked for, at most the last ``MOST_DAYS`` days of it."""
    period = wanted.period
    if period.length > MOST_DAYS:
        tail = tuple(period.days())[-MOST_DAYS:]
        period = Period(first=tail[0], last=tail[-1])
    return find_themes(letters.read(connection, service=wanted.service, period=period), period, harm=harm)


def harm_of(parts: Parts) -> HarmSpans:
    """Where a quoted text hurts, by the live classifier."""
    return harm_spans(parts.engines.current.text)


def theme_of(themes: Sequence[Theme], key: str) -> Theme | None:
    """The theme of a key, while its letters are still there."""
    return next((theme for theme in themes if theme.key == key), None)
