"""`ibasho transparency 2026`: the yearly counts, 1 April to 31 March."""

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.services import known_service
from api.cli.store import current_database
from api.cli.terminal import new_app
from moderation.reports import transparency as counts
from moderation.reports import transparency_pages
from moderation.reports.transparency_pages import Form
from moderation.storage.reports import transparency as store

app = new_app()


@app.command()
def transparency(
    year: Annotated[int, typer.Argument(help="2026 is 1 April 2026 to 31 March 2027 in Japan.")],
    service: Annotated[
        str | None, typer.Option(help="Which service; needed where there are several.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.MARKDOWN,
) -> None:
    """Write the transparency counts of a year, each table with its definition.

    Example:  ibasho transparency 2026 --format html > 2026.html
    """
    start, end = counts.year_window(year)
    with current_database() as database, database.read() as connection:
        facts = store.read(connection, known_service(connection, service), start, end)
    report = counts.make(facts, year, now=datetime.now(UTC))
    match form:
        case Form.CSV:
            sys.stdout.buffer.write(transparency_pages.to_csv(report))
        case Form.JSON:
            print(json.dumps(transparency_pages.to_document(report), ensure_ascii=False, indent=2))
        case Form.HTML:
            print(transparency_pages.to_html(report), end="")
        case Form.MARKDOWN:
            print(transparency_pages.to_markdown(report), end="")
