"""`ibasho rules activate, rollback, undo, versions, lock`: bring rules into force, go back, take back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.model_loop import actor
from api.cli.rules_files import Lists, sources_in
from api.cli.store import current_database
from api.cli.terminal import EXIT_BAD_DATA, errors
from moderation.review.sight import sight_of
from moderation.rulebook import edits as rulebook
from moderation.rulebook.edits import Edit
from moderation.scoring.rule_source import parse_source
from moderation.scoring.ruleset import RuleSources, changes
from moderation.settings import read_settings
from moderation.storage.database import Database
from moderation.storage.rules import rulesets
from moderation.storage.rules import undo as rule_undo
from moderation.storage.rules.undo import Undoing
from moderation.taxonomy import Role
from rules.load import load_folder
from rules.lock import LOCK, changed_without_version, make_lock, read_lock, write_lock


def activate(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="A kept rule set; the files' without it.")
    ] = None,
    packs: Annotated[Path | None, typer.Option(help="Folder of rule packs, instead of the default.")] = None,
    lists: Lists = None,
    note: Annotated[str, typer.Option(help="What was changed and why, for colleagues.")] = "",
) -> None:
    """Bring a rule set into force on every process: all of them or none, within seconds.

    Without a VERSION the files are checked, kept as a rule set, and brought into force. Prints the version.
    """
    settings, now, by = read_settings(), datetime.now(UTC), actor()
    with current_database(settings) as database:
        if version is None:
            version = _keep_files(database, sources_in(settings, packs, lists), by=by, note=note)
            if version is None:
                errors().print("The files are in force already.")
                return
        with database.write() as unit:
            asked = rulebook.ask(unit.connection, version, by=by, now=now)
        rulebook.wait_for(database, asked)
    print(version)
    errors().print("In force; `ibasho rules rollback` goes back.")


def _keep_files(database: Database, sources: RuleSources, *, by: str, note: str) -> str | None:
    with database.read() as connection:
        before = rulebook.active_sources(connection)
        edits = [Edit(kind=one.kind, path=one.path, text=one.after) for one in changes(before, sources)]
        if not edits:
            return None
        made = rulebook.draft(connection, edits)
    for problem in made.problems:
        print(problem)
    if made.problems:
        errors().print(f"Problems: {len(made.problems)}; nothing was changed.")
        raise typer.Exit(EXIT_BAD_DATA)
    for rule_id in made.raised:
        errors().print(f"{rule_id}: got a new version number, since its content changed.")
    with database.write() as unit:
        return rulebook.keep(unit, made, by=by, now=datetime.now(UTC), note=note)


def rollback(
    version: Annotated[
        str | None,
        typer.Argument(metavar="[VERSION]", help="Go back to this one; the one before without it."),
    ] = None,
) -> None:
    """Go back to the rule set that was in force before; again, and to the one before that. Prints the version."""
    now, by = datetime.now(UTC), actor()
    with current_database() as database:
        with database.write() as unit:
            asked = (
                rulebook.ask_back(unit.connection, by=by, now=now)
                if version is None
                else rulebook.ask(unit.connection, version, by=by, now=now, act=rulesets.ROLLBACK)
            )
        print(rulebook.wait_for(database, asked).version)


def versions(
    most: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
) -> None:
    """Print the rule sets that were made last, newest first; an asterisk marks the one in force."""
    with current_database() as database, database.read() as connection:
        active = rulesets.activations(connection, most=1)
        for one in rulesets.newest(connection, most=most):
            mark = "*" if active and one.version == active[0].version else " "
            print(f"{mark} {one.version}  {one.created_at:%Y-%m-%d %H:%M} UTC  {one.created_by}  {one.note}")


def undo(
    rule: Annotated[str, typer.Argument(help="The rule with its version: insult.die_command@2.")],
    since: Annotated[str, typer.Option(help="From when, with offset: 2026-08-20T12:00+09:00.")],
    until: Annotated[str | None, typer.Option(help="Until when; now without it.")] = None,
    reason: Annotated[str, typer.Option(help="Why; with it, it is done. Without it, it is only shown.")] = "",
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    protected: Annotated[bool, typer.Option("--include-protected", help="Minors' cases as well.")] = False,
) -> None:
    """Take back what one version of a rule did in a period: cases, held messages and labels, as decisions.

    Shows what would happen; --reason does it. What people decided stays.
    """
    source = parse_source(f"rule:{rule}")
    if source is None:
        raise typer.BadParameter(f"{rule!r} is no rule with its version, as insult.die_command@2")
    first, last = _time("--since", since), datetime.now(UTC) if until is None else _time("--until", until)
    by = actor()
    sight = replace(sight_of(by, {Role.RULES_MANAGER}), minors=protected)
    with current_database() as database, database.write() as unit:
        if reason.strip():
            found = rule_undo.undo(
                unit.connection,
                source,
                since=first,
                until=last,
                sight=sight,
                actor=by,
                reason=reason,
                now=datetime.now(UTC),
                service=service,
            )
        else:
            found = rule_undo.preview(
                unit.connection, source, since=first, until=last, sight=sight, service=service
            )
    _show(found, done=bool(reason.strip()))


def _time(option: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is not a time, as 2026-08-20T12:00+09:00", param_hint=option
        ) from error
    if found.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no offset, as +09:00", param_hint=option)
    return found


def _show(found: Undoing, *, done: bool) -> None:
    print(f"{len(found.alone)} cases {'decided' if done else 'would be decided'} as no violation")
    print(f"{len(found.released)} held messages {'let go' if done else 'would be let go'}")
    print(f"{found.labels} labels {'taken off' if done else 'would be taken off'}")
    print(f"{len(found.mixed)} cases stay open, since something else speaks for them")
    print(f"{found.decided} cases stay as people decided")
    if found.protected:
        print(f"{found.protected} cases about minors stay; --include-protected takes them in")
    for name, why in found.left:
        print(f"left: {name}: {why}")
    if not done:
        errors().print('Nothing was changed; --reason "…" does it.')


def lock() -> None:
    """Write rules/packs.lock.json anew: for each rule of the packs its version and a hash of its content.

    Refuses where content changed under its version, or a rule is gone.
    """
    loaded = load_folder()
    problems = (*loaded.problems, *changed_without_version(loaded, read_lock()))
    for problem in problems:
        print(problem)
    if problems:
        raise typer.Exit(EXIT_BAD_DATA)
    write_lock(make_lock(loaded), LOCK)
    errors().print(f"{len(loaded.rules)} rules locked in {LOCK.name}.")
