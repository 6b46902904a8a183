"""Backtest: what a rule set would have hit in the archive, beside the live set.

Rules that both sets have in the same way are asked once; of the live set only the others are asked beside.
Scores are those that were stored with each message; where a live rule had raised them, the classifier is
asked again. Windows are counted anew, in the order of the messages.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import Final, NamedTuple

from classifiers.views import Views
from moderation.scoring.backtest_report import Example, Finding, Report, RuleResult
from moderation.scoring.detectors import fold_text
from moderation.scoring.room_talk import Talk
from moderation.scoring.ruleset import RuleSources
from moderation.scoring.ruleset_compare import unchanged, without
from rules.compile import compile_rules
from rules.hit import Hit
from rules.match import Prepared, RuleSet, Searched
from rules.resolve import resolve
from rules.sliding import SlidingWindows
from rules.subject import AuthorFacts, Recent, RoomFacts, Subject, TargetFacts
from rules.windows import WindowRequest

UNKNOWN: Final = ("account labels", "room labels", "live viewers", "reports", "shield", "target age band")
"""What the archive does not keep; a condition on it is unknown, which is neither true nor false."""
_TEXTS = 20_000
"""Texts of which is remembered what rules find in them: people say the same short things all day."""
_ROOMS = 5_000
"""Rooms whose talk is remembered; the one that was silent longest goes first."""

_RESCORED: Final = object()
"""Names what the classifier says of a text in the memory of its views: the same short things are hit again and again."""

Rescore = Callable[[Views], Mapping[str, float]]


class Archived(NamedTuple):
    """One archived message. ``rules`` are ``(source, mode)`` of what hit it then."""

    service: str
    id: str
    text: str
    author_id: str
    author_created_at: datetime | None
    author_role: str | None
    age_band: str
    room_id: str
    room_category: str
    target_id: str | None
    target: str | None
    counted_at: datetime
    scores: Mapping[str, float]
    minors: bool
    raised: bool


class RoomKnown(NamedTuple):
    """What events told of a room."""

    game: str | None
    category: str | None
    strictness: str
    started_at: datetime | None


class Decided(NamedTuple):
    """What a person found about a message."""

    violation: bool
    categories: frozenset[str]


class Backtest:
    """One run over one service; feed it the messages in order of time, then take the report."""

    def __init__(
        self,
        candidate: RuleSources,
        live: RuleSources,
        *,
        since: datetime,
        until: datetime,
        rooms: Mapping[str, RoomKnown],
        strikes: Mapping[str, Sequence[tuple[datetime, datetime]]],
        decided: Mapping[str, Decided],
        rescore: Rescore | None,
    ) -> None:
        same = unchanged(candidate, live)
        self._same = same
        self._new = compile_rules(candidate.loaded, fold=fold_text)
        self._old = compile_rules(without(live.loaded, same), fold=fold_text)
        self._rooms, self._strikes, self._decided = rooms, strikes, decided
        self._rescore = rescore
        self._windows = SlidingWindows()
        self._talk: OrderedDict[str, Talk] = OrderedDict()
        self._known = lru_cache(maxsize=_TEXTS)(self._look_at)
        self._still: dict[tuple[str, str], RoomFacts] = {}
        self._results: dict[str, RuleResult] = {}
        self._begun = monotonic()
        self.report = Report(
            version=candidate.version,
            against=live.version,
            since=since,
            until=until,
            unknown=UNKNOWN if rescore else (*UNKNOWN, "scores of messages that a rule had hit"),
            broken=tuple(str(one) for one in self._new.broken),
        )
        for rule_set in (self._old, self._new):
            self._know(rule_set)

    def _know(self, rule_set: RuleSet) -> None:
        for rule in rule_set.rules:
            mode = "live" if rule.status == "live" else "shadow"
            self._results[rule.id] = RuleResult(
                rule_id=rule.id,
                version=rule.version if rule_set is self._new else None,
                mode=mode if rule_set is self._new else "gone",
                title=rule.title,
                changed=rule.id not in self._same,
            )

    def feed(self, messages: Iterable[Archived]) -> None:
        """Try the next messages."""
        for message in messages:
            self._try(message)

    def finish(self) -> Report:
        """The report over all that was fed."""
        self.report.rules = [one for one in self._results.values() if one.changed or one.hits.total]
        self.report.seconds = monotonic() - self._begun
        return self.report

    def _try(self, message: Archived) -> None:
        self.report.messages += 1
        views, in_new, in_old = self._known(message.text)
        talk = self._talk_of(message.room_id)
        subject = self._subject(message, views, talk)
        new = self._new.prepare_found(subject, in_new)
        old = None if in_old is None else self._old.prepare_found(subject, in_old)
        values = self._windows.run(_requests(new, old if self._old.windows else None))
        [found] = self._new.match((new,), (values,))
        replaced: tuple[Hit, ...] = self._old.match((old,), (values,))[0] if old is not None else ()
        if found or replaced:
            self._count(message, found, replaced)
        talk.add(message.author_id, Recent(folded=views.folded, sent_at=message.counted_at))

    def _look_at(self, text: str) -> tuple[Views, Searched, Searched | None]:
        """A text and what the rules find in it alone."""
        views = Views(text)
        in_old = self._old.search(views)
        return views, self._new.search(views), None if self._old.silent(in_old) else in_old

    def _count(self, message: Archived, found: Sequence[Hit], replaced: Sequence[Hit]) -> None:
        same = self._same
        before = [hit for hit in found if hit.rule_id in same]
        before += [hit for hit in replaced if hit.rule_id not in same]
        new_ids, old_ids = {hit.rule_id for hit in found}, {hit.rule_id for hit in before}
        for hit in found:
            result = self._results[hit.rule_id]
            finding = self._finding(message, frozenset({hit.category}))
            result.hits.add(finding)
            if hit.rule_id not in old_ids:
                result.new.add(finding)
                result.keep(self._example("new", message, [hit.rule_id], finding))
            if finding == "no_violation":
                result.keep(self._example("false_alarm", message, [hit.rule_id], finding))
        for hit in before:
            if hit.rule_id not in new_ids:
                result, finding = (
                    self._results[hit.rule_id],
                    self._finding(message, frozenset({hit.category})),
                )
                result.lost.add(finding)
                result.keep(self._example("lost", message, [hit.rule_id], finding))
        counting, live = resolve(found).hits, resolve(before).hits
        report = self.report
        for split, hits in (
            (report.hits, counting),
            (report.live_hits, live),
            (report.new, () if live else counting),
            (report.lost, () if counting else live),
        ):
            if hits:
                split.add(self._finding(message, frozenset(hit.category for hit in hits)))

    def _finding(self, message: Archived, categories: frozenset[str]) -> Finding:
        decided = self._decided.get(message.id)
        if decided is None:
            return "undecided"
        if not decided.violation:
            return "no_violation"
        return "violation" if decided.categories & categories else "other"

    def _example(self, why: str, message: Archived, rule_ids: Sequence[str], finding: Finding) -> Example:
        text = "" if message.minors else message.text
        return Example(
            why=why,
            message_id=message.id,
            text=text,
            rule_ids=rule_ids,
            sent_at=message.counted_at,
            finding=finding,
        )

    def _subject(self, message: Archived, views: Views, talk: Talk) -> Subject:
        now, created = message.counted_at, message.author_created_at
        strikes = self._strikes.get(message.author_id)
        return Subject(
            views=views,
            sent_at=now,
            author=AuthorFacts(
                id=message.author_id,
                account_age_seconds=(now - created).total_seconds() if created else None,
                age_band=message.age_band,
                role=message.author_role,
                strikes=sum(given <= now < ends for given, ends in strikes) if strikes else 0,
            ),
            room=self._room(message, now),
            target=_target(message.target, message.target_id),
            scores=self._scores(message, views),
            recent_author=talk.of(message.author_id),
            recent_room=talk.lines,
        )

    def _room(self, message: Archived, now: datetime) -> RoomFacts:
        known = self._rooms.get(message.room_id)
        started = known.started_at if known else None
        live = started is not None and started <= now
        kept = None if live else self._still.get((message.room_id, message.room_category))
        if kept is not None:
            return kept
        facts = RoomFacts(
            id=message.room_id,
            game=known.game if known else None,
            category=message.room_category if message.room_category != "unknown" else None,
            strictness=known.strictness if known else "normal",
            live=True if live else None,
            live_seconds=(now - started).total_seconds() if started is not None and live else None,
        )
        if not live and len(self._still) < _ROOMS:
            self._still[message.room_id, message.room_category] = facts
        return facts

    def _scores(self, message: Archived, views: Views) -> Mapping[str, float] | None:
        if not message.raised:
            return message.scores
        if self._rescore is None:
            return None
        self.report.rescored += 1
        scores = views.memory.get(_RESCORED)
        if scores is None:
            scores = views.memory[_RESCORED] = self._rescore(views)
        return scores

    def _talk_of(self, room_id: str) -> Talk:
        talk = self._talk.get(room_id)
        if talk is None:
            talk = self._talk[room_id] = Talk()
            if len(self._talk) > _ROOMS:
                self._talk.popitem(last=False)
        else:
            self._talk.move_to_end(room_id)
        return talk


@lru_cache(maxsize=_ROOMS)
def _target(kind: str | None, target_id: str | None) -> TargetFacts:
    return TargetFacts(kind=kind, id=target_id)


def _requests(new: Prepared, old: Prepared | None) -> tuple[WindowRequest, ...]:
    """The counters of both sets, each once: a message is counted once."""
    wanted = new.window_requests()
    if old is None:
        return wanted
    known = {request.spec.id for request in wanted}
    return (*wanted, *(request for request in old.window_requests() if request.spec.id not in known))
