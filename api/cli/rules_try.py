"""`ibasho rules trace, backtest`: what rules say to one message, and would have said to the archive."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table

from api.cli.rules_files import Lists, Packs, sources_in
from api.cli.store import current_database
from api.cli.terminal import errors, progress, results
from classifiers.errors import ClassifierError
from moderation import bootstrap
from moderation.errors import Misconfigured
from moderation.rulebook import backtests, edits
from moderation.rulebook.trial import near, trace_message
from moderation.scoring.backtest_report import Report
from moderation.scoring.ruleset import RuleSources
from moderation.settings import read_settings
from moderation.storage.accounts import accounts
from moderation.storage.database import Database
from moderation.storage.rules import rulesets
from moderation.trends.days import jst_day
from rules.example import Example, ExampleAuthor, ExampleRoom, ExampleTarget

_NUMBERS = frozenset({"strikes", "live_viewers"})


def trace(
    text: Annotated[str, typer.Argument(help="The message.")],
    folder: Annotated[Path | None, typer.Option("--packs", help="Folder of rule packs.")] = None,
    lists: Lists = None,
    author: Annotated[
        list[str] | None,
        typer.Option(help="What is known of its author, as role=viewer or account_age=2d; repeat it."),
    ] = None,
    room: Annotated[
        list[str] | None, typer.Option(help="Of its room, as strictness=strict or shield=true.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Of whom it is aimed at, as kind=streamer or age_band=minor.")
    ] = None,
    window: Annotated[
        list[str] | None, typer.Option(help="The value of a window by its name, as attackers=6.")
    ] = None,
    before: Annotated[
        list[str] | None, typer.Option(help="An earlier message of the author; repeat it, newest last.")
    ] = None,
    at: Annotated[str, typer.Option(help="Time of day in Japan.")] = "12:00",
    only: Annotated[list[str] | None, typer.Option("--rule", help="Only this rule id; repeat it.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also rules that see nothing in the text.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Print every condition of the rules for one message: true, false or unknown, and where.

    What is not given is not known, and a condition on it is unknown. Scores come from the classifier.
    """
    message = _message(
        {
            "text": text,
            "author": _pairs("--author", author, ExampleAuthor),
            "room": _pairs("--room", room, ExampleRoom),
            "target": _pairs("--target", target, ExampleTarget),
            "windows": _pairs("--window", window, None),
            "recent_author": before,
            "at": at,
        }
    )
    settings = read_settings()
    sources = sources_in(settings, folder, lists)
    try:
        classifier = bootstrap.load_classifier(settings)
    except ClassifierError as error:
        errors().print(f"No scores: {error}")
        classifier = None
    found = trace_message(sources, message, text=classifier, rule_ids=only)
    shown = found if everything or only else near(found)
    if as_json:
        print(json.dumps(asdict(shown), ensure_ascii=False))
        return
    for line in shown.lines():
        print(line)
    fired = sum(one.fired for one in found.rules)
    errors().print(
        f"{fired} of {len(found.rules)} rules fire; --all shows those that see nothing in the text."
    )


def _message(given: Mapping[str, Any]) -> Example:
    try:
        return Example.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise typer.BadParameter(f"{where}: {first['msg']}") from error


def _pairs(option: str, given: Sequence[str] | None, model: type[Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in given or ():
        key, equals, value = pair.partition("=")
        known = None if model is None else model.model_fields
        if not equals or (known is not None and key not in known):
            names = f"; it takes {', '.join(known)}" if known is not None else ""
            raise typer.BadParameter(f"{pair!r} is not name=value{names}", param_hint=option)
        if key == "labels":
            found[key] = value.split(",")
        elif model is None or key in _NUMBERS:
            found[key] = int(value) if value.lstrip("-").isdigit() else value
        else:
            found[key] = {"true": True, "false": False}.get(value, value)
    return found


def backtest(
    folder: Packs = None,
    lists: Lists = None,
    version: Annotated[
        str | None, typer.Option("--set", help="A kept rule set, instead of a folder's files.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with this kept rule set; the one in force without it.")
    ] = None,
    service: Annotated[
        str | None, typer.Option(help="Whose messages; needed where there are several.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="First day in Japan, 2026-08-01.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Last day in Japan.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Try a rule set over the archive: hits, what is new and lost, and what moderators had decided.

    Seven days without --since. Nothing is changed.
    """
    settings = read_settings()
    with current_database(settings) as database:
        with database.read() as connection:
            live = (
                edits.active_sources(connection)
                if against is None
                else rulesets.sources_of(connection, against)
            )
            candidate = (
                rulesets.sources_of(connection, version) if version else sources_in(settings, folder, lists)
            )
        first, last = _period(since, until)
        with progress("backtest") as step:
            report = backtests.run(
                database,
                candidate,
                live,
                service=_service(database, service),
                since=first,
                until=last,
                rescore=backtests.rescorer(settings, database),
                step=lambda done, total: step(f"{total:,} messages", done / max(1, total)),
            )
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _show(report, candidate)


def _period(since: str | None, until: str | None) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    last = now if until is None else _day("--until", until)[1]
    first = last - timedelta(days=7) if since is None else _day("--since", since)[0]
    if first >= last:
        raise typer.BadParameter("the period ends before it begins", param_hint="--since")
    return first, last


def _day(option: str, text: str) -> tuple[datetime, datetime]:
    try:
        return jst_day(date.fromisoformat(text))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day, as 2026-08-01", param_hint=option) from error


def _service(database: Database, wanted: str | None) -> str:
    with database.read() as connection:
        known = accounts.service_ids(connection)
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted not in known:
        raise Misconfigured(
            f"Say whose messages with --service: {', '.join(known) or 'there is no service yet'}."
        )
    return wanted


def _show(report: Report, candidate: RuleSources) -> None:
    found = report.as_dict()
    out = results()
    out.print(
        f"{candidate.version} over {report.messages:,} messages in {report.seconds:.1f} s, beside {report.against}"
    )
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("rule", overflow="fold")
    for name in ("hits", "new", "lost", "upheld", "refused", "precision"):
        table.add_column(name, justify="right")
    rows = [("all live rules", found["hits"], found["new"], found["lost"])]
    rows += [
        (
            f"{one['rule_id']}@{one['version'] or '-'} {'*' if one['changed'] else ''}",
            one["hits"],
            one["new"],
            one["lost"],
        )
        for one in found["rules"]
    ]
    for name, hits, new, lost in rows:
        share = hits["precision"]
        table.add_row(
            name,
            f"{hits['total']:,}",
            f"{new['total']:,}",
            f"{lost['total']:,}",
            f"{hits['violation']:,}",
            f"{hits['no_violation']:,}",
            "-" if share is None else f"{share['value']:.2f} ({share['low']:.2f}-{share['high']:.2f})",
        )
    out.print(table)
    for rule in found["rules"]:
        for example in rule["examples"]:
            if example["text"] and (rule["changed"] or example["why"] == "false_alarm"):
                out.print(f"{example['why']:<12} {rule['rule_id']}  {example['text']!r}", markup=False)
    for problem in report.broken:
        out.print(f"left out: {problem}", markup=False)
    out.print(f"not in the archive, so unknown: {', '.join(report.unknown)}")
