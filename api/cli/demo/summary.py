"""What happened in the demo, and whether the counts add up."""

import time
from dataclasses import dataclass

from rich.table import Table

from api.cli.demo.people import SERVICE
from api.cli.demo.receiver import Receiver
from api.cli.demo.replay import Replayed
from moderation.storage import census
from moderation.storage.census import ArchiveCensus, Census
from moderation.storage.database import Database
from moderation.taxonomy import Severity

SECONDS_TO_SETTLE = 90.0
"""Longest wait for recorder and webhooks after the last request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The counts of one run."""

    replayed: Replayed
    decided: int
    store: Census
    archive: ArchiveCensus
    webhooks: int
    refused_webhooks: int
    webhook_types: dict[str, int]

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way any more."""
        return (
            not any(self.store.waiting.values())
            and self.archive.messages >= self.replayed.verdicts.total()
            and self.webhooks >= self.store.delivered
        )

    def problems(self) -> list[str]:
        """What does not add up; empty when all does."""
        sent = self.replayed.sent
        pairs = (
            ("messages answered", self.replayed.verdicts.total(), sent["message"]),
            ("messages archived", self.archive.messages, sent["message"]),
            ("messages in the hourly counts", self.archive.counted, sent["message"]),
            ("events kept", self.store.events, sent["event"]),
            ("reports kept", self.store.reports, sent["report"]),
            ("inquiries kept", self.store.inquiries, sent["inquiry"]),
            ("decisions kept", self.store.decisions, self.decided),
            ("webhooks verified by the receiver", self.webhooks, self.store.delivered),
            ("webhooks with a wrong signature", self.refused_webhooks, 0),
            ("webhooks that still wait", self.store.waiting.get("webhook", 0), 0),
            ("facts that still wait for the recorder", self.store.waiting.get("recorder", 0), 0),
            ("answers with a part missing", self.replayed.degraded, 0),
        )
        wrong = [
            f"{what}: {found:,}, expected {wanted:,}" for what, found, wanted in pairs if found != wanted
        ]
        lost = self.replayed.flagged - self.store.hits
        if lost:
            wrong.append(f"{len(lost)} flagged messages stand in no case, e.g. {min(lost)}")
        if not self.decided or not self.webhooks:
            wrong.append("no decision reached the webhook receiver")
        return [*wrong, *self.replayed.errors[:10]]


def settle(database: Database, receiver: Receiver, replayed: Replayed, decided: int) -> Outcome:
    """Wait until recorder and webhooks have caught up, and count."""
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    while True:
        outcome = _count(database, receiver, replayed, decided)
        if outcome.settled or time.monotonic() > deadline:
            return outcome
        time.sleep(0.25)


def _count(database: Database, receiver: Receiver, replayed: Replayed, decided: int) -> Outcome:
    with database.read() as connection, database.read_archive() as archive:
        return Outcome(
            replayed=replayed,
            decided=decided,
            store=census.take(connection, SERVICE),
            archive=census.take_archive(archive, SERVICE),
            webhooks=len(receiver.taken),
            refused_webhooks=receiver.refused,
            webhook_types=receiver.types(),
        )


def to_table(outcome: Outcome, seconds: float) -> Table:
    """The summary that `--once` prints."""
    replayed, store, archive = outcome.replayed, outcome.store, outcome.archive
    verdicts = ", ".join(f"{name} {count:,}" for name, count in sorted(replayed.verdicts.items()))
    cases = ", ".join(
        f"{severity.value} {store.cases[severity]:,}"
        for severity in reversed(Severity)
        if store.cases[severity]
    )
    events = ", ".join(f"{name} {count:,}" for name, count in sorted(outcome.webhook_types.items()))
    table = Table("what", "count", "", title="What happened", title_justify="left")
    rows = (
        ("messages scored", replayed.verdicts.total(), verdicts),
        ("messages flagged", len(replayed.flagged), "each stands in a case"),
        ("cases", sum(store.cases.values()), f"{cases}; {store.open_cases:,} open"),
        ("decisions", store.decisions, "made through the console"),
        ("webhooks delivered", outcome.webhooks, f"signatures verified: {events}"),
        ("reports", store.reports, "joined or opened cases"),
        ("inquiries", store.inquiries, ""),
        ("events", store.events, "rooms, viewers, blocks, mutes, leaves"),
        ("messages archived", archive.messages, ""),
        ("hourly buckets", archive.buckets, f"they count {archive.counted:,} messages"),
        ("seconds", round(seconds), "from the start to here"),
    )
    for what, count, note in rows:
        table.add_row(what, f"{count:,}", note)
    return table
