"""`ibasho trends kit`: everything for an awareness article, as a zip or a folder."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.store import current_database, known_service
from api.cli.terminal import errors, progress
from moderation.bootstrap import load_live
from moderation.scoring.harm import HINTED, harm_spans
from moderation.settings import read_settings
from moderation.taxonomy import Category
from moderation.trends.asked import asked_period
from moderation.trends.days import jst_day_of
from moderation.trends.helplines import read_helplines
from moderation.trends.kit import kit_zip
from moderation.trends.kit_maker import make


def kit(
    out: Annotated[
        Path, typer.Argument(help="Where to write: a file that ends in .zip, or an empty folder.")
    ],
    service: Annotated[
        str | None, typer.Option(help="Which streaming service; needed where there are several.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day in Japan, as 2026-08-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day in Japan.")] = None,
    category: Annotated[
        list[Category] | None,
        typer.Option(help="What the article is about; may be given twice. Default: what rises."),
    ] = None,
) -> None:
    """Write an article kit: draft, easy Japanese, charts, data, examples fit to print, card, definitions.

    It is a draft: the console's 記事キット page keeps kits, and has somebody else approve them.
    """
    if out.suffix != ".zip" and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise typer.BadParameter("must end in .zip, or be an empty folder", param_hint="OUT")
    settings = read_settings()
    today = jst_day_of(datetime.now(UTC))
    period = asked_period(first, last, today=today)
    with progress("Article kit") as step, current_database(settings) as database:
        chosen = known_service(database, service)
        step("loading the classifier", 0.1)
        helplines = read_helplines(settings.helplines_file)
        harm = harm_spans(load_live(settings, database), sure=HINTED)
        step("counting and drawing", 0.3)
        with database.read_archive() as archive:
            files = make(
                archive,
                service=chosen,
                period=period,
                today=today,
                categories=category or (),
                harm=harm,
                helplines=helplines,
            )
    if out.suffix == ".zip":
        out.write_bytes(kit_zip(files))
    else:
        for path, content in files.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(content)
    errors().print(f"{len(files)} files in {out}; read checklist.md before publishing", soft_wrap=True)
