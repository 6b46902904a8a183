"""`make bench-recorder`: messages a second from the stream into archive and buckets, on one core.

A real Redis, the real recorder and databases. The chat is short, by 50,000 authors in 500 rooms of 30 kinds: of
20,000 messages there are about 13,000 authors. 4 % of it is harmful, and no message says what another said before.
``equal``: the measurement model is the live one, its scores are taken over; ``another``: every message is scored
again, by a model that was loaded for the one message before the clock starts. The recorder has one core, Redis and
PostgreSQL what is left. Seconds are the recorder's own, waiting for the disk included, and beside them its
processor time: the two differ where the machine does something else.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.cli import logs
from moderation import bootstrap
from moderation.bootstrap import seed
from moderation.campaigns.pinning import Measures, pin_live
from moderation.scoring.policy import read_policy
from moderation.scoring.record import ScoredRecord
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import Database, open_database
from moderation.storage.redis import connect
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.taxonomy import Strictness
from tests.support.postgres import running_postgres
from tests.workers.factories import put, record
from workers.recorder import CHUNK, Recorder

OUT = PROJECT / "var" / "bench" / "recorder.json"
MESSAGES = 60_000
AUTHORS = 50_000
ASKED = {"equal": 20_000, "another": 8_000}
START = datetime(2026, 8, 20, 3, tzinfo=UTC)


def lines(*names: str) -> list[str]:
    """Texts of our own corpus."""
    folder = PROJECT / "classifiers" / "corpus"
    return [
        json.loads(line)["text"]
        for name in names
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]


def chat(versions: dict[str, str]) -> list[ScoredRecord]:
    """Messages as the scoring path hands them on."""
    dice = random.Random(1)
    benign, harmful = lines("benign-game", "benign-talk", "everyday"), lines("harm-person")
    points = read_policy().points[Strictness.NORMAL]
    calm = {category.value: point.review / 2 for category, point in points.items()}
    return [
        record(
            id=f"01J{number:023d}",
            text=f"{dice.choice(harmful if categories else benign)}{number}",
            author_id=f"author-{int(AUTHORS * dice.random() ** 3)}",
            room_id=f"room-{dice.randrange(500)}",
            room_category=f"game-{dice.randrange(30):02d}",
            sent_at=START + timedelta(seconds=number / 20_000),
            categories=categories,
            category_scores=calm | dict.fromkeys(categories, 0.9),
            own_scores={},
            **versions,
        )
        for number in range(MESSAGES + 1)
        for categories in [dice.choices([[], ["insult"], ["spam_scam"]], [96, 2, 2])[0]]
    ]


def timed(settings: Settings, database: Database, which: str) -> tuple[float, float]:
    """Messages a second, by the clock and by the processor's time."""
    pin_live(settings, database, by="bench", now=START)
    bridge = bootstrap.load_classifier(settings)
    own = {f"{name}_version": value for name, value in bridge.versions.items()}
    with connect(str(settings.redis_url)) as redis:
        redis.flushdb()
        first, *records = chat(own if which == "equal" else {})
        recorder = Recorder(
            redis=redis,
            database=database,
            pseudonyms=Pseudonyms(b"a key for the bench, 32 bytes ok"),
            measures=Measures(settings, database),
        )
        recorder.spare_collector()
        put(redis, first)
        recorder.drain()
        for at in range(0, MESSAGES, CHUNK):
            put(redis, *records[at : at + CHUNK])
        begun, worked = time.perf_counter(), time.process_time()
        done = recorder.drain()
        seconds, own_time = time.perf_counter() - begun, time.process_time() - worked
    assert done == MESSAGES
    return MESSAGES / seconds, MESSAGES / own_time


def measure(name: str, made: Callable[[str], Settings]) -> list[dict[str, Any]]:
    """Both ways on one store, each with tables of its own."""
    found = []
    for which, asked in ASKED.items():
        settings = made(which)
        database = open_database(settings)
        migrate.upgrade(database)
        with database.write() as unit:
            seed(unit, settings, now=START)
        rates = timed(settings, database, which)
        database.dispose()
        for rate, by in zip(rates, ("clock", "processor time"), strict=True):
            sys.stdout.write(f"{name:12s}{which:10s}{by:16s}{rate:10,.0f} messages/s   asked {asked:,}\n")
            found.append(
                {
                    "issue": 7, "row": f"recorder, {name}, measurement model {which}, by {by}", "value": round(rate),
                    "unit": "messages/s", "baseline": asked, "cores": 1,
                }
            )  # fmt: skip
    return found


def main() -> None:
    logs.configure("warning")
    found = []
    with tempfile.TemporaryDirectory(dir=PROJECT / "var") as folder, running_postgres() as server:
        model = PROJECT / "var" / "models" / "ja"
        redis = private_redis.ensure(Settings(data_dir=Path(folder)))
        if hasattr(os, "sched_setaffinity"):  # the servers run already, on all cores
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

        def on_sqlite(which: str) -> Settings:
            return Settings(data_dir=Path(folder) / which, model_dir=model, redis_url=redis.url)

        def on_postgres(which: str) -> Settings:
            assert server is not None
            server.drop_template()
            return on_sqlite(f"{which}-2").model_copy(update={"database_url": server.make_template()})

        try:
            found += measure("SQLite", on_sqlite)
            if server is not None:
                found += measure("PostgreSQL", on_postgres)
                server.drop_template()
        finally:
            redis.close()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
