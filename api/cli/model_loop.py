"""`ibasho model export, promote, rollback, status`: from decisions to a better classifier in force."""

import getpass
import json
import os
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from api.cli.model_status import as_dict, read_status, show
from api.cli.store import current_database
from api.cli.terminal import errors, results
from classifiers.artefact import content_version, load
from classifiers.errors import ClassifierError
from moderation.errors import ModelUnavailable
from moderation.scoring.learning import training_row
from moderation.settings import Settings, read_settings
from moderation.storage.accounts import audit
from moderation.storage.database import Database
from moderation.storage.desk import decided
from moderation.storage.models import files as model_files
from moderation.storage.models import models
from moderation.storage.models.models import RegisteredModel
from moderation.storage.trends.pseudonym import Pseudonyms, read_pseudonyms
from moderation.trends.days import jst_day

SHORTEST_REASON = 8
"""Characters of a reason to take out protected data that somebody can later understand."""


def export(
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Decisions from that day in Japan on, as 2026-08-01.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None,
    protected: Annotated[
        bool, typer.Option("--include-protected", help="Minors' cases as well; needs --reason, is audited.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why protected data is needed.")] = "",
) -> None:
    """Write what moderators decided as training rows, one line a message, for `train --extra`.

    A violation gives its categories, no violation gives a benign row; what was taken back or left
    unsure gives none. Authors and rooms are pseudonyms. The texts are people's own words: keep the
    file as you keep the database.
    """
    start = None if since is None else _start_of(since)
    if protected and len(reason.strip()) < SHORTEST_REASON:
        raise typer.BadParameter(
            f"--include-protected needs a reason of {SHORTEST_REASON} characters or more.",
            param_hint="--reason",
        )
    if reason and not protected:
        raise typer.BadParameter("goes with --include-protected only.", param_hint="--reason")
    settings = read_settings()
    pseudonyms = read_pseudonyms(settings)
    with current_database(settings) as database:
        if protected:
            _note(database, "model.export_protected", "decisions", {"reason": reason, "since": since or ""})
        if out is None:
            written, left_out = _write_rows(database, sys.stdout, pseudonyms, start, protected=protected)
        else:
            draft = out.with_name(f".{out.name}.{os.getpid()}")
            # People's words: for the eyes of whoever runs this only.
            with closing(
                os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
            ) as file:
                written, left_out = _write_rows(database, file, pseudonyms, start, protected=protected)
            draft.replace(out)
    errors().print(f"{written:,} rows; {left_out:,} messages left out, whose decision does not tell.")


def _start_of(day: str) -> datetime:
    try:
        return jst_day(date.fromisoformat(day))[0]
    except ValueError as error:
        raise typer.BadParameter(f"{day!r} is not a day, as 2026-08-01.", param_hint="--since") from error


def _write_rows(
    database: Database, file: TextIO, pseudonyms: Pseudonyms, since: datetime | None, *, protected: bool
) -> tuple[int, int]:
    """How many rows were written, and how many messages teach nothing."""
    written = left_out = 0
    with database.read() as connection:
        for hit in decided.decided_hits(connection, since=since, protected=protected):
            row = training_row(
                hit,
                author=pseudonyms.of(hit.service, "author", hit.author_id),
                room=pseudonyms.of(hit.service, "room", hit.room_id),
            )
            if row is None:
                left_out += 1
            else:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                written += 1
    return written, left_out


def promote(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="A trained classifier to watch as a shadow.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Put the shadow in force.")] = False,
) -> None:
    """Put a classifier in force, in two steps: `promote FOLDER` as a shadow, then `promote --live`.

    A shadow scores a sample of the traffic and nobody acts on it; `ibasho model status` shows how far
    it agrees. Servers follow within two seconds, all of them or none.
    """
    if (folder is None) != live:
        raise typer.BadParameter("give a FOLDER to watch as a shadow, or --live to put the shadow in force")
    settings = read_settings()
    now, by = datetime.now(UTC), actor()
    with current_database(settings) as database:
        if folder is not None:
            version = _register(database, settings, folder, by=by, now=now)
            with database.write() as unit:
                models.start_shadow(unit.connection, version, by=by, now=now)
                audit.append(unit.connection, actor=by, act="model.shadow", object_=version, data={}, now=now)
            errors().print(
                f"{version} is watched as a shadow; `ibasho model promote --live` puts it in force."
            )
            return
        with database.write() as unit:
            shadow = models.state(unit.connection).shadow
            known = None if shadow is None else models.get(unit.connection, shadow)
            if known is not None:
                model_files.check(settings.data_dir, known.version, known.files)
            version = models.go_live(unit.connection, by=by, now=now)
            audit.append(unit.connection, actor=by, act="model.live", object_=version, data={}, now=now)
    errors().print(f"{version} is live; `ibasho model rollback` goes back.")


def _register(database: Database, settings: Settings, folder: Path, *, by: str, now: datetime) -> str:
    artefact = load(folder)
    version = content_version(artefact.arrays, artefact.lexicon)
    files = model_files.keep(folder, settings.data_dir, version)
    kept = model_files.folder_of(settings.data_dir, version)
    try:
        card = load(kept).card  # it may have lain there before, and be damaged
    except ClassifierError as error:
        raise ModelUnavailable(f"{error}; or remove {kept} and promote again.") from error
    with database.write() as unit:
        models.register(
            unit.connection,
            RegisteredModel(version=version, card=card, files=files, created_at=now, created_by=by),
        )
    return version


def rollback(
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Stop watching the shadow; the live one stays.")
    ] = False,
) -> None:
    """Go back to the classifier that was live before; again, and to the one before that.

    Servers follow within two seconds.
    """
    now, by = datetime.now(UTC), actor()
    with current_database() as database, database.write() as unit:
        if shadow:
            models.stop_shadow(unit.connection, by=by, now=now)
            act, version = "model.stop", None
        else:
            act, version = "model.rollback", models.rollback(unit.connection, by=by, now=now)
        audit.append(unit.connection, actor=by, act=act, object_=version or "settings", data={}, now=now)
    if shadow:
        errors().print("No shadow any more.")
    else:
        errors().print(f"{version or 'The model of the settings'} is live.")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Print which classifier is live, how a shadow agrees with it, and whether scores drift."""
    settings = read_settings()
    with current_database(settings) as database, database.read() as connection:
        found = read_status(connection, settings, now=datetime.now(UTC))
    if as_json:
        print(json.dumps(as_dict(found), ensure_ascii=False))
    else:
        show(found, results())


def live_folder(settings: Settings) -> Path:
    """Where the files of the live classifier are.

    Raises:
        ModelUnavailable: They are not what was registered.
    """
    with current_database(settings) as database, database.read() as connection:
        live = models.state(connection).live
        known = None if live is None else models.get(connection, live)
    if known is None:
        return settings.classifier_dir
    return model_files.check(settings.data_dir, known.version, known.files)


def actor() -> str:
    """Who runs this, for the audit trail."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container's user without a name
        return f"cli:uid-{os.getuid()}"


def _note(database: Database, act: str, object_: str, data: dict[str, str]) -> None:
    with database.write() as unit:
        audit.append(
            unit.connection, actor=actor(), act=act, object_=object_, data=data, now=datetime.now(UTC)
        )
