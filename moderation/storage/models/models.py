"""Registered classifiers, and which of them scores: one row says it, so that every process sees all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from moderation.errors import ModelConflict
from moderation.scoring.shadow import Agreement
from moderation.storage import bulk
from moderation.storage.tables.models import model_agreement, model_states, models

SHADOW = "shadow"
LIVE = "live"
STOP = "stop"
ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredModel:
    """A classifier that the house knows.

    Attributes:
        version: Hash of what scores.
        card: Where it comes from, and how good it is.
        files: SHA-256 of each of its files, by name.
        created_by: Who registered it.
    """

    version: str
    card: Mapping[str, Any]
    files: Mapping[str, str]
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelState:
    """Which models work now; ``seq`` moves with every change and is 0 before the first.

    ``live`` None is the model of the settings; ``shadow`` None is none.
    """

    seq: int = 0
    act: str = ""
    live: str | None = None
    shadow: str | None = None
    at: datetime | None = None
    by: str = ""


def register(connection: Connection, model: RegisteredModel) -> None:
    """Keep a model. Keeping it again takes its files as they are now: one version scores one way."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(models)
    connection.execute(
        statement.values(
            version=model.version,
            card=dict(model.card),
            files=dict(model.files),
            created_at=model.created_at,
            created_by=model.created_by,
        ).on_conflict_do_update(
            index_elements=[models.c.version],
            set_={"files": statement.excluded.files, "card": statement.excluded.card},
        )
    )


def get(connection: Connection, version: str) -> RegisteredModel | None:
    """One model."""
    row = connection.execute(select(models).where(models.c.version == version)).one_or_none()
    if row is None:
        return None
    return RegisteredModel(
        version=row.version,
        card=row.card,
        files=row.files,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def state(connection: Connection) -> ModelState:
    """Which models work now."""
    newest = select(model_states).order_by(model_states.c.seq.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return ModelState() if row is None else _state(row)


def history(connection: Connection) -> list[ModelState]:
    """Every change, oldest first."""
    return [_state(row) for row in connection.execute(select(model_states).order_by(model_states.c.seq))]


def start_shadow(connection: Connection, version: str, *, by: str, now: datetime) -> None:
    """Let a registered model score beside the live one, unseen. It takes the place of another shadow.

    Raises:
        ModelConflict: It is the live one, or somebody changed models at the same time.
    """
    current = state(connection)
    if version == current.live:
        raise ModelConflict(f"Model {version} is live already.")
    _change(connection, current, SHADOW, live=current.live, shadow=version, by=by, now=now)


def stop_shadow(connection: Connection, *, by: str, now: datetime) -> None:
    """End a shadow without making it live. Raises ModelConflict where there is none."""
    current = state(connection)
    if current.shadow is None:
        raise ModelConflict("There is no shadow model to stop.")
    _change(connection, current, STOP, live=current.live, shadow=None, by=by, now=now)


def go_live(connection: Connection, *, by: str, now: datetime) -> str:
    """Put the shadow in force; its version.

    Raises:
        ModelConflict: There is no shadow, or somebody changed models at the same time.
    """
    current = state(connection)
    if current.shadow is None:
        raise ModelConflict("There is no shadow model; `ibasho model promote FOLDER` makes one first.")
    _change(connection, current, LIVE, live=current.shadow, shadow=None, by=by, now=now)
    return current.shadow


def rollback(connection: Connection, *, by: str, now: datetime) -> str | None:
    """Go back to the model that was live before; again, and to the one before that. A shadow stays.

    Returns:
        The version that is live now; None is the model of the settings.

    Raises:
        ModelConflict: Nothing was live before, or somebody changed models at the same time.
    """
    current = state(connection)
    before: list[str | None] = []
    for change in history(connection):
        if change.act == LIVE:
            before.append(change.live)
        elif change.act == ROLLBACK:
            before.pop()
    if not before:
        raise ModelConflict("No model was made live yet, so there is none to go back to.")
    live = before[-2] if len(before) > 1 else None
    shadow = None if current.shadow == live else current.shadow
    _change(connection, current, ROLLBACK, live=live, shadow=shadow, by=by, now=now)
    return live


def add_agreement(connection: Connection, found: Sequence[Agreement], *, day: date) -> None:
    """Add counts to what stands there."""
    rows = [
        {
            "shadow_version": one.shadow,
            "live_version": one.live,
            "day": day,
            "category": one.category,
            "messages": one.messages,
            "both": one.both,
            "only_live": one.only_live,
            "only_shadow": one.only_shadow,
        }
        for one in sorted(found)
    ]
    if rows:
        sums = ("messages", "both", "only_live", "only_shadow")
        bulk.write(
            connection,
            model_agreement,
            rows,
            lambda statement: statement.on_conflict_do_update(
                index_elements=list(model_agreement.primary_key),
                set_={name: model_agreement.c[name] + statement.excluded[name] for name in sums},
            ),
        )


def agreement(connection: Connection, *, shadow: str) -> list[Agreement]:
    """How a shadow agreed with each model that was live beside it, over all days, by category."""
    counted = model_agreement.c
    rows = connection.execute(
        select(
            counted.shadow_version,
            counted.live_version,
            counted.category,
            *(
                func.sum(column)
                for column in (counted.messages, counted.both, counted.only_live, counted.only_shadow)
            ),
        )
        .where(counted.shadow_version == shadow)
        .group_by(counted.shadow_version, counted.live_version, counted.category)
        .order_by(counted.live_version, counted.category)
    )
    return [Agreement(row[0], row[1], row[2], *map(int, row[3:])) for row in rows]


def _change(
    connection: Connection,
    current: ModelState,
    act: str,
    *,
    live: str | None,
    shadow: str | None,
    by: str,
    now: datetime,
) -> None:
    """One row is the whole change."""
    try:
        connection.execute(
            insert(model_states).values(follows=current.seq, act=act, live=live, shadow=shadow, at=now, by=by)
        )
    except IntegrityError as error:
        raise ModelConflict("Somebody else changed the models just now; look again.") from error


def _state(row: Any) -> ModelState:
    return ModelState(seq=row.seq, act=row.act, live=row.live, shadow=row.shadow, at=row.at, by=row.by)
