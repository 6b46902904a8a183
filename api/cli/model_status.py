"""What `ibasho model status` prints: the classifier in force, its shadow, and drift."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from classifiers.artefact import content_version, load
from classifiers.errors import ClassifierError
from moderation.errors import ModelUnavailable
from moderation.scoring.shadow import ANY, Agreement
from moderation.settings import Settings
from moderation.storage.database import Connection
from moderation.storage.models import drift, files, models
from moderation.storage.models.drift import DayDrift
from moderation.storage.models.models import ModelState


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is in force.

    Attributes:
        live: Version of the model that scores; None where it cannot be read.
        from_settings: It is the model of the settings, not a registered one.
        problem: Why the live model cannot be loaded on this machine; None where it can.
        agreement: How the shadow flags beside the live model, by category.
        drift: The last day looked at, of each service.
        history: Every change, oldest first.
    """

    live: str | None
    from_settings: bool
    problem: str | None
    shadow: str | None
    agreement: Sequence[Agreement]
    drift: Sequence[DayDrift]
    history: Sequence[ModelState]


def read_status(connection: Connection, settings: Settings, *, now: datetime) -> Status:
    """Read it; a model that cannot be loaded is told, not raised."""
    state = models.state(connection)
    problem: str | None = None
    live = state.live
    try:
        if live is None:
            artefact = load(settings.classifier_dir)
            live = content_version(artefact.arrays, artefact.lexicon)
        elif known := models.get(connection, live):
            load(files.check(settings.data_dir, live, known.files))
    except (ClassifierError, ModelUnavailable) as error:
        problem = str(error)
    counted = [] if state.shadow is None else models.agreement(connection, shadow=state.shadow)
    return Status(
        live=live,
        from_settings=state.live is None,
        problem=problem,
        shadow=state.shadow,
        agreement=[one for one in counted if one.live == live],
        drift=drift.latest(connection, now=now),
        history=models.history(connection),
    )


def as_dict(status: Status) -> dict[str, Any]:
    """For JSON."""
    return asdict(status) | {
        "agreement": [one._asdict() for one in status.agreement],
        "drift": [asdict(one) | {"day": one.day.isoformat()} for one in status.drift],
        "history": [
            {"act": one.act, "live": one.live, "shadow": one.shadow, "by": one.by}
            | {"at": one.at.isoformat() if one.at else None}
            for one in status.history
        ],
    }


def show(status: Status, console: Console) -> None:
    """Print it for people."""
    where = " (the model of the settings)" if status.from_settings else ""
    console.print(f"live    {status.live or '–'}{where}", markup=False)
    if status.problem:
        console.print(f"        {status.problem}", markup=False)
    console.print(f"shadow  {status.shadow or '–'}", markup=False)
    if status.shadow:
        _show_agreement(status.agreement, console)
    for day in status.drift:
        _show_drift(day, console)
    for one in status.history:
        at = f"{one.at:%Y-%m-%d %H:%M} UTC" if one.at else ""
        console.print(
            f"{at}  {one.act:8s}  live {one.live or 'settings'}, shadow {one.shadow or '–'}, by {one.by}",
            markup=False,
        )


def _show_agreement(agreement: Sequence[Agreement], console: Console) -> None:
    if not agreement:
        console.print("        nothing was scored beside the live model yet")
        return
    table = Table("flagged by", "messages", "both", "only live", "only shadow")
    for one in sorted(agreement, key=lambda one: one.category != ANY):
        counts = (one.messages, one.both, one.only_live, one.only_shadow)
        table.add_row(one.category, *(f"{count:,}" for count in counts))
    console.print(table)


def _show_drift(day: DayDrift, console: Console) -> None:
    alarms = day.alarms
    console.print(
        f"drift   {day.service} on {day.day}: {len(alarms) or 'no'} alarms "
        f"({sum(one.psi is None for one in day.figures)} of {len(day.figures)} distributions cannot be told)",
        markup=False,
    )
    if not alarms:
        return
    table = Table("category", "PSI", "flag rate × usual", "95 % interval")
    for one in alarms:
        between = "–" if one.flag_low is None else f"{one.flag_low:.2f} – {one.flag_high:.2f}"
        table.add_row(one.category, _figure(one.psi), _figure(one.flag_ratio), between)
    console.print(table)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
