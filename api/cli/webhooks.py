"""`ibasho webhooks`: where events go, what was sent, and sending it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from api.cli.store import current_database, known_service
from api.cli.terminal import errors, new_app, results
from moderation.settings import read_settings
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.storage.webhooks import endpoints
from moderation.storage.webhooks import log as webhook_log
from moderation.storage.webhooks.log import Attempt, Delivery

app = new_app("Look after webhook endpoints: add, list, change, try, log, redeliver, rotate their secrets.")

EndpointId = Annotated[str, typer.Argument(help="The endpoint's id, as `ibasho webhooks list` shows it.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to send: https://…")],
    service: Annotated[
        str | None, typer.Option(help="Whose events; needed where there are several services.")
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option(help="A type it wants; may be repeated. Without it: every type.")
    ] = None,
    minors: Annotated[bool, typer.Option("--minors", help="It may hear of harm to minors.")] = False,
) -> None:
    """Add an endpoint and print its signing secret."""
    settings = read_settings()
    with current_database(settings) as database:
        owner = known_service(database, service)
        with database.write() as unit:
            made = endpoints.add(
                unit.connection,
                service=owner,
                url=url,
                event_types=event or (),
                sees_minors=minors,
                allow_private=settings.allow_private_webhooks,
                now=datetime.now(UTC),
            )
    errors().print(f"Endpoint {made.id} of {owner}. It verifies what we send with this secret:")
    print(made.secret)


@app.command("list")
def list_endpoints() -> None:
    """Print every endpoint."""
    with _reading() as connection:
        found = [
            one
            for service in accounts.service_ids(connection)
            for one in endpoints.of_service(connection, service)
        ]
    table = Table("id", "service", "url", "events", "minors", "state")
    for one in found:
        state = f"off: {one.disabled_why}" if one.disabled_at else "on"
        table.add_row(
            one.id, one.service, one.url, " ".join(one.event_types) or "all", "yes" if one.sees_minors else "no", state
        )  # fmt: skip
    results().print(table)


@app.command()
def log(
    endpoint_id: EndpointId,
    state: Annotated[Delivery | None, typer.Option(help="Only events that came so far.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
) -> None:
    """Print what was sent to an endpoint and what came of it."""
    with _reading() as connection:
        endpoints.get(connection, endpoint_id)
        events = webhook_log.sent_events(connection, endpoint_id, state=state, before=None, most=most)
    table = Table("event", "type", "subject", "made", "state", "attempts", "last answer")
    for one in events:
        table.add_row(
            one.id, one.type, one.subject, _stamp(one.created_at), one.state, str(one.attempts), _answer(one.last)
        )  # fmt: skip
    results().print(table)


@app.command()
def redeliver(
    endpoint_id: EndpointId,
    event: Annotated[list[str] | None, typer.Option(help="An event's id; may be repeated.")] = None,
    failed_hours: Annotated[
        float | None, typer.Option(min=0.1, help="Everything that was given up in the last so many hours.")
    ] = None,
) -> None:
    """Send events again, with the ids they had. `ibasho worker` does it within seconds."""
    if bool(event) == (failed_hours is not None):
        raise typer.BadParameter("give --event or --failed-hours, one of them", param_hint="--event")
    now = datetime.now(UTC)
    with current_database() as database, database.write() as unit:
        endpoints.get(unit.connection, endpoint_id)
        again = list(event or ())
        for one in again:
            webhook_log.redeliver(unit.connection, endpoint_id, one, now=now)
        if failed_hours is not None:
            since = now - timedelta(hours=failed_hours)
            again = webhook_log.redeliver_failed(unit.connection, endpoint_id, since=since, now=now)
    errors().print(f"{len(again)} events are sent again.")


@app.command()
def rotate(
    endpoint_id: EndpointId,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=24 * 90, help="The old secret signs too for so long.")
    ] = 24,
) -> None:
    """Sign with a new secret, and print it."""
    with current_database() as database, database.write() as unit:
        made = endpoints.rotate_secret(
            unit.connection, endpoint_id, overlap=timedelta(hours=overlap_hours), now=datetime.now(UTC)
        )
    errors().print(f"Events carry both signatures until {_stamp(made.old_secret_until)}.")
    print(made.secret)


@app.command()
def test(endpoint_id: EndpointId) -> None:
    """Send a webhook.test event to an endpoint."""
    now = datetime.now(UTC)
    with current_database() as database, database.write() as unit:
        event_id = webhook_log.send_test(unit.connection, endpoint_id, now=now)
    errors().print(
        f"Event {event_id} is on its way; `ibasho webhooks log {endpoint_id}` shows what comes of it."
    )


@app.command()
def disable(
    endpoint_id: EndpointId, why: Annotated[str, typer.Option(help="Shown beside it.")] = "switched off"
) -> None:
    """Send nothing more to an endpoint; what waits for it is given up."""
    with current_database() as database, database.write() as unit:
        endpoints.disable(unit.connection, endpoint_id, why=why, now=datetime.now(UTC))
    errors().print(f"Endpoint {endpoint_id} is off.")


@app.command()
def enable(endpoint_id: EndpointId) -> None:
    """Send to an endpoint again; `redeliver` brings what it missed."""
    with current_database() as database, database.write() as unit:
        endpoints.enable(unit.connection, endpoint_id)
    errors().print(f"Endpoint {endpoint_id} is on.")


@contextmanager
def _reading() -> Iterator[Connection]:
    with current_database() as database, database.read() as connection:
        yield connection


def _answer(last: Attempt | None) -> str:
    if last is None:
        return "-"
    return f"{last.status or last.error} {_stamp(last.at)}"


def _stamp(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M") if time else "-"
