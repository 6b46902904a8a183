"""Placing reports: each joins the live case of its subject, or opens one. One transaction.

- The same reporter on the same subject counts once in a case; a repetition is kept and changes nothing.
- A subject that a moderator decided on stays decided for the same content (storage/settled.py says when).
- Reporters are weighted (weight.py); many new accounts that say the same are a brigade (likeness.py): marked
  and weighed down, never dropped.
- Two people who report each other meet in one ``quarrel`` case (storage/quarrels.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from moderation.reports.draft import (
    Draft,
    ReportConflict,
    Taken,
    arrival_of,
    draft_of,
    listen,
    row_of,
    tells,
)
from moderation.reports.likeness import (
    BRIGADE_WITHIN,
    NEW_FOR,
)
from moderation.reports.reading import ReadReport
from moderation.reports.report import ReportStatus
from moderation.reports.urgency import severity_of
from moderation.reports.weight import BRIGADE_WEIGHT, COUNTS_FROM
from moderation.storage import outbox
from moderation.storage.chat import flagged
from moderation.storage.chat.flagged import Flagged
from moderation.storage.database import Connection
from moderation.storage.desk import case_weight, live_cases, settled
from moderation.storage.desk.case_weight import LiveCase
from moderation.storage.desk.live_cases import Arrival
from moderation.storage.reports import quarrels, reporters, voices
from moderation.storage.reports.voices import KeptVoice
from moderation.taxonomy import AuthorRole, Severity


@dataclass(slots=True)
class Placing:
    """Places the reports of one service.

    Attributes:
        connection: A unit of work on the case store.
        archive: A snapshot of the archive.
        counted: Filled with the reports that the windows of rules shall count.
    """

    service: str
    connection: Connection
    archive: Connection
    now: datetime
    counted: list[ReadReport] = field(default_factory=list)
    _exposed: dict[str, set[str]] = field(default_factory=dict)

    def place(self, reads: Sequence[ReadReport]) -> list[Taken]:
        """Keep the reports and bring them to their cases, in order.

        Raises:
            ReportConflict: An id was taken before with other content; nothing is written then.
        """
        ids = [read.report.id for read in reads]
        before: dict[str, KeptVoice] = voices.find_reports(self.connection, self.service, ids)
        drafts: dict[str, Draft] = {}
        for read in reads:
            _check(before.get(read.report.id), read)
            twin = drafts.get(read.report.id)
            if twin is not None and twin.read.report.digest != read.report.digest:
                raise ReportConflict(read.report.id)
            if twin is None and read.report.id not in before:
                drafts[read.report.id] = draft_of(read)
        fresh = list(drafts.values())
        if fresh:
            self._know_reporters(fresh)
            self._join_all(self._turn_away(fresh))
            for draft in fresh:
                if draft.twin is not None:
                    draft.case_id = draft.twin.case_id
            voices.add_reports(self.connection, [row_of(draft) for draft in fresh], now=self.now)
            for case_id, members in self._exposed.items():
                voices.mark_brigade(
                    self.connection, case_id, sorted(members), weight=BRIGADE_WEIGHT, now=self.now
                )
            self._show_messages(fresh)
            moved = quarrels.gather(
                self.connection,
                self.archive,
                self.service,
                [d.row_id for d in fresh if d.status.counted],
                now=self.now,
            )
            for draft in fresh:
                draft.case_id = moved.get(draft.row_id, draft.case_id)
            self._tell(fresh)
        return [self._taken(read, before, drafts) for read in reads]

    def _taken(self, read: ReadReport, before: Mapping[str, KeptVoice], drafts: Mapping[str, Draft]) -> Taken:
        name = read.report.id
        kept = before.get(name)
        if kept is not None:
            return Taken(id=name, status=ReportStatus.REPEATED, case_id=kept.case_id, row_id=kept.id)
        draft = drafts[name]
        status = draft.status if draft.read is read else ReportStatus.REPEATED
        return Taken(id=name, status=status, case_id=draft.case_id, row_id=draft.row_id)

    def _know_reporters(self, drafts: Sequence[Draft]) -> None:
        known = reporters.load(
            self.connection,
            self.service,
            sorted({draft.read.report.reporter_id for draft in drafts}),
            now=self.now,
        )
        rooms = {draft.read.report.subject.room_id or "" for draft in drafts}
        streamers = reporters.streamers(self.connection, self.service, sorted(rooms))
        for draft in drafts:
            report = draft.read.report
            reporter, first_seen = known[report.reporter_id]
            since = report.reporter_created_at or first_seen or self.now
            host = streamers.get(report.subject.room_id or "") == report.reporter_id
            trusted = reporter.trusted or host or report.reporter_role is not AuthorRole.VIEWER
            reporter = replace(reporter, trusted=trusted)
            draft.weight = reporter.weight(self.now)
            young = self.now - since < NEW_FOR and not reporter.judged
            draft.reporter = replace(reporter, unproven=young or draft.weight < 1.0)

    def _turn_away(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Leave out what does not count: repetitions, and what is decided already."""
        said = voices.counted_before(self.connection, [draft.read.report for draft in drafts])
        done = settled.find(
            self.connection, self.archive, [draft.read.report for draft in drafts], now=self.now
        )
        staying = []
        twins: dict[tuple[str, str, str], Draft] = {}
        for draft in drafts:
            report = draft.read.report
            key = (report.subject.kind.value, report.subject.id, report.reporter_id)
            if key in said:
                draft.status, draft.case_id = ReportStatus.REPEATED, said[key]
            elif report.id in done:
                draft.status, draft.case_id = ReportStatus.SETTLED, done[report.id]
            elif key in twins:
                draft.status, draft.twin = ReportStatus.REPEATED, twins[key]
            else:
                twins[key] = draft
                staying.append(draft)
        return staying

    def _join_all(self, drafts: Sequence[Draft]) -> None:
        groups: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            groups[draft.key].append(draft)
        live = case_weight.find_live_cases(self.connection, self.service, sorted(groups))
        heard = voices.said_lately(
            self.connection,
            [live[key] for key, group in groups.items() if key in live and any(map(tells, group))],
            since=self.now - BRIGADE_WITHIN,
        )
        exposed: dict[str, set[str]] = {}
        arriving: list[tuple[list[Draft], LiveCase | None, Arrival]] = []
        for key in sorted(groups):  # a fixed order: two requests never wait for each other
            group, case = groups[key], live.get(key)
            exposed[key] = listen(group, list(heard.get(case.id, ())) if case else [])
            for draft in group:
                reason = draft.read.report.reason
                draft.severity = severity_of(reason, draft.read.text, draft.urgent, weight=draft.weight)
            # Muted reporters open no case by themselves, unless somebody may be in danger.
            if case is not None or any(draft.urgent or not draft.reporter.muted(self.now) for draft in group):
                arriving.append((group, case, arrival_of(self.service, group)))
        if not arriving:
            return
        joined = live_cases.join_all(self.connection, [arrival for *_, arrival in arriving], now=self.now)
        for (group, case, arrival), there in zip(arriving, joined, strict=True):
            for at, draft in enumerate(group):
                opened = there.opened and at == 0
                draft.status = ReportStatus.OPENED if opened else ReportStatus.JOINED
                draft.case_id, draft.seq = there.case_id, there.first_seq + at
            if exposed[arrival.live_key]:
                self._exposed[there.case_id] = exposed[arrival.live_key]
            self._call_for_help(group, case, there.case_id)

    def _call_for_help(self, drafts: Sequence[Draft], live: LiveCase | None, case_id: str) -> None:
        """Tell the service once a case that somebody may be in danger."""
        urgent = [draft for draft in drafts if draft.severity is Severity.CRITICAL]
        if not urgent or (live is not None and live.severity is Severity.CRITICAL):
            return
        first = urgent[0].read.report
        outbox.emit(
            self.connection,
            service=self.service,
            type_="report.urgent",
            subject=case_id,
            data={
                "case_id": case_id,
                "report_id": first.id,
                "why": sorted({why for draft in urgent for why in draft.urgent}),
                "author_id": first.subject.author_id,
                "room_id": first.subject.room_id,
            },
            now=self.now,
            minors=any("minors" in draft.urgent for draft in urgent),
        )

    def _show_messages(self, drafts: Sequence[Draft]) -> None:
        shown = {
            read.message.id: Flagged(
                message=read.message, verdict=msgspec.structs.replace(read.verdict, case_kind="author_room")
            )
            for draft in drafts
            if draft.status.counted and (read := draft.read).message is not None and read.verdict is not None
        }
        flagged.save(self.connection, list(shown.values()), hold_for=timedelta(0), now=self.now)

    def _tell(self, drafts: Sequence[Draft]) -> None:
        """Hand the counted reports to the buckets, and to the windows of rules where they weigh enough."""
        categories = voices.room_categories(
            self.connection, self.service, sorted({d.read.report.subject.room_id or "" for d in drafts})
        )
        facts = []
        for draft in drafts:
            report = draft.read.report
            if not draft.status.counted:
                continue
            facts.append(
                {
                    "reason": report.reason.value,
                    "room_category": categories.get(report.subject.room_id or "") or "unknown",
                    "at": report.reported_at.isoformat(),
                }
            )
            if draft.weight >= COUNTS_FROM:
                self.counted.append(draft.read)
        outbox.record_facts(self.connection, service=self.service, kind="report", data=facts, now=self.now)


def _check(kept: KeptVoice | None, read: ReadReport) -> None:
    if kept is not None and kept.digest != read.report.digest:
        raise ReportConflict(read.report.id)
