"""What `ibasho model status` prints: the classifier in force, its shadow, and drift."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from classifiers.artefact import content_version, load
from classifiers.errors import ClassifierError
from moderation.errors import ModelUnavailable
from moderation.scoring.shadow import ANY, Agreement
from moderation.settings import Settings
from moderation.storage import model_files, models
from moderation.storage.database import Connection
from moderation.storage.models import ModelState


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is in force.

    Attributes:
        live: Version of the model that scores; None where it cannot be read.
        from_settings: It is the model of the settings, not a registered one.
        problem: Why the live model cannot be loaded on this machine; None where it can.
        agreement: How the shadow flags beside the live model, by category.
        history: Every change, oldest first.
    """

    live: str | None
    from_settings: bool
    problem: str | None
    shadow: str | None
    agreement: Sequence[Agreement]
    history: Sequence[ModelState]


def read_status(connection: Connection, settings: Settings) -> Status:
    """Read it; a model that cannot be loaded is told, not raised."""
    state = models.state(connection)
    problem: str | None = None
    live = state.live
    try:
        if live is None:
            artefact = load(settings.classifier_dir)
            live = content_version(artefact.arrays, artefact.lexicon)
        elif known := models.get(connection, live):
            load(model_files.check(settings.data_dir, live, known.files))
    except (ClassifierError, ModelUnavailable) as error:
        problem = str(error)
    counted = [] if state.shadow is None else models.agreement(connection, shadow=state.shadow)
    return Status(
        live=live,
        from_settings=state.live is None,
        problem=problem,
        shadow=state.shadow,
        agreement=[one for one in counted if one.live == live],
        history=models.history(connection),
    )


def as_dict(status: Status) -> dict[str, Any]:
    """For JSON."""
    return asdict(status) | {
        "agreement": [one._asdict() for one in status.agreement],
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
