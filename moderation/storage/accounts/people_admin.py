"""People of the console, changed by an admin; every change stands in the audit trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from moderation.errors import FieldProblem, Invalid
from moderation.storage.accounts import account_names, accounts, audit
from moderation.storage.tables.accounts import users
from moderation.taxonomy import Role

LONGEST_LOGIN = 64
LONGEST_NAME = 200
LONGEST_PSEUDONYM = 64


def put(
    connection: Connection,
    admin_id: str,
    *,
    login: str,
    display_name: str,
    pseudonym: str,
    roles: Sequence[Role],
    password_hash: str | None,
    now: datetime,
) -> None:
    """Add a person, or change one: without a new password the old one stays.

    Raises:
        Invalid: A field cannot be used, a new person has no password, or an admin takes the role of
            admin from themself.
    """
    known = account_names.ids(connection)
    problems = _problems(login, display_name, pseudonym, roles)
    if login not in known and password_hash is None:
        problems.append(FieldProblem(pointer="/new_password", detail="a new person needs one"))
    if known.get(login) == admin_id and Role.ADMIN not in roles:
        problems.append(FieldProblem(pointer="/roles", detail="nobody takes the role of admin from themself"))
    if problems:
        raise Invalid("This person cannot be kept; each field is named.", problems)
    if password_hash is not None:
        accounts.put_user(
            connection,
            login=login,
            display_name=display_name,
            pseudonym=pseudonym,
            password_hash=password_hash,
            roles=roles,
            now=now,
        )
    else:
        connection.execute(
            update(users)
            .where(users.c.login == login)
            .values(display_name=display_name, pseudonym=pseudonym, roles=sorted(roles))
        )
    audit.record(
        connection,
        actor=f"user:{admin_id}",
        act="user.changed" if login in known else "user.added",
        object_=f"user:{login}",
        data={"roles": sorted(roles), "new_password": password_hash is not None},
        now=now,
    )


def lock(connection: Connection, admin_id: str, *, login: str, locked: bool, now: datetime) -> None:
    """Lock a person out and end their sessions, or let them in again. Raises UserNotFound, Invalid."""
    user = accounts.get_user(connection, login)
    if user.id == admin_id:
        raise Invalid("Nobody locks themself out.", [FieldProblem(pointer="/login", detail="that is you")])
    if locked:
        accounts.disable_user(connection, login, now=now)
    else:
        connection.execute(update(users).where(users.c.id == user.id).values(disabled_at=None))
    act = "user.locked" if locked else "user.unlocked"
    audit.record(connection, actor=f"user:{admin_id}", act=act, object_=f"user:{login}", data={}, now=now)


def _problems(login: str, display_name: str, pseudonym: str, roles: Sequence[Role]) -> list[FieldProblem]:
    problems = [
        FieldProblem(pointer=f"/{name}", detail=f"1 to {longest} characters")
        for name, value, longest in (
            ("login", login, LONGEST_LOGIN),
            ("display_name", display_name, LONGEST_NAME),
            ("pseudonym", pseudonym, LONGEST_PSEUDONYM),
        )
        if not value or len(value) > longest or "\0" in value
    ]
    if not roles or Role.SERVICE in roles:
        problems.append(FieldProblem(pointer="/roles", detail="at least one, and not service"))
    return problems
