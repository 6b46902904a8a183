"""Pages: a template in the visitor's language and theme, sent with strict security headers.

``render(request, "page.html", visitor=visitor, …)`` is all a route needs; the context always holds
``request, visitor, csrf, menu, here, lang, theme, now`` and the function ``static``.
"""

from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console import access, filters, times
from api.console.texts import DEFAULT, LANGUAGES, TRANSLATIONS
from api.console.visitor import COOKIE_PATH, Visitor

FOLDER = Path(__file__).parent
STATIC_DIR = FOLDER / "static"


def _digest_of(folder: Path) -> str:
    content = sha256()
    for path in sorted(folder.iterdir()):
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()[:12]


STATIC_PATH = f"/console/static/{_digest_of(STATIC_DIR)}"
"""Moves with the content, so that browsers may keep what they got; modules import each other below it."""

LANGUAGE_COOKIE = "ibasho_lang"
THEME_COOKIE = "ibasho_theme"
THEMES = ("auto", "light", "dark")
_YEAR = 31_536_000

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Going back loads the page anew: nobody decides on a state that is past.
    "Cache-Control": "no-store",
}


def render(
    request: Request,
    template: str,
    *,
    visitor: Visitor | None = None,
    status_code: int = 200,
    **context: Any,
) -> HTMLResponse:
    """A page.

    Args:
        request: Its query may switch language (``?lang=en``) and theme (``?theme=dark``), which
            cookies then keep.
        template: File below ``templates/``.
        visitor: Who reads it; None on pages without a login.
        status_code: HTTP status.
        context: What the template needs besides.
    """
    language, theme = language_of(request), _choice(request, "theme", THEME_COOKIE, THEMES)
    page = _environment(language).get_template(template)
    html = page.render(
        request=request,
        visitor=visitor,
        csrf=visitor.csrf_token if visitor else "",
        menu=access.grouped(access.menu_for(visitor.user.roles)) if visitor else [],
        here=request.url.path,
        lang=language,
        theme=theme,
        now=context.pop("now", None) or datetime.now(UTC),
        **context,
    )
    response = HTMLResponse(html, status_code, headers=_HEADERS)
    _keep(request, response, "lang", LANGUAGE_COOKIE, tuple(LANGUAGES))
    _keep(request, response, "theme", THEME_COOKIE, THEMES)
    return response


def language_of(request: Request) -> str:
    """The visitor's language: asked for, else kept, else Japanese."""
    return _choice(request, "lang", LANGUAGE_COOKIE, tuple(LANGUAGES))


def _choice(request: Request, query: str, cookie: str, known: tuple[str, ...]) -> str:
    for value in (request.query_params.get(query), request.cookies.get(cookie)):
        if value in known:
            return value
    return known[0]


def _keep(request: Request, response: Response, query: str, cookie: str, known: tuple[str, ...]) -> None:
    value = request.query_params.get(query)
    if value in known:
        response.set_cookie(
            cookie,
            value,
            max_age=_YEAR,
            path=COOKIE_PATH,
            secure=request.url.scheme == "https",
            samesite="lax",
        )


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = TRANSLATIONS[language]
    environment.install_gettext_callables(  # type: ignore[attr-defined] # the i18n extension adds it
        texts.gettext, texts.ngettext, newstyle=True
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals |= {
        "static": static,
        "other_languages": {code: name for code, name in LANGUAGES.items() if code != language},
        "default_language": DEFAULT,
        "with_query": with_query,
        "time_words": times.words(language),
    }
    filters.install(environment, language)
    return environment


def with_query(request: Request, **changes: Any) -> str:
    """The query of this page with other values; None takes one out."""
    kept = {key: value for key, value in request.query_params.items() if key not in changes}
    added = {key: value for key, value in changes.items() if value is not None}
    return f"?{urlencode(kept | added)}"


def static(name: str) -> str:
    """Address of a static file."""
    return f"{STATIC_PATH}/{name}"
