"""API keys of a service over HTTP: make, list, rotate, revoke. Admin keys only."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.auth import new_secret, require_scope
from api.deps import Now, Read, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.shapes import Body, with_example
from api.routes.webhook_shapes import OverlapIn
from api.routes.webhooks import OwnId
from moderation.storage.accounts import accounts
from moderation.storage.accounts.accounts import ApiKey
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1/keys", tags=["administration"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.ADMIN))]


class KeyIn(Body):
    """A key to make."""

    model_config = with_example(name="chat server", scopes=["score", "report"], days=365)

    name: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="What it is used for.")
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: int | None = Field(None, ge=1, le=3650, description="It ends after so many days; null: never.")
    rate_limit: int | None = Field(
        None, ge=0, le=1_000_000, description="Tokens a second; 0: no limit; null: the setting's."
    )


class KeyOut(BaseModel):
    """A key; the key itself is never shown again."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")
    rate_limit: int | None
    replaces: str | None = Field(description="The key it was rotated from.")


class NewKeyOut(KeyOut):
    """A key that was made just now."""

    key: str = Field(description="`ibasho_…`; shown this once.")


class KeysOut(BaseModel):
    """Every key of the service, oldest first."""

    keys: list[KeyOut]


@router.get("", operation_id="listKeys", summary="Every key of the service", responses=problems(*KEYED))
def list_keys(key: Caller, connection: Read) -> KeysOut:
    """Ended and revoked ones too."""
    return KeysOut(keys=[_out(one) for one in accounts.list_keys(connection, service=key.service)])


@router.post("", status_code=201, operation_id="makeKey", summary="Make a key", responses=problems(*POSTED))
def make_key(body: KeyIn, key: Caller, unit: Write, now: Now) -> NewKeyOut:
    """Only its hash is kept: the answer shows it this once."""
    secret = new_secret()
    made = accounts.add_key(
        unit.connection,
        service=key.service,
        name=body.name,
        secret=secret,
        scopes=sorted(set(body.scopes)),
        expires_at=None if body.days is None else now + timedelta(days=body.days),
        now=now,
        rate_limit=body.rate_limit,
    )
    return _with_secret(made, secret)


@router.post(
    "/{key_id}/rotate",
    status_code=201,
    operation_id="rotateKey",
    summary="Replace a key",
    responses=problems(*POSTED, 404, 409, s409="The key does not work any more."),
)
def rotate_key(key_id: OwnId, key: Caller, unit: Write, now: Now, body: OverlapIn | None = None) -> NewKeyOut:
    """A new key that may do the same; the old one works until the overlap ends."""
    accounts.get_key(unit.connection, key_id, service=key.service)
    secret = new_secret()
    overlap = timedelta(hours=(body or OverlapIn()).overlap_hours)
    return _with_secret(
        accounts.rotate_key(unit.connection, key_id, secret=secret, overlap=overlap, now=now), secret
    )


@router.post(
    "/{key_id}/revoke",
    operation_id="revokeKey",
    summary="Stop a key from working",
    responses=problems(*POSTED, 404),
)
def revoke_key(key_id: OwnId, key: Caller, unit: Write, now: Now) -> KeyOut:
    """At the latest five seconds from now, in every process."""
    accounts.get_key(unit.connection, key_id, service=key.service)
    accounts.revoke_key(unit.connection, key_id, now=now)
    return _out(accounts.get_key(unit.connection, key_id))


def _fields(key: ApiKey) -> dict[str, object]:
    return {name: getattr(key, name) for name in KeyOut.model_fields} | {"scopes": sorted(key.scopes)}


def _out(key: ApiKey) -> KeyOut:
    return KeyOut.model_validate(_fields(key))


def _with_secret(key: ApiKey, secret: str) -> NewKeyOut:
    return NewKeyOut.model_validate(_fields(key) | {"key": secret})
