"""Logins and ids of people of the console."""

from sqlalchemy import Connection, select

from moderation.storage.tables.accounts import users


def logins(connection: Connection) -> dict[str, str]:
    """Login by user id."""
    return {row.id: row.login for row in connection.execute(select(users.c.id, users.c.login))}


def ids(connection: Connection) -> dict[str, str]:
    """User id by login."""
    return {login: user_id for user_id, login in logins(connection).items()}
