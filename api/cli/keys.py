"""`ibasho keys`: API keys of streaming services."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from api.auth import new_secret
from api.cli.store import current_database
from api.cli.terminal import errors, new_app, results
from moderation.storage.accounts import accounts
from moderation.taxonomy import Scope

app = new_app("Make, list, rotate and revoke API keys. A key belongs to one streaming service.")


@app.command()
def create(
    service: Annotated[
        str, typer.Argument(help="The streaming service the key is for; made known if it is new.")
    ],
    name: Annotated[str, typer.Option(help="What the key is used for, to tell it from others.")] = "",
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it may do; may be repeated. Without it: score and report."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="It ends after so many days.")] = None,
    rate_limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=1_000_000,
            help="Messages or requests a second; 0: no limit. Default: IBASHO_RATE_LIMIT.",
        ),
    ] = None,
) -> None:
    """Make a key and print it. It is shown this once; only its hash is kept."""
    if not service.strip() or len(service) > 64:  # noqa: PLR2004 - the column's width
        raise typer.BadParameter("a service's name has 1 to 64 characters", param_hint="SERVICE")
    secret, now = new_secret(), datetime.now(UTC)
    with current_database() as database, database.write() as unit:
        accounts.add_service(unit.connection, service, name=service, now=now)
        key = accounts.add_key(
            unit.connection,
            service=service,
            name=name or "cli",
            secret=secret,
            scopes=scope or [Scope.SCORE, Scope.REPORT],
            expires_at=now + timedelta(days=days) if days else None,
            now=now,
            rate_limit=rate_limit,
        )
    errors().print(
        f"Key {key.id} of {service}: {', '.join(sorted(key.scopes))}. Keep it; it is not shown again."
    )
    print(secret)


@app.command("list")
def list_keys() -> None:
    """Print every key: whose, what for, and whether it still works."""
    with current_database() as database, database.read() as connection:
        keys = accounts.list_keys(connection)
    table = Table("id", "service", "name", "scopes", "made", "last used", "limit", "state")
    now = datetime.now(UTC)
    for key in keys:
        state = "revoked" if key.revoked_at else "works" if key.usable(now) else "ended"
        if state == "works" and key.expires_at:
            state = f"works until {_day(key.expires_at)}"
        limit = "-" if key.rate_limit is None else str(key.rate_limit)
        table.add_row(
            key.id, key.service, key.name, " ".join(sorted(key.scopes)), _day(key.created_at), _day(key.last_used_at),
            limit, state,
        )  # fmt: skip
    results().print(table)


@app.command()
def rotate(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `ibasho keys list` shows it.")],
    overlap_hours: Annotated[
        float,
        typer.Option(min=0, max=24 * 90, help="The old key works for so long beside the new one."),
    ] = 24,
) -> None:
    """Make a key that may do the same, and let the old one end when both have overlapped long enough."""
    secret, now = new_secret(), datetime.now(UTC)
    with current_database() as database, database.write() as unit:
        key = accounts.rotate_key(
            unit.connection, key_id, secret=secret, overlap=timedelta(hours=overlap_hours), now=now
        )
        old = accounts.get_key(unit.connection, key_id)
    until = old.expires_at.strftime("%Y-%m-%d %H:%M UTC") if old.expires_at else "-"
    errors().print(
        f"Key {key.id} of {key.service} replaces {key_id}, which works until {until}. Keep it; it is not shown again."
    )
    print(secret)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `ibasho keys list` shows it.")],
) -> None:
    """Stop a key from working, at the latest five seconds from now."""
    with current_database() as database, database.write() as unit:
        accounts.revoke_key(unit.connection, key_id, now=datetime.now(UTC))
    errors().print(f"Key {key_id} is revoked.")


def _day(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%d") if time else "-"
