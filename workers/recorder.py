"""The recorder: scored messages from the stream, and facts from the outbox, into archive and buckets.

What the verdict of the day said is counted, and beside it what each pinned measurement model says.
Everything is counted exactly once, however often it arrives: a message by its id in the archive,
a fact by its outbox id, each in the transaction that raises the counts. Only then the stream and
the outbox are told.
"""

import gc
import os
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

import msgspec
import structlog

from moderation.campaigns.pinning import Measures
from moderation.errors import StoreUnavailable
from moderation.scoring.record import ScoredRecord, decode
from moderation.storage import outbox
from moderation.storage.chat import archive
from moderation.storage.chat.archive import RecordRefused
from moderation.storage.chat.consumer_group import Entry
from moderation.storage.chat.stream import ScoredStream
from moderation.storage.database import Database
from moderation.storage.ids import new_id
from moderation.storage.redis import AWAY, Redis
from moderation.storage.trends import buckets, gaps
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.trends.count import Measured
from moderation.trends.facts import FactKey, UnknownFact, count_fact
from workers.stopping import Stop

log = structlog.get_logger(__name__)

CHUNK = 20_000
"""Most messages in one transaction: the more there are, the more of them share a row of the counts."""
_FACTS_CHUNK = 1_000
_KNOWN_PEOPLE = 200_000
"""Pseudonyms kept in memory, of authors and rooms: some 40 MB."""
DEAD_AFTER_MS = 30_000
"""An entry read this long ago and still not done is taken over. A slow recorder that is not
dead loses nothing: whoever comes second finds the messages in the archive."""
_COLLECT_EVERY = 500_000
_WAIT_MS, _NO_WAIT_MS = 500, 1
_CLAIM_SECONDS = 5.0
_FACTS_SECONDS = 1.0
_AWAY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some entries of the stream, ready to be written down.

    Attributes:
        measured: What each measurement model says of the records; ``missed`` how many it was not asked about.
    """

    entries: Sequence[Entry]
    records: Sequence[ScoredRecord]
    measured: Sequence[Measured]
    missed: Mapping[tuple[str, str], int]

    def halves(self) -> "tuple[_Chunk, _Chunk]":
        """Two chunks of half as many records."""
        middle = len(self.entries) // 2
        first = replace(self, entries=self.entries[:middle], records=self.records[:middle])
        rest = replace(self, entries=self.entries[middle:], records=self.records[middle:], missed={})
        return first, rest


class _Read(NamedTuple):
    """What was read of the stream, and the chunk it makes where that is known already."""

    entries: Sequence[Entry]
    chunk: _Chunk | None = None


class Recorder:
    """One recorder; many may run beside each other."""

    def __init__(
        self,
        *,
        redis: Redis,
        database: Database,
        pseudonyms: Pseudonyms,
        measures: Measures | None = None,
        chunk: int = CHUNK,
        dead_after_ms: int = DEAD_AFTER_MS,
    ) -> None:
        self._stream = ScoredStream(redis, consumer=f"{socket.gethostname()}-{os.getpid()}-{new_id()[-6:]}")
        self._database = database
        self._pseudonym = lru_cache(_KNOWN_PEOPLE)(pseudonyms.of)
        self._measures = measures
        self._chunk = chunk
        self._dead_after_ms = dead_after_ms
        self._reader = ThreadPoolExecutor(1, "recorder-reader")  # what waits for Redis is its part
        self._ahead: Future[_Read] | None = None
        self._told: Future[None] | None = None

    def run(self, stop: Stop) -> None:
        """Record until asked to stop; a store that is away is waited for."""
        self.spare_collector()
        claimed_at = facts_at = -_CLAIM_SECONDS
        prepared = False
        while not stop.asked:
            try:
                if not prepared:
                    self._stream.prepare()
                    self._stream.forget_consumers()
                    prepared = True
                if monotonic() - claimed_at >= _CLAIM_SECONDS:
                    while self.record_dead() and not stop.asked:
                        pass
                    claimed_at = monotonic()
                if monotonic() - facts_at >= _FACTS_SECONDS:
                    while self.record_facts() and not stop.asked:
                        pass
                    facts_at = monotonic()
                self.record_new(wait_ms=_WAIT_MS)
            except StoreUnavailable as error:
                log.warning("recorder.store_away", why=str(error))
                stop.wait(_AWAY_SECONDS)
            except AWAY as error:
                log.warning("redis.away", step="recorder", why=str(error))
                prepared = False  # a Redis that comes back empty has no group
                stop.wait(_AWAY_SECONDS)
        self._leave()

    @staticmethod
    def spare_collector() -> None:
        """Let Python look for rings of objects more seldom, in this process.

        A chunk is some hundred thousand small objects and no rings of them: looking through them at
        the usual rate takes as long as the work itself.
        """
        gc.freeze()
        gc.set_threshold(_COLLECT_EVERY, 10, 10)

    def drain(self) -> int:
        """Record everything that waits now, and return how many entries and facts that were."""
        self._stream.prepare()
        total = 0
        while done := self.record_dead() + self.record_new(wait_ms=1) + self.record_facts():
            total += done
        self._settle()
        return total

    def record_new(self, *, wait_ms: int) -> int:
        """Record the next chunk of the stream; how many entries it had.

        Where the stream is deep the one after it is read meanwhile: stores answer while we count.
        """
        ahead, self._ahead = self._ahead, None
        read = (ahead or self._reader.submit(self._read, wait_ms)).result()
        if len(read.entries) == self._chunk:
            self._ahead = self._reader.submit(self._read, _NO_WAIT_MS)
        return self._finish(read)

    def record_dead(self) -> int:
        """Record a chunk that another recorder read and never finished; how many entries it had."""
        return self._finish(self._reader.submit(self._claim).result())

    def _read(self, wait_ms: int) -> _Read:
        return self._seen(self._stream.read(self._chunk, wait_ms=wait_ms))

    def _claim(self) -> _Read:
        return self._seen(self._stream.claim_dead(self._chunk, idle_ms=self._dead_after_ms))

    def _seen(self, entries: Sequence[Entry]) -> _Read:
        # SQLite works in this very process, and takes and gives Python's lock for each row: a thread that reckons
        # beside it makes both slower by a third. While another server writes, reckoning costs nothing.
        return _Read(entries, self._prepare(entries) if self._database.archive_is_apart else None)

    def _finish(self, read: _Read) -> int:
        self._write(read.chunk or self._prepare(read.entries))
        return len(read.entries)

    def _prepare(self, entries: Sequence[Entry]) -> _Chunk:
        good: list[Entry] = []
        records: list[ScoredRecord] = []
        for entry in entries:
            try:
                records.append(decode(entry.data or b""))
                good.append(entry)
            except msgspec.DecodeError as error:
                self._bury(entry, f"cannot be read: {error}")
        those = archive.clean(records)
        if not those or self._measures is None:
            return _Chunk(good, those, (), {})
        self._measures.refresh(now=datetime.now(UTC))
        return _Chunk(good, those, *self._measures.of(those))

    def _write(self, chunk: _Chunk) -> None:
        if not chunk.records:
            return
        try:
            with self._database.write_archive() as unit:
                new = archive.record(unit.connection, chunk.records, self._pseudonym, chunk.measured)
                for (service, source), messages in sorted(chunk.missed.items()):
                    at = datetime.now(UTC)
                    gaps.note(unit.connection, service=service, why=source, messages=messages, at=at)
        except RecordRefused as error:
            # One bad message must not hold up a thousand: halve until it stands alone.
            if len(chunk.entries) == 1:
                self._bury(chunk.entries[0], f"refused by the database: {error}")
                return
            for half in chunk.halves():
                self._write(half)
            return
        self._tell([entry.id for entry in chunk.entries])
        log.info("recorder.recorded", messages=len(chunk.records), new=new)

    def _tell(self, ids: Sequence[bytes]) -> None:
        """Tell the stream what is written; where it is deep, while the next chunk is counted."""
        self._settle()
        self._told = self._reader.submit(self._stream.done, ids)
        if self._ahead is None:
            self._settle()

    def _settle(self) -> None:
        told, self._told = self._told, None
        if told is not None:
            told.result()

    def _bury(self, entry: Entry, why: str) -> None:
        log.error("recorder.entry_put_aside", entry=entry.id.decode(), why=why)
        self._stream.bury(entry, why)

    def record_facts(self) -> int:
        """Count a chunk of facts that wait in the outbox; how many there were."""
        now = datetime.now(UTC)
        with self._database.read() as connection:
            rows = outbox.due(connection, destination=outbox.RECORDER, now=now, most=_FACTS_CHUNK)
        if not rows:
            return 0
        counted: dict[str, Counter[FactKey]] = {}
        unknown: list[str] = []
        for row in rows:
            try:
                counted[row.id] = count_fact(row.service, row.type, row.payload, made_at=row.created_at)
            except UnknownFact as error:
                log.warning("recorder.fact_unknown", outbox_id=row.id, why=str(error))
                unknown.append(row.id)
        with self._database.write_archive() as unit:
            new = buckets.new_facts(unit.connection, list(counted), now=now)
            total: Counter[FactKey] = Counter()
            for fact_id in new:
                for key, count in counted[fact_id].items():
                    total[key] += count
            buckets.add_facts(unit.connection, total)
        with self._database.write() as unit:
            outbox.mark_delivered(unit.connection, list(counted), now=now)
            for fact_id in unknown:
                outbox.give_up(unit.connection, fact_id, now=now)
        log.info("recorder.facts_recorded", facts=len(rows), new=len(new), unknown=len(unknown))
        return len(rows)

    def _leave(self) -> None:
        """Finish what was read, and take our name out of the group."""
        ahead, self._ahead = self._ahead, None
        try:
            if ahead is not None:
                self._finish(ahead.result())
            self._settle()
            self._stream.leave()
        except StoreUnavailable as error:  # another recorder takes these entries over
            log.warning("recorder.store_away", why=str(error))
        except AWAY as error:
            log.warning("redis.away", step="recorder.leave", why=str(error))
