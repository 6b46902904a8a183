"""`ibasho serve`: the HTTP API and the console."""

import errno
import os
import signal
import socket
import sys
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.cli import logs
from api.cli.terminal import errors, new_app
from classifiers.artefact import load
from moderation.errors import Misconfigured, PortTaken
from moderation.settings import Settings, read_settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import open_database
from moderation.storage.rules import rulesets

SECONDS_TO_FINISH = 10
"""Requests in hand have this long once the server is asked to stop."""

app = new_app()


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; IBASHO_HOST says the default.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 takes a free one. IBASHO_PORT says the default."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer requests.")] = 1,
) -> None:
    """Start the HTTP API and the console, until Ctrl-C.

    The database must be up to date (`ibasho db upgrade`) and a classifier trained (`ibasho model
    train`). Without IBASHO_REDIS_URL a private Redis is started in the data folder. Run `ibasho
    worker` beside it: webhooks, trends and expired holds are its work.
    """
    settings = read_settings()
    logs.configure(settings.log_level)
    check_ready(settings)
    # uvicorn finishes its requests and raises the signal again: without a handler Redis would stay.
    signal.signal(signal.SIGTERM, _end)
    with bind(host or settings.host, settings.port if port is None else port) as listening:
        redis = private_redis.ensure(settings)
        try:
            os.environ["IBASHO_REDIS_URL"] = redis.url  # the server's processes read it there
            _run(listening, settings, workers)
        finally:
            redis.close()


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(0)


def check_ready(settings: Settings) -> None:
    """Refuse to start with something missing.

    Raises:
        Misconfigured: A migration or the rules are missing.
        StoreUnavailable: A database does not answer.
        ClassifierError: There is no trained classifier that can be read.
    """
    database = open_database(settings)
    try:
        migrate.check_current(database)
        with database.read() as connection:
            if rulesets.active_seq(connection) == 0:
                raise Misconfigured("No rule set is active; run `ibasho db upgrade`.")
    finally:
        database.dispose()
    load(settings.classifier_dir)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        PortTaken: Someone else does.
        Misconfigured: There is no such address here.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise Misconfigured(f"Cannot listen on {host}: {error.strerror}; try --host 127.0.0.1.") from error
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(2048)
    except PermissionError as error:
        listening.close()
        raise Misconfigured(f"Port {port} may not be used by this user; try --port 8080.") from error
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port) from error
        raise Misconfigured(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return listening


def make_app() -> FastAPI:
    """The application of one server process; its settings come from the environment."""
    settings = read_settings()
    logs.configure(settings.log_level)
    return create_app(settings)


def _run(listening: socket.socket, settings: Settings, workers: int) -> None:
    config = uvicorn.Config(
        "api.cli.serve:make_app",
        factory=True,
        loop="uvloop",
        http="httptools",
        workers=workers,
        log_level=settings.log_level,
        access_log=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    errors().print(f"Ibasho listens on http://{shown}:{port} (Ctrl-C stops)")
    if workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()
