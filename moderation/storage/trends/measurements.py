"""Pinned measurement models: which one counts now, and which ones still go on counting."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.campaigns.measurement import OVERLAP, MeasurementModel
from moderation.errors import FieldProblem, Invalid
from moderation.storage.tables.campaigns import campaigns, measurement_models
from moderation.trends.count import LIVE


def current(connection: Connection) -> MeasurementModel | None:
    """The model that is pinned now; None where none was pinned yet."""
    rows = connection.execute(
        select(measurement_models)
        .where(measurement_models.c.until.is_(None))
        .order_by(measurement_models.c.pinned_at.desc(), measurement_models.c.version)
        .limit(1)
    )
    found = rows.one_or_none()
    return None if found is None else _model(found)


def counted_with(connection: Connection, pinned: bool) -> str:
    """The source of counts: the live verdict, or the model that is pinned now. Raises Invalid where none is."""
    if not pinned:
        return LIVE
    model = current(connection)
    if model is None:
        raise Invalid(
            "Nothing is measured yet.",
            [
                FieldProblem(
                    pointer="/source", detail="no model is pinned; a running recorder pins the live one"
                )
            ],
        )
    return model.source


def counting(connection: Connection, *, now: datetime) -> list[MeasurementModel]:
    """Every model that the recorder counts with.

    The present one, one that was replaced less than the overlap ago, and those that an open
    campaign was entered under.
    """
    used = select(campaigns.c.measured_with).where(campaigns.c.closed_at.is_(None))
    rows = connection.execute(
        select(measurement_models)
        .where(
            or_(
                measurement_models.c.until.is_(None),
                measurement_models.c.until > now,
                measurement_models.c.version.in_(used),
            )
        )
        .order_by(measurement_models.c.pinned_at, measurement_models.c.version)
    )
    return [_model(row) for row in rows]


def get(connection: Connection, version: str) -> MeasurementModel | None:
    """One of them."""
    row = connection.execute(
        select(measurement_models).where(measurement_models.c.version == version)
    ).one_or_none()
    return None if row is None else _model(row)


def history(connection: Connection) -> list[MeasurementModel]:
    """All of them, oldest first."""
    rows = select(measurement_models).order_by(measurement_models.c.pinned_at, measurement_models.c.version)
    return [_model(row) for row in connection.execute(rows)]


def put(connection: Connection, model: MeasurementModel, *, now: datetime) -> bool:
    """Pin a model; those before it go on for the overlap. False where it is pinned already."""
    present = current(connection)
    if present is not None and present.version == model.version:
        return False
    connection.execute(
        update(measurement_models).where(measurement_models.c.until.is_(None)).values(until=now + OVERLAP)
    )
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(measurement_models).values(
        version=model.version,
        model=model.model,
        lexicon=model.lexicon,
        fold=model.fold,
        dictionary=model.dictionary,
        points=dict(model.points),
        pinned_at=model.pinned_at,
        pinned_by=model.pinned_by,
        until=None,
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["version"],
            set_={"until": None, "pinned_at": model.pinned_at, "pinned_by": model.pinned_by},
        )
    )
    return True


def _model(row: Any) -> MeasurementModel:
    return MeasurementModel(
        version=row.version,
        model=row.model,
        lexicon=row.lexicon,
        fold=row.fold,
        dictionary=row.dictionary,
        points=row.points,
        pinned_at=row.pinned_at,
        pinned_by=row.pinned_by,
        until=row.until,
    )
