"""Logins of the console. Functions take a connection and never commit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select

from moderation.storage.accounts.accounts import User, hash_secret, user_of
from moderation.storage.tables.accounts import console_sessions, users


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """One login; ``csrf_token`` has to come back with every form."""

    user: User
    csrf_token: str
    expires_at: datetime


def open_session(
    connection: Connection, *, user_id: str, token: str, csrf_token: str, expires_at: datetime, now: datetime
) -> None:
    """Keep a login, and forget those that ended."""
    connection.execute(delete(console_sessions).where(console_sessions.c.expires_at <= now))
    connection.execute(
        insert(console_sessions).values(
            token_hash=hash_secret(token),
            user_id=user_id,
            csrf_token=csrf_token,
            created_at=now,
            expires_at=expires_at,
        )
    )


def find_session(connection: Connection, token: str, *, now: datetime) -> ConsoleSession | None:
    """The login of a token, if it is still good and its person is not locked out."""
    row = connection.execute(
        select(users, console_sessions.c.csrf_token, console_sessions.c.expires_at)
        .join(users, users.c.id == console_sessions.c.user_id)
        .where(
            console_sessions.c.token_hash == hash_secret(token),
            console_sessions.c.expires_at > now,
            or_(users.c.disabled_at.is_(None), users.c.disabled_at > now),
        )
    ).one_or_none()
    if row is None:
        return None
    return ConsoleSession(user=user_of(row), csrf_token=row.csrf_token, expires_at=row.expires_at)


def close_session(connection: Connection, token: str) -> None:
    """End a login."""
    connection.execute(delete(console_sessions).where(console_sessions.c.token_hash == hash_secret(token)))
