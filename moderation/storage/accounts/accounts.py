"""Services, API keys, console users and their sessions. Functions never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import KeyEnded, NotFound, UserNotFound
from moderation.storage.ids import new_id
from moderation.storage.tables.accounts import api_keys, console_sessions, services, users
from moderation.taxonomy import Role, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A service's key; the key itself is never kept, only its hash.

    Attributes:
        last_used_at: To the minute.
        rate_limit: Messages or requests a second; None for the setting's, 0 for no limit.
        replaces: The key it was rotated from.
    """

    id: str
    service: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    rate_limit: int | None = None
    replaces: str | None = None

    def usable(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of the console."""

    id: str
    login: str
    display_name: str
    pseudonym: str
    password_hash: str
    roles: frozenset[Role]
    created_at: datetime
    disabled_at: datetime | None


def hash_secret(secret: str) -> str:
    """SHA-256, hex. Enough for secrets of 256 random bits; never use it for passwords."""
    return sha256(secret.encode()).hexdigest()


def add_service(connection: Connection, service_id: str, *, name: str, now: datetime) -> None:
    """Know a streaming service; knowing it already changes nothing."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(services).values(id=service_id, name=name, created_at=now)
    connection.execute(row.on_conflict_do_nothing())


def service_ids(connection: Connection) -> list[str]:
    """Every known service."""
    return list(connection.execute(select(services.c.id).order_by(services.c.id)).scalars())


def add_key(
    connection: Connection,
    *,
    service: str,
    name: str,
    secret: str,
    scopes: Sequence[Scope],
    expires_at: datetime | None,
    now: datetime,
    rate_limit: int | None = None,
    replaces: str | None = None,
) -> ApiKey:
    """Keep a new key's hash."""
    key_id = new_id()
    connection.execute(
        insert(api_keys).values(
            id=key_id,
            service_id=service,
            name=name,
            key_hash=hash_secret(secret),
            scopes=sorted(scopes),
            created_at=now,
            expires_at=expires_at,
            rate_limit=rate_limit,
            replaces=replaces,
        )
    )
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one()
    return _key(row)


def find_key(connection: Connection, secret: str) -> ApiKey | None:
    """The key of a secret, usable or not."""
    row = connection.execute(select(api_keys).where(api_keys.c.key_hash == hash_secret(secret))).one_or_none()
    return None if row is None else _key(row)


def list_keys(connection: Connection, *, service: str | None = None) -> list[ApiKey]:
    """Every key, or those of one service, oldest first."""
    query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
    if service is not None:
        query = query.where(api_keys.c.service_id == service)
    return [_key(row) for row in connection.execute(query)]


def get_key(connection: Connection, key_id: str, *, service: str | None = None) -> ApiKey:
    """One key, of one service if that is given. Raises NotFound."""
    found = [key for key in list_keys(connection, service=service) if key.id == key_id]
    if not found:
        raise NotFound(f"No key {key_id!r}; `ibasho keys list` shows them.")
    return found[0]


def rotate_key(
    connection: Connection, key_id: str, *, secret: str, overlap: timedelta, now: datetime
) -> ApiKey:
    """A new key that may do what an old one may; the old one ends when the overlap is over.

    A key that was to end gives its successor as long a life as it had.

    Raises:
        NotFound: There is no such key.
        KeyEnded: It does not work any more.
    """
    old = get_key(connection, key_id)
    if not old.usable(now):
        raise KeyEnded(key_id)
    ends = now + overlap
    new = add_key(
        connection,
        service=old.service,
        name=old.name,
        secret=secret,
        scopes=sorted(old.scopes),
        expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
        now=now,
        rate_limit=old.rate_limit,
        replaces=old.id,
    )
    if old.expires_at is None or old.expires_at > ends:
        connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(expires_at=ends))
    return new


def revoke_key(connection: Connection, key_id: str, *, now: datetime) -> None:
    """Stop a key from working. Raises NotFound."""
    done = connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(revoked_at=now))
    if done.rowcount == 0:
        raise NotFound(f"No key {key_id!r}; `ibasho keys list` shows them.")


def touch_keys(connection: Connection, key_ids: Sequence[str], *, now: datetime) -> None:
    """Note that keys were used."""
    connection.execute(update(api_keys).where(api_keys.c.id.in_(key_ids)).values(last_used_at=now))


def put_user(
    connection: Connection,
    *,
    login: str,
    display_name: str,
    pseudonym: str,
    password_hash: str,
    roles: Sequence[Role],
    now: datetime,
) -> User:
    """Add a person, or give the one of this login a new password, name and roles."""
    values: dict[str, Any] = {
        "display_name": display_name,
        "pseudonym": pseudonym,
        "password_hash": password_hash,
        "roles": sorted(roles),
        "disabled_at": None,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(users).values(id=new_id(), login=login, created_at=now, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["login"], set_=values))
    return get_user(connection, login)


def get_user(connection: Connection, login: str) -> User:
    """The person of a login. Raises UserNotFound."""
    row = connection.execute(select(users).where(users.c.login == login)).one_or_none()
    if row is None:
        raise UserNotFound(login)
    return user_of(row)


def list_users(connection: Connection) -> list[User]:
    """Every person, by login."""
    return [user_of(row) for row in connection.execute(select(users).order_by(users.c.login))]


def user_names(connection: Connection) -> dict[str, str]:
    """Display name by user id."""
    return {row.id: row.display_name for row in connection.execute(select(users.c.id, users.c.display_name))}


def disable_user(connection: Connection, login: str, *, now: datetime) -> None:
    """Lock a person out and end their sessions. Raises UserNotFound."""
    user = get_user(connection, login)
    connection.execute(update(users).where(users.c.id == user.id).values(disabled_at=now))
    connection.execute(delete(console_sessions).where(console_sessions.c.user_id == user.id))


def _key(row: Any) -> ApiKey:
    return ApiKey(
        id=row.id,
        service=row.service_id,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        rate_limit=row.rate_limit,
        replaces=row.replaces,
    )


def user_of(row: Any) -> User:
    """A row of ``users``."""
    return User(
        id=row.id,
        login=row.login,
        display_name=row.display_name,
        pseudonym=row.pseudonym,
        password_hash=row.password_hash,
        roles=frozenset(Role(role) for role in row.roles),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
