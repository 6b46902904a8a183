"""Settings: users, keys, webhooks and policies, to look at. The command line changes them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, Read
from moderation.storage import accounts, policies, webhooks

router = APIRouter()


@router.get("/console/settings", name="console_settings", response_class=HTMLResponse)
def settings_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """What is set up. Secrets are never shown."""
    services = accounts.service_ids(connection)
    return render(
        request,
        "settings.html",
        visitor=visitor,
        now=now,
        users=accounts.list_users(connection),
        keys=accounts.list_keys(connection),
        endpoints=[endpoint for service in services for endpoint in webhooks.of_service(connection, service)],
        clauses=policies.current(connection),
    )
