"""Metrics for Prometheus: what this process measured, and what waits in the stores.

With several server processes their counts are added up, through the folder that prometheus-client
shares them in (PROMETHEUS_MULTIPROC_DIR; ``ibasho serve --workers`` makes it).
"""

import os
from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from moderation.scoring.verdict import Outcome, Verdict, Versions
from moderation.storage.gauges import Gauges

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STAGES = ("open", "read", "windows", "decide", "save", "hand_on", "whole")
_MOST_LAPS = 256
"""Measurements that wait for the histograms: bringing them there costs a third of a millisecond."""
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The counts of one process; it is the scoring path's meter."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._latency = Histogram(
            "mod_score_latency_seconds",
            "Time scoring spent in a stage, once for requests scored together; `whole` once a request.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._scored = self._counter("mod_score_total", "Messages scored.", "verdict")
        self._rule_hits = self._counter("mod_rule_hits_total", "Rules that fired.", "rule", "mode")
        self._degraded = self._counter(
            "mod_degraded_total", "Messages scored while a part was missing.", "part"
        )
        self._limited = self._counter("mod_rate_limited_total", "Requests refused by a rate limit.")
        self._stages = {name: self._latency.labels(name) for name in STAGES}
        self._laps: list[tuple[str, float]] = []
        self._verdicts = {outcome: self._scored.labels(outcome.value) for outcome in Outcome}

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self._registry)

    def stage(self, name: str, seconds: float) -> None:
        """Requests that were scored together spent so long in a stage."""
        self._laps.append((name, seconds))

    def answered(self, seconds: float) -> None:
        """A request was answered after so long."""
        self._laps.append(("whole", seconds))
        if len(self._laps) >= _MOST_LAPS:
            self.flush()

    def flush(self) -> None:
        """Bring what was measured into the histograms; costs more than it may on the way of a message."""
        laps, self._laps = self._laps, []
        for name, seconds in laps:
            self._stages[name].observe(seconds)

    def scored(self, verdicts: Sequence[Verdict]) -> None:
        """Count verdicts, rules that fired and parts that were missing."""
        if len(verdicts) == 1:
            self._verdicts[verdicts[0].verdict].inc()
        else:
            for outcome, number in Tally(verdict.verdict for verdict in verdicts).items():
                self._verdicts[outcome].inc(number)
        for verdict in verdicts:
            for signal in verdict.signals:
                if signal.source.startswith("rule:"):
                    name = signal.source.removeprefix("rule:").rpartition("@")[0]
                    self._rule_hits.labels(name, signal.mode).inc()
            for part in verdict.missing:
                self._degraded.labels(part).inc()

    def limited(self) -> None:
        """Count a request that a rate limit refused."""
        self._limited.inc()

    def text(
        self,
        *,
        gauges: Gauges | None,
        stream: int | None,
        not_kept: Mapping[tuple[str, int], int],
        versions: Versions | None,
    ) -> bytes:
        """Everything in Prometheus' text format.

        Args:
            gauges: What waits in the database; None when it is away.
            stream: Scored messages not recorded yet; None when Redis is away.
            not_kept: Messages that began a window's counter which was not kept, by service and seconds.
            versions: What scores now.
        """
        self.flush()
        if os.environ.get(SHARED_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry = self._registry
        now = CollectorRegistry()
        now.register(_Now(gauges, stream, not_kept, versions))
        return generate_latest(registry) + generate_latest(now)


class _Now(Collector):
    """Values that are asked for, not counted."""

    def __init__(
        self,
        gauges: Gauges | None,
        stream: int | None,
        not_kept: Mapping[tuple[str, int], int],
        versions: Versions | None,
    ) -> None:
        self._gauges = gauges
        self._not_kept = not_kept
        self._stream = stream
        self._versions = versions

    def collect(self) -> Iterator[Metric]:
        """The families."""
        up = GaugeMetricFamily("mod_up", "Whether a part answers.", labels=["part"])
        up.add_metric(["database"], float(self._gauges is not None))
        up.add_metric(["redis"], float(self._stream is not None))
        yield up
        if self._versions is not None:
            info = GaugeMetricFamily(
                "mod_ruleset_version_info",
                "What scores now.",
                labels=["ruleset", "model", "lexicon", "fold"],
            )
            versions = self._versions
            info.add_metric([versions.ruleset, versions.model, versions.lexicon, versions.fold], 1.0)
            yield info
        if self._stream is not None:
            yield GaugeMetricFamily(
                "mod_stream_depth", "Scored messages not recorded yet.", value=self._stream
            )
        crowded = CounterMetricFamily(
            "mod_window_counters_not_kept",
            "Messages that began a window's counter when there were too many already; they count as the first.",
            labels=["service", "seconds"],
        )
        for (service, seconds), number in sorted(self._not_kept.items()):
            crowded.add_metric([service, str(seconds)], number)
        yield crowded
        if self._gauges is not None:
            yield from _waiting(self._gauges)


def _waiting(gauges: Gauges) -> Iterator[Metric]:
    depth = GaugeMetricFamily("mod_queue_depth", "Open cases of a review queue.", labels=["queue"])
    oldest = GaugeMetricFamily("mod_queue_oldest_seconds", "Age of its oldest case.", labels=["queue"])
    for queue, (count, age) in sorted(gauges.queues.items()):
        depth.add_metric([queue], count)
        oldest.add_metric([queue], age)
    yield depth
    yield oldest
    yield GaugeMetricFamily("mod_held_messages", "Messages held back.", value=gauges.held)
    yield GaugeMetricFamily("mod_held_oldest_seconds", "Age of the longest held.", value=gauges.held_oldest)
    yield GaugeMetricFamily("mod_webhooks_waiting", "Events not delivered yet.", value=gauges.webhooks)
    yield GaugeMetricFamily(
        "mod_webhooks_oldest_seconds", "Age of the oldest of them.", value=gauges.webhooks_oldest
    )
    delivered = CounterMetricFamily(
        "mod_webhook_delivery", "Attempts to deliver an event, by what came of them.", labels=["result"]
    )
    for result, count in sorted(gauges.deliveries.items()):
        delivered.add_metric([result], count)
    yield delivered
    if gauges.handling:
        handled = GaugeMetricFamily(
            "mod_case_handle_seconds",
            "From claim to decision, over the decisions of the last hour.",
            labels=["quantile"],
        )
        for share in (0.5, 0.95):
            at = min(len(gauges.handling) - 1, int(share * len(gauges.handling)))
            handled.add_metric([str(share)], gauges.handling[at])
        yield handled
    if gauges.notice_due is not None:
        yield GaugeMetricFamily(
            "mod_notice_due_seconds",
            "Until the first open takedown notice is due; negative where it is late.",
            value=gauges.notice_due,
        )
