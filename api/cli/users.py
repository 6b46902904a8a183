"""`ibasho users`: the people of the console."""

import secrets
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from api.cli.store import current_database
from api.cli.terminal import EXIT_BAD_DATA, complain, errors, new_app, results
from api.console.login import hash_password
from moderation.storage.accounts import accounts
from moderation.taxonomy import Role

MIN_PASSWORD = 10
"""Characters; length is what counts, so nothing else is asked for."""

app = new_app("Add, list and lock out people of the console.")


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="What the person types to log in.")],
    role: Annotated[list[Role], typer.Option(help="What they may do; may be repeated.")],
    name: Annotated[str, typer.Option(help="Their name, for colleagues. Without it: the login.")] = "",
    pseudonym: Annotated[str, typer.Option(help="What people outside see instead of the name.")] = "",
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")] = False,
    stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a person, or give the person of this login a new password and new roles.

    Asks for a password at the terminal; --generate makes one instead.
    """
    if not login.strip() or login != login.strip() or len(login) > 64:  # noqa: PLR2004 - the column's width
        raise typer.BadParameter("a login has 1 to 64 characters and no spaces around it", param_hint="LOGIN")
    password = _password(generate=generate, stdin=stdin)
    if len(password) < MIN_PASSWORD:
        complain(f"a password has at least {MIN_PASSWORD} characters.")
        raise typer.Exit(EXIT_BAD_DATA)
    with current_database() as database, database.write() as unit:
        accounts.put_user(
            unit.connection,
            login=login,
            display_name=name or login,
            pseudonym=pseudonym or f"担当者{secrets.randbelow(9000) + 1000}",
            password_hash=hash_password(password),
            roles=role,
            now=datetime.now(UTC),
        )
    errors().print(f"{login} may log in: {', '.join(role)}.")
    if generate:
        print(password)


def _password(*, generate: bool, stdin: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        complain("no terminal to ask for a password at: use --generate or --password-stdin.")
        raise typer.Exit(EXIT_BAD_DATA)
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


@app.command("list")
def list_users() -> None:
    """Print everybody, their roles, and who is locked out."""
    with current_database() as database, database.read() as connection:
        users = accounts.list_users(connection)
    table = Table("login", "name", "pseudonym", "roles", "state")
    for user in users:
        state = "locked out" if user.disabled_at else "may log in"
        table.add_row(user.login, user.display_name, user.pseudonym, " ".join(sorted(user.roles)), state)
    results().print(table)


@app.command()
def disable(login: Annotated[str, typer.Argument(help="Whom, as `ibasho users list` shows it.")]) -> None:
    """Lock a person out at once: their sessions end. `ibasho users add` lets them in again."""
    with current_database() as database, database.write() as unit:
        accounts.disable_user(unit.connection, login, now=datetime.now(UTC))
    errors().print(f"{login} is locked out.")
