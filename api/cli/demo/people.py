"""Who may log in to the demo, with passwords made for this run, and what the service has."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.auth import new_secret
from api.console.login import hash_password
from moderation.storage.accounts import accounts
from moderation.storage.database import Database
from moderation.storage.webhooks import endpoints
from moderation.taxonomy import Role, Scope

SERVICE = "demo"
_KEY_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One person of the demo."""

    login: str
    password: str
    name: str
    about: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Everything that lets in: people, the service's key, the secret of its webhooks."""

    logins: tuple[Login, ...]
    key: str
    webhook_secret: str

    def login(self, name: str) -> Login:
        """The login of this name."""
        return next(login for login in self.logins if login.login == name)


_PEOPLE = (
    ("mod", "森 しおり", "moderator: reviews cases", (Role.MODERATOR,)),
    ("cs", "千田 すばる", "customer support: trends and reports", (Role.ANALYST,)),
    ("safety", "小暮 まもる", "child safety: sees minors' cases too", (Role.CHILD_SAFETY,)),
    ("admin", "阿部 みなと", "administrator: everything", (Role.ADMIN, Role.CHILD_SAFETY)),
)


def let_in(database: Database, receiver_url: str, *, now: datetime) -> Access:
    """Make the people, an API key and a webhook endpoint; run again, the people get new passwords."""
    logins = tuple(
        Login(login=login, password=secrets.token_urlsafe(9), name=name, about=about, roles=roles)
        for login, name, about, roles in _PEOPLE
    )
    key = new_secret()
    with database.write() as unit:
        accounts.add_service(unit.connection, SERVICE, name="デモ配信サービス", now=now)
        accounts.add_key(
            unit.connection,
            service=SERVICE,
            name="demo",
            secret=key,
            scopes=[Scope.ADMIN],  # the replay's times lie in the past, which only admin keys may send
            expires_at=now + timedelta(days=_KEY_DAYS),
            now=now,
        )
        endpoint = endpoints.add(
            unit.connection, service=SERVICE, url=receiver_url, sees_minors=True, allow_private=True, now=now
        )
        for number, login in enumerate(logins, 1):
            accounts.put_user(
                unit.connection,
                login=login.login,
                display_name=login.name,
                pseudonym=f"担当者{number:02}",
                password_hash=hash_password(login.password),
                roles=login.roles,
                now=now,
            )
    return Access(logins=logins, key=key, webhook_secret=endpoint.secret)
