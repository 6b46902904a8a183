"""`ibasho trends`: how much of what harm there was."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli import trends_kit
from api.cli.store import current_database, known_service
from api.cli.terminal import errors, new_app
from moderation.storage.trends import detection, sums
from moderation.storage.trends.measurements import counted_with
from moderation.trends import chart, render
from moderation.trends.asked import asked_period
from moderation.trends.days import jst_day_of
from moderation.trends.detection import as_dicts, sentences
from moderation.trends.plain import to_text
from moderation.trends.render import Table
from moderation.trends.report import report as make_report

app = new_app("How much of what harm there was, with intervals, and whether it changed.")


class Form(StrEnum):
    """How the report is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command()
def report(
    service: Annotated[
        str | None, typer.Option(help="Which streaming service; needed where there are several.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day in Japan, as 2026-08-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day in Japan.")] = None,
    form: Annotated[Form, typer.Option("--format", help="How it is printed.")] = Form.TEXT,
    table: Annotated[Table, typer.Option(help="With --format csv: which table.")] = Table.DAYS,
    measured: Annotated[
        bool,
        typer.Option("--measured", help="Counted with the pinned measurement model, not by the verdicts."),
    ] = False,
    picture: Annotated[
        Path | None, typer.Option("--chart", help="Write the chart too: a file that ends in .png or .svg.")
    ] = None,
) -> None:
    """Print the trend report of a period; without days, of the last seven whole ones.

    Every figure has its denominator and a 95 % interval; where a change cannot be told, it says so.
    """
    if picture is not None and picture.suffix not in (".png", ".svg"):
        raise typer.BadParameter("must end in .png or .svg", param_hint="--chart")
    today = jst_day_of(datetime.now(UTC))
    period = asked_period(first, last, today=today)
    with current_database() as database:
        chosen = known_service(database, service)
        with database.read() as connection, database.read_archive() as archive:
            source = counted_with(connection, measured)
            figures = sums.read(archive, service=chosen, period=period, today=today, source=source)
            seen = detection.read(connection, archive, service=chosen, period=period)
    made = make_report(figures)
    if picture is not None:
        picture.write_bytes(chart.png(made) if picture.suffix == ".png" else chart.svg(made).encode())
        errors().print(f"The chart is in {picture}.")
    if form is Form.JSON:
        print(json.dumps(render.to_dict(made) | {"detection": as_dicts(seen)}, ensure_ascii=False, indent=2))
    elif form is Form.CSV:
        print(render.to_csv(made, table), end="")
    else:
        print(to_text(made), end="")
        for sentence in sentences(seen):
            print(f"・{sentence}")


app.command()(trends_kit.kit)
