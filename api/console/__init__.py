"""The console: pages for moderators, analysts and admins, rendered on the server."""

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from api.console import case, criteria, decide, login, queue, reports, settings
from api.console.errors import error_page, is_console_path
from api.console.render import STATIC_DIR, STATIC_PATH

PAGES = (login, queue, case, decide, reports, settings, criteria)
"""The modules with routes."""

router = APIRouter(include_in_schema=False)
for page in PAGES:
    router.include_router(page.router)


def mount_static(app: FastAPI) -> None:
    """Serve the style sheets and scripts."""
    app.mount(STATIC_PATH, StaticFiles(directory=STATIC_DIR), name="console_static")


__all__ = ["PAGES", "error_page", "is_console_path", "mount_static", "router"]
