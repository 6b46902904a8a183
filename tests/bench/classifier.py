"""Speed of the classifier beside a scikit-learn pipeline, in one run: `python -m tests.bench.classifier`.

One core. Other processes can only add to a time, so of twelve rounds over the same 3,000 lines the quickest is
told; what is compared takes turns. Nothing is kept from one round to the next. The lines are the corpus's own:
half of them harmful, more work for lexicon and tokenizer than a chat. "With spans" explains every message for its
strongest category, harmless ones too; a server explains only what reaches an operating point, which is told below
it, and for the messages that do so alone. Prints a table and writes var/bench/classifier.json.
"""

import gc
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import compress
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from classifiers.artefact import DEFAULT_FOLDER
from classifiers.corpus import Row, load_rows
from classifiers.fold import fold
from classifiers.labels import CATEGORIES
from classifiers.model import Classifier
from classifiers.views import Views
from moderation.scoring.policy import read_policy
from moderation.taxonomy import Strictness

PROJECT = Path(__file__).resolve().parents[2]
OUT = PROJECT / "var" / "bench" / "classifier.json"
LINES, ROUNDS, BATCH, TAUGHT, STARTS = 3_000, 12, 1_000, 4_000, 3

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

    points = {
        category.value: point.review for category, point in read_policy().points[Strictness.NORMAL].items()
    }
    reached = [
        any(chance >= points[category] for category, chance in scores.probabilities.items())
        for scores in classifier.score(texts)
    ]

    def plain(text: str) -> None:
        classifier.score([text])

    def explained(text: str) -> None:
        views = Views(text)
        [scores] = classifier.score([views])
        said = scores.probabilities
        classifier.explain(views, max(said, key=said.__getitem__))

    def served(text: str) -> None:
        views = Views(text)
        [scores] = classifier.score([views])
        for category, chance in scores.probabilities.items():
            if chance >= points[category]:
                classifier.explain(views, category)

    pipeline = sklearn_pipeline(rows)
    gc.collect()
    gc.freeze()  # as every process that serves does once it has loaded
    scored, every, asked = taking_turns((plain, explained, served), texts)
    telling = [list(compress(spent, reached)) for spent in asked]
    peer = taking_turns((lambda text: pipeline.predict_proba([text]),), texts[: LINES // 10])[0]
    base, base_tail = quickest(peer, median), quickest(peer, tail)
    starts, peers = [start(FIRST_SCORE) for _ in range(STARTS)], [start(FIRST_IMPORT) for _ in range(STARTS)]
    share = f"{sum(reached) / len(reached):.0%}"
    found = [
        row("one message, text to scores with spans, p50", quickest(every, median), "µs", base),
        row("one message, text to scores with spans, p99", quickest(every, tail), "µs", base_tail),
        row("one message, text to scores, p50", quickest(scored, median), "µs", base),
        row(f"spans where a point is reached ({share} of lines), p50", quickest(asked, median), "µs", base),
        row(f"spans where a point is reached ({share} of lines), p99", quickest(asked, tail), "µs", base_tail),
        row(f"of that {share} alone, p50", quickest(telling, median), "µs", base),
        row(f"of that {share} alone, p99", quickest(telling, tail), "µs", base_tail),
        row("times quicker than scikit-learn one by one (scores, p50)", base / quickest(scored, median), "×", 1.0),
        row("times quicker than scikit-learn one by one (with spans, p50)", base / quickest(every, median), "×", 1.0),
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


def taking_turns(works: Sequence[Callable[[str], object]], texts: Sequence[str]) -> list[list[list[float]]]:
    """Of each work, for each round, what every text took, in microseconds. One more round goes before, unmeasured."""
    taken: list[list[list[float]]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for work, rounds in zip(works, taken, strict=True):
            spent = []
            gc.collect()
            for text in texts:
                begun = time.perf_counter_ns()
                work(text)
                spent.append((time.perf_counter_ns() - begun) / 1000)
            rounds.append(spent)
    return [rounds[1:] for rounds in taken]


def quickest(rounds: Sequence[Sequence[float]], figure: Callable[[Sequence[float]], float]) -> float:
    """A figure of the round in which it was lowest."""
    return min(map(figure, rounds))


def tail(spent: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(spent, n=100)[-1]


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
