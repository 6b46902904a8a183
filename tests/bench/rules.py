"""Speed of the rule engine, in one run: `python -m tests.bench.rules`.

One core. A message's time is what the rules add to it: searching the folded text, saying what to count,
and matching; folding, the classifier and Redis are not in it. Other processes can only add to a time, so of each
twenty messages the quickest of fifteen rounds counts. The texts are the chat of our own sample stream, each
message with what the author and the room said before. The baseline asks the same conditions one by one, each
with its own compiled `re`, and has to find the same; 0 where there is none. Prints a table and writes var/bench/rules.json.
"""

import gc
import json
import os
import re
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from classifiers.corpus import load_rows
from classifiers.views import Views
from moderation.bootstrap import read_rule_files
from moderation.rulebook import backtests
from moderation.scoring.detectors import fold_text
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.database import open_database
from rules.compile import compile_rules
from rules.index import PhraseIndex
from rules.interpret import Interpreter
from rules.match import RuleSet
from rules.naive import NaiveLooker
from rules.nodes import Alike, Phrases, Regexes, Split
from rules.subject import AuthorFacts, Recent, RoomFacts, Subject, TargetFacts
from tests.bench.rules_pack import CATEGORIES, Maker

PROJECT = Path(__file__).resolve().parents[2]
OUT = PROJECT / "var" / "bench" / "rules.json"
SAMPLE = PROJECT / "api" / "cli" / "sample" / "stream.jsonl"
ROUNDS, BATCH, ARCHIVE = 15, 20, 1_000_000
NOON = datetime(2026, 8, 20, 3, tzinfo=UTC)
KANA = "あいうえおかきくけこさしすせそたちつてと"


def main() -> None:
    os.chdir(PROJECT)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    said = sample()
    folded = [fold_text(one["text"]) for one in said]
    make = Maker(folded)
    packs = {count: make.pack(count) for count in (50, 500)}
    begun = time.perf_counter()
    large = compile_rules(packs[500], fold=fold_text)
    compiling = time.perf_counter() - begun
    small = compile_rules(packs[50], fold=fold_text)
    for rule_set in (small, large):
        assert not rule_set.broken, rule_set.broken[0]
    quick, found = engine(small, said)
    slow, expected = interpreted(small, said)
    assert found == expected, "the two ways do not find the same"
    share = sum(map(bool, found)) / len(found)
    assert 0.01 <= share <= 0.03, f"the pack hits {share:.1%} of the texts"
    many, _ = engine(large, said)
    words = [make.absent() for _ in range(20_000)]
    index = PhraseIndex(words)
    phrases = best(lambda: [index.find(text) for text in folded]) / len(folded)
    whole, worked = backtest(said)
    rows = [
        row("50 live rules, a message beyond fold and classifier", quick, "µs", slow),
        row("times quicker than asking one `re` after the other, 50 rules", slow / quick, "×", 1.0),
        row("500 live rules, a message beyond fold and classifier", many, "µs", 0.0),
        row("20,000 phrases, a message", phrases * 1e6, "µs", 0.0),
        row("compile of 500 rules", compiling, "s", 0.0),
        row(f"backtest of {ARCHIVE:,} messages, archive read included", whole, "s", 0.0),
        row("the same in processor time", worked, "s", 0.0),
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.stdout.write(
        f"hits on {share:.1%} of {len(said):,} messages\n{'issue 4':64s}{'here':>12s}{'one by one':>14s}\n"
    )
    for one in rows:
        sys.stdout.write(f"{one['row']:64s}{one['value']:12,.2f}{one['baseline']:14,.1f} {one['unit']}\n")


def row(name: str, value: float, unit: str, baseline: float) -> dict[str, Any]:
    return {
        "issue": 4, "row": name, "value": round(value, 3), "unit": unit, "baseline": round(baseline, 3), "cores": 1,
    }  # fmt: skip


def sample() -> list[dict[str, Any]]:
    """The chat of the sample stream, in the order it was said."""
    lines = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [line["message"] | {"at": line["at"]} for line in lines if line["kind"] == "message"]


def subjects(said: Sequence[dict[str, Any]]) -> list[Subject]:
    """Messages with what is known beside them; folded already, words not yet split."""
    talk: defaultdict[str, list[tuple[str, Recent]]] = defaultdict(list)
    made = []
    for number, one in enumerate(said):
        author, room, now = one["author"], one["room_id"], NOON + timedelta(seconds=one["at"])
        views = Views(one["text"])
        before = talk[room][-20:]
        made.append(
            Subject(
                views=views,
                sent_at=now,
                author=AuthorFacts(
                    id=author["id"],
                    account_age_seconds=86_400.0 * author.get("created_days_ago", 400),
                    age_band="unknown",
                    role="viewer",
                    strikes=0,
                    labels=frozenset(),
                ),
                room=RoomFacts(
                    id=room, strictness="normal", live=True, live_seconds=one["at"], labels=frozenset()
                ),
                target=TargetFacts(kind=("none", "streamer", "viewer")[number % 3]),
                scores={
                    category: ((number * 37 + at * 11) % 100) / 300 for at, category in enumerate(CATEGORIES)
                },
                recent_author=[line for who, line in before if who == author["id"]],
                recent_room=[line for _, line in before],
            )
        )
        talk[room].append((author["id"], Recent(folded=views.folded, sent_at=now)))
    return made


def engine(rule_set: RuleSet, said: Sequence[dict[str, Any]]) -> tuple[float, list[tuple[str, ...]]]:
    """Microseconds a message, and what was found."""

    def work(batch: Sequence[Subject]) -> list[tuple[str, ...]]:
        prepared = rule_set.prepare(batch)
        known = [{request.spec.id: 3 for request in one.window_requests()} for one in prepared]
        return [tuple(hit.rule_id for hit in hits) for hits in rule_set.match(prepared, known)]

    return timed(work, lambda: subjects(said), ROUNDS)


def timed(
    work: Callable[[Sequence[Subject]], list[tuple[str, ...]]],
    given: Callable[[], list[Subject]],
    rounds: int,
) -> tuple[float, list[tuple[str, ...]]]:
    """Microseconds a message and what was found; of each batch the quickest round counts."""
    quickest: dict[int, float] = {}
    for _ in range(rounds):
        messages, found = given(), []
        gc.collect()
        gc.disable()
        for at in range(0, len(messages), BATCH):
            batch = messages[at : at + BATCH]
            begun = time.perf_counter()
            found += work(batch)
            quickest[at] = min(quickest.get(at, 1e9), time.perf_counter() - begun)
        gc.enable()
    return sum(quickest.values()) / len(messages) * 1e6, found


class OneByOne(NaiveLooker):
    """Each condition on the text has a compiled `re` of its own, tried by itself."""

    kept: dict[Any, Any] = {}  # noqa: RUF012 - compiled once for the whole run

    def value(self, node: Any) -> bool | None:
        if isinstance(node, Alike | Split):
            return super().value(node)
        pattern = self.kept.get(id(node))
        if pattern is None:
            pattern = self.kept[id(node)] = re.compile(_alternatives(node))
        view = node.view if isinstance(node, Phrases | Regexes) else "folded"
        if view == "reading":
            return super().value(node)
        if not pattern.search(getattr(self._subject.views, view)):
            return False
        return super().value(node)


def _alternatives(node: Any) -> str:
    if isinstance(node, Regexes):
        flags = "(?i)" if any(one.startswith("(?i)") for one in node.patterns) else ""
        return flags + "|".join(one.removeprefix("(?i)") for one in node.patterns)
    phrases = node.phrases if isinstance(node, Phrases) else node.steps[0]
    return "|".join(map(re.escape, phrases))


def interpreted(rule_set: RuleSet, said: Sequence[dict[str, Any]]) -> tuple[float, list[tuple[str, ...]]]:
    """The same by walking each rule's conditions."""
    values = {spec.id: 3 for spec in rule_set.windows}
    plans, by_id = rule_set.engine.plans, rule_set.engine.by_id

    def work(batch: Sequence[Subject]) -> list[tuple[str, ...]]:
        found = []
        for subject in batch:
            asked = Interpreter(subject, OneByOne(subject), by_id.get)
            found.append(tuple(plan.rule.id for plan in plans if asked.fires(plan)))
        return found

    return timed(work, lambda: [msgspec.structs.replace(one, windows=values) for one in subjects(said)], 3)


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of the quickest round."""
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)


def backtest(said: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Seconds, by the clock and of processor time, to try our own packs, one of them changed, over an archive of a million messages."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        database = open_database(settings)
        migrate.upgrade(database)
        fill(Path(folder) / "archive.db", said)
        live = read_rule_files(settings)
        path = "insult/die_command.yaml"
        candidate = live.with_file("pack", path, live.packs[path].replace("quoted: false", "quoted: true"))
        told: list[int] = []
        begun, worked = time.perf_counter(), time.process_time()
        report = backtests.run(
            database,
            candidate,
            live,
            service="bench",
            since=NOON,
            until=NOON + timedelta(days=30),
            rescore=backtests.rescorer(Settings(data_dir=PROJECT / "var"), database),
            step=lambda done, total: told.append(done),
        )
        spent, worked = time.perf_counter() - begun, time.process_time() - worked
        database.dispose()
    assert report.messages == ARCHIVE == told[-1]
    return spent, worked


def fill(path: Path, said: Sequence[dict[str, Any]]) -> None:
    """An archive: every other message is of the sample, again and again, other authors each time; the rest are new texts.

    So about half of the messages have a text of their own, which costs some 20 µs to fold and to search: a chat that
    repeats itself more is tried quicker, one that never does takes longer. A live rule had hit one in fifty, so that
    the classifier is asked again.
    """
    scores = json.dumps(dict.fromkeys(CATEGORIES, 0.02))
    harmless = [line.text for line in load_rows() if not line.categories]
    pick, raised = Random(4), json.dumps([["insult.die_command", 1, "live"]])
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA synchronous = OFF")
        columns = [line[1] for line in store.execute("PRAGMA table_info(archive_messages)")]
        fixed = {
            "service_id": "bench", "age_band": "unknown", "room_category": "fps", "verdict": "allow", "review": 0,
            "severity": 0, "minors": 0, "categories": "[]", "category_scores": scores,
            "author_role": "viewer", "target": "none",
        }  # fmt: skip
        versions = dict.fromkeys(
            ("model_version", "lexicon_version", "fold_version", "ruleset_version"), "bench"
        )

        def rows() -> Any:
            for number in range(ARCHIVE):
                one = said[number // 2 % len(said)]
                new = f"{pick.choice(harmless)}{''.join(pick.choices(KANA, k=3))}"
                at = f"{NOON + timedelta(seconds=0.5 * number):%Y-%m-%d %H:%M:%S.%f}"
                known = fixed | versions | {
                    "id": f"m{number}", "author_id": f"{one['author']['id']}-{number // len(said) % 40}",
                    "room_id": f"{one['room_id']}-{number // len(said) % 5}",
                    "text": new if number % 2 else one["text"],
                    "rules": raised if number % 50 == 0 else "[]", "sent_at": at,
                    "counted_at": at, "author_created_at": "2025-01-01 00:00:00.000000",
                }  # fmt: skip
                yield tuple(known.get(name) for name in columns)

        marks = ", ".join("?" * len(columns))
        store.executemany(f"INSERT INTO archive_messages ({', '.join(columns)}) VALUES ({marks})", rows())


if __name__ == "__main__":
    main()
