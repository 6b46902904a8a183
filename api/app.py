"""The HTTP process: routes, console, and the parts they work with."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from api import compat, console, errors, openapi, tracing
from api.auth import KeyRing
from api.deps import Parts
from api.limits import BodyLimit, RequestId
from api.routes import (
    answers,
    appeals,
    awareness,
    campaigns,
    case_acts,
    cases,
    events,
    feedback,
    inquiries,
    keys,
    messages,
    notices,
    reports,
    rules,
    rules_lists,
    rules_marks,
    rules_sets,
    rules_undo,
    score,
    service,
    taxonomy,
    transparency,
    trends,
    users,
    webhooks,
)
from api.score_document import SCORE_COMPONENTS
from api.scoring_process import open_scoring
from api.send_path import SendPath
from moderation.errors import Misconfigured
from moderation.report_counter import ReportCounter
from moderation.reports.collector import Collector
from moderation.reports.tokens import StatusTokens
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.chat.rate_limit import RateLimits
from moderation.storage.database import THREADS, open_database
from moderation.storage.desk.signal import DeskSignal
from moderation.storage.redis import connect, connect_async
from moderation.storage.trends.pseudonym import read_pseudonyms
from workers.enqueue import Jobs

DESCRIPTION = """Trust and safety for Japanese livestreams.

Send chat to `/v1/score`, viewers' complaints to `/v1/reports`, facts about rooms to `/v1/events`,
and read `/v1/trends`. Errors are problem documents (RFC 9457)."""


def create_app(settings: Settings) -> FastAPI:
    """The application; parts are opened when it starts and closed when it stops.

    Raises, at start: Misconfigured (no Redis URL, old schema, no model) and StoreUnavailable.
    """
    app = FastAPI(
        title="Ibasho",
        version="1",
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url="/docs",
        redoc_url=None,
    )
    app.state.settings = settings
    errors.install(app)
    for routes in (
        score,
        messages,
        feedback,
        reports,
        inquiries,
        answers,
        notices,
        transparency,
        cases,
        case_acts,
        users,
        appeals,
        events,
        trends,
        campaigns,
        awareness,
        taxonomy,
        rules_undo,
        rules,
        rules_sets,
        rules_lists,
        rules_marks,
        webhooks,
        keys,
        service,
        compat,
    ):
        app.include_router(routes.router)
    app.include_router(console.router)
    console.mount_static(app)
    app.add_middleware(SendPath)
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    app.add_middleware(RequestId)
    app.state.end_tracing = tracing.install(app) if settings.tracing else None
    app.openapi = lambda: openapi.document(app, SCORE_COMPONENTS)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    if settings.redis_url is None:
        raise Misconfigured("No Redis: set IBASHO_REDIS_URL, or start with `ibasho serve`, which brings one.")
    database = open_database(settings)
    migrate.check_current(database)
    # FastAPI's own forty would ask for more connections than there are.
    current_default_thread_limiter().total_tokens = THREADS
    redis = connect_async(settings.redis_url)
    blocking = connect(settings.redis_url)
    with ThreadPoolExecutor(1, thread_name_prefix="reports") as report_writer:
        async with open_scoring(settings, database, redis) as scoring:
            app.state.keys = KeyRing(database)
            app.state.desk_signal = DeskSignal(settings.redis_url)
            app.state.parts = Parts(
                settings=settings,
                database=database,
                engines=scoring.engines,
                live=scoring.live,
                limits=RateLimits(redis),
                metrics=scoring.metrics,
                intake=scoring.intake,
                jobs=Jobs(blocking),
                collector=Collector(database, ReportCounter(scoring.engines, blocking), report_writer),
                tokens=StatusTokens(read_pseudonyms(settings).key),
            )
            try:
                yield
            finally:
                await app.state.desk_signal.close()
    await redis.aclose()
    database.dispose()
    if app.state.end_tracing is not None:
        await asyncio.to_thread(app.state.end_tracing)
