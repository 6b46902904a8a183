"""Speed of the classifier beside a scikit-learn pipeline, in one run: `python -m tests.bench.classifier`.

One core. Other processes can only add to a time, so of five rounds over the same 3,000 lines the quickest is
told. The lines are the corpus's own: half of them harmful, more work for lexicon and tokenizer than a chat.
Prints a table and writes var/bench/classifier.json.
"""

import gc
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from classifiers.artefact import DEFAULT_FOLDER
from classifiers.corpus import Row, load_rows
from classifiers.fold import fold
from classifiers.labels import CATEGORIES
from classifiers.model import Classifier
from classifiers.views import Views

PROJECT = Path(__file__).resolve().parents[2]
OUT = PROJECT / "var" / "bench" / "classifier.json"
LINES, ROUNDS, BATCH, TAUGHT, STARTS = 3_000, 5, 1_000, 4_000, 3

FIRST_SCORE = """
from classifiers.model import Classifier
print(Classifier.load().score(["お前ほんと消えろ"])[0].target)
"""
FIRST_IMPORT = (
    "import sklearn.feature_extraction.text, sklearn.linear_model, sklearn.multiclass, sklearn.pipeline"
)
RESIDENT = "\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmRSS')).split()[1])"


def main() -> None:
    os.chdir(PROJECT)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows = list(load_rows())
    random.Random(1).shuffle(rows)
    texts = [row.text for row in rows[:LINES]]
    classifier = Classifier.load(DEFAULT_FOLDER)

    def explained(text: str) -> None:
        views = Views(text)
        [scores] = classifier.score([views])
        said = scores.probabilities
        classifier.explain(views, max(said, key=said.__getitem__))

    own, plain = rounds(explained, texts), rounds(lambda text: classifier.score([text]), texts)
    pipeline = sklearn_pipeline(rows)
    peer = rounds(lambda text: pipeline.predict_proba([text]), texts[: LINES // 10])
    starts, peers = [start(FIRST_SCORE) for _ in range(STARTS)], [start(FIRST_IMPORT) for _ in range(STARTS)]
    found = [
        row("one message, text to scores with spans, p50", own[0], "µs", peer[0]),
        row("one message, text to scores with spans, p99", own[1], "µs", peer[1]),
        row("one message, text to scores, p50", plain[0], "µs", peer[0]),
        row("times quicker than scikit-learn one by one (scores, p50)", peer[0] / plain[0], "×", 1.0),
        row("times quicker than scikit-learn one by one (with spans, p50)", peer[0] / own[0], "×", 1.0),
        row(f"batch of {BATCH:,}", batch(classifier.score, texts), "messages/s", batch(pipeline.predict_proba, texts)),
        row("cold start to first score", min(one[0] for one in starts), "s", min(one[0] for one in peers)),
        row("RSS after first score", min(one[1] for one in starts), "MB", min(one[1] for one in peers)),
    ]  # fmt: skip
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.stdout.write(f"{'issue 3':64s}{'here':>12s}{'scikit-learn':>14s}\n")
    for one in found:
        sys.stdout.write(f"{one['row']:64s}{one['value']:12,.1f}{one['baseline']:14,.1f} {one['unit']}\n")


def row(name: str, value: float, unit: str, baseline: float) -> dict[str, Any]:
    return {
        "issue": 3, "row": name, "value": round(value, 3), "unit": unit, "baseline": round(baseline, 3), "cores": 1,
    }  # fmt: skip


def rounds(work: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """p50 and p99 in microseconds of the quickest round; one more goes before, unmeasured."""
    found = []
    for _ in range(ROUNDS + 1):
        spent = []
        gc.collect()
        for text in texts:
            begun = time.perf_counter_ns()
            work(text)
            spent.append((time.perf_counter_ns() - begun) / 1000)
        found.append((statistics.median(spent), statistics.quantiles(spent, n=100)[-1]))
    return min(p50 for p50, _ in found[1:]), min(p99 for _, p99 in found[1:])


def batch(work: Callable[[list[str]], object], texts: Sequence[str]) -> float:
    """Messages a second of the quickest batch."""
    spent = []
    for at in [*range(0, len(texts), BATCH)] * ROUNDS:
        given = list(texts[at : at + BATCH])
        begun = time.perf_counter()
        work(given)
        spent.append((time.perf_counter() - begun) / len(given))
    return 1 / min(spent)


def start(code: str) -> tuple[float, float]:
    """Seconds and MB that a fresh process needs."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code + RESIDENT], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return time.perf_counter() - begun, int(done.stdout.split()[-1]) / 1024


def sklearn_pipeline(rows: Sequence[Row]) -> Any:
    """What one would write first: n-grams of the folded text, a logistic regression a category."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    taught = rows[:TAUGHT]
    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 3), min_df=3, preprocessor=lambda text: fold(text).text
    )
    pipeline = make_pipeline(vectorizer, OneVsRestClassifier(LogisticRegression(solver="liblinear")))
    labels = [[category in row.categories for category in CATEGORIES] for row in taught]
    return pipeline.fit([row.text for row in taught], labels)


if __name__ == "__main__":
    main()
