"""`ibasho model`: train and measure the classifier, check its corpus, and put a better one in force."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli import model_loop
from api.cli.model_extra import train_with
from api.cli.model_texts import texts_of
from api.cli.terminal import EXIT_BAD_DATA, errors, new_app, progress
from api.cli.training import train_into
from classifiers.artefact import load
from classifiers.corpus import CORPUS_FOLDER, load_rows, of_split
from classifiers.corpus_check import check_corpus
from classifiers.eval_rows import never_taught
from classifiers.evaluate import EvalRow
from moderation.settings import read_settings

app = new_app("Train and measure the classifier, check its corpus, and put a better one in force.")

Folder = Annotated[Path | None, typer.Option("--model", help="Folder of a trained classifier.")]
Corpus = Annotated[Path, typer.Option("--corpus", help="Folder of *.jsonl, or one such file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

app.command()(model_loop.export)
app.command()(model_loop.promote)
app.command()(model_loop.rollback)
app.command()(model_loop.status)


@app.command()
def train(
    to: Annotated[Path | None, typer.Option("--to", help="Where the trained classifier goes.")] = None,
    corpus: Corpus = CORPUS_FOLDER,
    extra: Annotated[
        list[Path] | None,
        typer.Option(help="Rows of moderators' decisions (`ibasho model export`). May be repeated."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**31 - 1, help="The same corpus and seed give the same model.")
    ] = 1,
) -> None:
    """Train the classifier on the corpus (two minutes), and put it where the server finds it.

    Without --to it goes to IBASHO_MODEL_DIR, and a server takes it up when it is started again; with
    --extra it goes to models/candidate in the data folder, for `ibasho model promote`.
    """
    settings = read_settings()
    if extra:
        folder = to or settings.data_dir / "models" / "candidate"
        card = train_with(extra, folder, corpus=corpus, seed=seed).card
    else:
        folder = to or settings.classifier_dir
        card = train_into(folder, corpus=corpus, seed=seed).card
    taught = card["corpus"]["taught"] + card["decided"]["taught"]
    errors().print(f"Trained {card['versions']['model']} on {taught:,} lines: {folder}/card.md")


@app.command()
def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="JSONL of rows with a text and categories, expect, toxic_share or level."
        ),
    ] = None,
    folder: Folder = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="live|FOLDER", help="Another classifier to set beside it, and the difference."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the classifier: on a file of your own, or on the part of the corpus it was not taught.

    Every figure comes with a 95 % interval. Of a file of moderators' decisions only the part that
    training leaves out is measured on.
    """
    from classifiers.compare import compare  # noqa: PLC0415 - statistics load for a second
    from classifiers.compare import to_text as comparison_text  # noqa: PLC0415
    from classifiers.evaluate import evaluate as measure  # noqa: PLC0415
    from classifiers.evaluate import to_text  # noqa: PLC0415
    from classifiers.model import Classifier  # noqa: PLC0415

    settings = read_settings()
    classifier = Classifier.load(folder or settings.classifier_dir)
    other = None
    if against is not None:
        other = Classifier.load(model_loop.live_folder(settings) if against == "live" else Path(against))
    rows = _eval_rows(file) if file else of_split(load_rows(), "test")
    with progress("Measuring") as step:
        step(f"{len(rows):,} rows", 0.0)
        if other is None:
            found = measure(rows, classifier)
            text = to_text(found)
        else:
            compared = compare(rows, classifier, other)
            text = comparison_text(compared)
    if as_json:
        text = json.dumps((found if other is None else compared).as_dict(), ensure_ascii=False)
    print(text)


def _eval_rows(file: Path) -> tuple[EvalRow, ...]:
    from classifiers.evaluate import read_eval  # noqa: PLC0415 - statistics load for a second

    rows = read_eval(file)
    kept = never_taught(rows)
    if len(kept) < len(rows):
        errors().print(f"{len(rows) - len(kept):,} rows are left out: training may have seen their cases.")
    return kept


@app.command()
def card(folder: Folder = None, as_json: AsJson = False) -> None:
    """Print the classifier's card: what it was taught with, its figures, its limits."""
    chosen = folder or read_settings().classifier_dir
    found = load(chosen).card
    page = json.dumps(found, ensure_ascii=False) if as_json else (chosen / "card.md").read_text("utf-8")
    print(page.rstrip("\n"))


@app.command("check-corpus")
def check(
    corpus: Corpus = CORPUS_FOLDER,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="File the corpus must not copy from: JSONL with `text`, or text lines. May be repeated."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look for bad rows, copies, near copies, and lines that stand in files they must not come from.

    Prints one line a problem, `file:line: what is wrong`, and exits 1 if there is any.
    """
    rows = load_rows([corpus])
    with progress("Checking the corpus") as step:
        step(f"{len(rows):,} rows", 0.0)
        report = check_corpus(rows, against=[text for path in against or [] for text in texts_of(path)])
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for problem in report.problems:
            print(problem)
        counts = ", ".join(f"{name} {count:,}" for name, count in report.counts.items())
        errors().print(
            f"{counts}; near copies {report.near_share:.2%}; {len(report.problems) or 'no'} problems"
        )
    if not report.ok:
        raise typer.Exit(EXIT_BAD_DATA)
