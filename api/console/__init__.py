"""The console: pages for moderators, analysts and admins, rendered on the server."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from api.console import (
    appeals,
    audit,
    authors,
    bulk,
    campaigns,
    case,
    criteria,
    decide,
    evidence_desk,
    held,
    inquiry_desk,
    kits,
    live,
    login,
    moves,
    notice_desk,
    proposals,
    protected,
    quality,
    queue,
    reporter_desk,
    reports,
    rules,
    rules_edit,
    rules_sets,
    rules_undo,
    search,
    settings,
    settings_keys,
    settings_policies,
    settings_queues,
    settings_webhooks,
    shield,
    status,
    takedown,
    transparency,
    trends,
    voices,
)
from api.console.errors import error_page, is_console_path
from api.console.render import STATIC_DIR, STATIC_PATH

PAGES = (
    login,
    queue,
    case,
    protected,
    moves,
    decide,
    bulk,
    live,
    held,
    appeals,
    search,
    authors,
    quality,
    reports,
    trends,
    voices,
    proposals,
    kits,
    campaigns,
    transparency,
    audit,
    settings,
    settings_keys,
    settings_webhooks,
    settings_queues,
    settings_policies,
    criteria,
    inquiry_desk,
    notice_desk,
    reporter_desk,
    evidence_desk,
    takedown,
    status,
    rules_sets,
    rules_undo,
    rules,
    rules_edit,
    shield,
)
"""The modules with routes."""

router = APIRouter(include_in_schema=False)
for page in PAGES:
    router.include_router(page.router)


class _KeptFiles(StaticFiles):
    """Files that never change below their address, so browsers need not ask again."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def mount_static(app: FastAPI) -> None:
    """Serve the style sheets and scripts."""
    app.mount(STATIC_PATH, _KeptFiles(directory=STATIC_DIR), name="console_static")


__all__ = ["PAGES", "error_page", "is_console_path", "mount_static", "router"]
