"""`ibasho score`: messages of a file or of standard input, scored without a server."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec
import typer

from api.cli.score_input import Form, Line, read_lines
from api.cli.terminal import EXIT_BAD_DATA, complain, new_app
from api.cli.training import train_if_missing
from moderation.bootstrap import embedded_engine
from moderation.scoring.answer import answer_of
from moderation.scoring.engine import Engine
from moderation.scoring.message import Author, Message, Room
from moderation.settings import read_settings

BATCH = 256
"""Lines scored together: a batch is scored stage by stage, which is twice as fast as one by one."""
_OF_A_SERVER = ("case_id", "clock", "labels_added", "latency_ms")
"""Parts of an answer that mean nothing without a server."""

app = new_app()


@app.command()
def score(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="File with one message a line; - is standard input.")
    ] = "-",
    *,
    form: Annotated[
        Form, typer.Option("--format", help="text: a line is a message. jsonl: a line is a JSON object.")
    ] = Form.AUTO,
) -> None:
    r"""Score messages with the trained classifier and the rule files; no server is needed.

    Reads one message a line: plain text, or JSON Lines such as {"id": "1", "text": "..."} (other
    keys are ignored). Prints one JSON object a line, in the same order: id, verdict (allow, hold,
    block), review, severity, category_scores, categories, minors, target, signals, rules.

    A line that cannot be read gives a row with `error` and a verdict of null; the rest is scored,
    and the exit code is 1. Rules that count over time do not speak here: they need a server.

    Example:  printf 'ナイス！\\n死ね\\n' | ibasho score
    """
    settings = read_settings()
    with _opened(file) as lines:
        train_if_missing(settings.classifier_dir)
        engine = embedded_engine(settings)
        bad = 0
        rows = read_lines(lines, form=form, most=settings.max_text_chars)
        while batch := list(islice(rows, BATCH)):
            for row in _answers(engine, batch):
                bad += row["verdict"] is None
                sys.stdout.buffer.write(_encoded(row))
            sys.stdout.buffer.flush()
    if bad:
        complain(f"{bad} lines could not be scored; their rows say why.")
        raise typer.Exit(EXIT_BAD_DATA)


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        if sys.stdin.isatty():
            complain("reading messages from the terminal, one a line; Ctrl-D ends.")
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as opened:
            yield opened


def _answers(engine: Engine, batch: Sequence[Line]) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    messages = [_message(line.text, now) for line in batch if line.text is not None]
    verdicts = engine.finish(engine.begin(messages), [None] * len(messages))
    scored = zip(messages, verdicts, strict=True)
    for line in batch:
        if line.text is None:
            yield {"id": line.id, "verdict": None, "error": line.error}
            continue
        message, verdict = next(scored)
        answer: dict[str, Any] = msgspec.to_builtins(
            answer_of(message, verdict, case_id=None, latency_ms=0.0)
        )
        for name in _OF_A_SERVER:
            del answer[name]
        yield answer | {"id": line.id}


def _message(text: str, now: datetime) -> Message:
    return Message(
        service="cli",
        id="",
        text=text,
        author=Author(id=""),
        room=Room(id=""),
        sent_at=now,
        received_at=now,
        counted_at=now,
    )


def _encoded(row: dict[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can carry only escaped
        return json.dumps(row).encode() + b"\n"
