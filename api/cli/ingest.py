"""`ibasho ingest`: chat by a Redis stream or as JSON Lines, without HTTP."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.cli import logs
from api.cli.store import current_database, known_service
from api.cli.terminal import EXIT_BAD_DATA, errors, new_app
from api.ingest import Write, ingest_file, ingest_stream
from api.line_scorer import LineScorer
from api.scoring_process import open_scoring
from api.wire import Options
from moderation.settings import Settings, read_settings
from moderation.storage import private_redis
from moderation.storage.chat.chat_stream import ChatStream
from moderation.storage.database import Database
from moderation.storage.ids import new_id
from moderation.storage.redis import connect, connect_async
from workers.stopping import Stop

app = new_app()

_STDOUT = "-"


@app.command()
def ingest(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="JSON Lines, one message a line as POST /v1/score takes it; - is standard input."
        ),
    ] = None,
    stream: Annotated[
        str | None,
        typer.Option(help="Instead of a file: a Redis stream to read until Ctrl-C, as one of a group."),
    ] = None,
    service: Annotated[
        str | None, typer.Option(help="Whose messages they are; needed where there are several services.")
    ] = None,
    to: Annotated[
        str, typer.Option(help="Where verdicts go: a Redis stream, or - for standard output, one a line.")
    ] = _STDOUT,
    group: Annotated[str, typer.Option(help="Name of the consumer group.")] = "ibasho",
    field: Annotated[str, typer.Option(help="Field of an entry that holds the message as JSON.")] = "message",
    redis: Annotated[
        str | None, typer.Option(help="Redis with the streams. Default: the one Ibasho works with.")
    ] = None,
    take_over: Annotated[
        float,
        typer.Option(min=0.1, help="Seconds after which entries of a reader that died are taken over."),
    ] = 30.0,
    keep: Annotated[int, typer.Option(min=1, help="About how many verdicts their stream keeps.")] = 1_000_000,
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits in the stream.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store and count nothing.")] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Believe old times: they count when they were sent.")
    ] = False,
) -> None:
    """Score chat that comes by a Redis stream or as JSON Lines, and hand out the verdicts.

    Every message is scored at least once and counted once, by its id. Any number may read one stream side by side.
    """
    if (source is None) == (stream is None):
        raise typer.BadParameter("give a file (or -) or --stream, one of them", param_hint="SOURCE")
    if stream is None and to != _STDOUT:
        raise typer.BadParameter("verdicts of a file go to standard output", param_hint="--to")
    settings = read_settings()
    logs.configure(settings.log_level)
    own = private_redis.ensure(settings)
    settings = settings.model_copy(update={"redis_url": own.url})
    try:
        with current_database(settings) as database:
            options = Options(dry_run=dry_run, replay=replay)
            scoring = partial(_scoring, settings, database, known_service(database, service), options)
            stop = Stop().listen()
            if source is not None:
                bad = asyncio.run(_file(scoring, source, stop))
                if bad:
                    errors().print(f"{bad} lines could not be used; their rows say why.")
                    raise typer.Exit(EXIT_BAD_DATA)
                return
            chat = ChatStream(
                connect(redis or own.url),
                stream=str(stream),
                group=group,
                consumer=f"{socket.gethostname()}-{os.getpid()}-{new_id()[-6:]}",
                field=field,
                to=None if to == _STDOUT else to,
                most=keep,
            )
            write = _print if to == _STDOUT else _leave_it
            asyncio.run(_stream(scoring, chat, write, stop, dead_after_ms=round(take_over * 1000), once=once))
    finally:
        own.close()


Scoring = Callable[[], AbstractAsyncContextManager[LineScorer]]


@asynccontextmanager
async def _scoring(
    settings: Settings, database: Database, service: str, options: Options
) -> AsyncIterator[LineScorer]:
    redis = connect_async(str(settings.redis_url))
    async with open_scoring(settings, database, redis) as scoring:
        yield LineScorer(
            service=service,
            engines=scoring.engines,
            intake=scoring.intake,
            options=options,
            longest=settings.max_text_chars,
        )
    await redis.aclose()


async def _file(scoring: Scoring, source: Path, stop: Stop) -> int:
    with sys.stdin.buffer if str(source) == _STDOUT else source.open("rb") as lines:
        async with scoring() as scorer:
            return await ingest_file(scorer, lines, _print, stop)


async def _stream(
    scoring: Scoring, chat: ChatStream, write: Write, stop: Stop, *, dead_after_ms: int, once: bool
) -> None:
    async with scoring() as scorer:
        await ingest_stream(scorer, chat, write, stop, dead_after_ms=dead_after_ms, once=once)


def _print(rows: Sequence[bytes]) -> None:
    out = sys.stdout.buffer
    out.writelines(row + b"\n" for row in rows)
    out.flush()


def _leave_it(rows: Sequence[bytes]) -> None:
    """They go to their stream with the word that their entries are done."""
    del rows
