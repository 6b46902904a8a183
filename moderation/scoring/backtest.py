"""Backtest: what a rule set would have hit in the archive, beside the live set.

Rules that both sets have in the same way are asked once; of the live set only the others are asked beside.
Scores are those that were stored with each message; where a live rule had raised them, the classifier is
asked again. Windows are counted anew, in the order of the messages.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from time import monotonic
from typing import NamedTuple

from classifiers.views import Views
from moderation.scoring.backtest_report import Example, Finding, Report, RuleResult, Split
from moderation.scoring.backtest_subjects import UNKNOWN, Archived, Rescore, RoomKnown, Subjects
from moderation.scoring.detectors import fold_text
from moderation.scoring.room_talk import Talk
from moderation.scoring.ruleset import RuleSources
from moderation.scoring.ruleset_compare import unchanged, without
from rules.compile import compile_together
from rules.match import RuleSet, Searched
from rules.resolve import resolve
from rules.sliding import SlidingCounter, sliding_counter
from rules.subject import Recent
from rules.windows import WindowSpec

_TEXTS = 20_000
"""Texts of which is remembered what rules find in them, from the second time on: people say the same short things
all day, and most others are never said again."""
_ROOMS = 5_000
"""Rooms whose talk is remembered; the one that was silent longest goes first."""
_OUTCOMES = 10_000
"""Sets of rules that fired together of which is remembered what follows."""


class Decided(NamedTuple):
    """What a person found about a message."""

    violation: bool
    categories: frozenset[str]


class _Outcome(NamedTuple):
    """What follows where certain rules fire together; the same for every such message.

    Attributes:
        found: Rules of the candidate, their harm, and whether the live set would not have hit.
        lost: Rules that only the live set fires, and their harm.
        splits: Where the message counts, and the harms of the hits that count there.
    """

    found: tuple[tuple[str, frozenset[str], bool], ...]
    lost: tuple[tuple[str, frozenset[str]], ...]
    splits: tuple[tuple[Split, frozenset[str]], ...]


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
        self._new, self._old = compile_together(
            (candidate.loaded, without(live.loaded, same)), fold=fold_text
        )
        self._decided = decided
        self._subjects = Subjects(rooms, strikes, rescore)
        counters: Callable[[WindowSpec], SlidingCounter] = cache(sliding_counter)
        self._count_new = self._new.engine.counting(counters, UNKNOWN.keys())
        self._count_old = self._old.engine.counting(counters, UNKNOWN.keys())
        self._talk: OrderedDict[str, Talk] = OrderedDict()
        self._once: set[str] = set()
        self._known: dict[str, tuple[Views, Searched, Searched | None]] = {}
        self._follows = lru_cache(maxsize=_OUTCOMES)(self._outcome)
        self._results: dict[str, RuleResult] = {}
        self._begun = monotonic()
        self.report = Report(
            version=candidate.version,
            against=live.version,
            since=since,
            until=until,
            unknown=(*UNKNOWN.values(),)
            if rescore
            else (*UNKNOWN.values(), "scores of messages that a rule had hit"),
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
            self.report.messages += 1

    def finish(self) -> Report:
        """The report over all that was fed."""
        self.report.rules = [one for one in self._results.values() if one.changed or one.hits.total]
        self.report.rescored = self._subjects.rescored
        self.report.seconds = monotonic() - self._begun
        return self.report

    def _try(self, message: Archived) -> None:
        views, in_new, in_old = self._known.get(message.text) or self._look_at(message.text)
        talk = self._talk_of(message.room_id)
        subject = self._subjects.of(message, views, talk)
        values: dict[str, int] = {}
        new = self._new.prepare_found(subject, in_new)
        self._count_new(new, values)
        found = self._new.fired(new, values)
        replaced: Sequence[int] = ()
        if in_old is not None:
            old = self._old.prepare_found(subject, in_old)
            self._count_old(old, values)
            replaced = self._old.fired(old, values)
        if found or replaced:
            self._tally(message, self._follows(tuple(found), tuple(replaced)))
        talk.add(message.author_id, Recent(folded=new.folded, sent_at=message.counted_at))

    def _look_at(self, text: str) -> tuple[Views, Searched, Searched | None]:
        """A text and what the rules find in it alone; remembered from the second time on."""
        views = Views(text)
        in_new = self._new.search(views)
        in_old = self._old.search(views, in_new)
        found = views, in_new, None if self._old.silent(in_old) else in_old
        if text in self._once:
            if len(self._known) >= _TEXTS:
                self._known.clear()
            self._known[text] = found
        else:
            if len(self._once) >= _TEXTS:
                self._once.clear()
            self._once.add(text)
        return found

    def _outcome(self, found: tuple[int, ...], replaced: tuple[int, ...]) -> _Outcome:
        """What follows where these rules of the candidate fire, and these of those that only the live set has."""
        new, old = self._new.hits_of(found), self._old.hits_of(replaced)
        before = [hit for hit in new if hit.rule_id in self._same]
        before += [hit for hit in old if hit.rule_id not in self._same]
        new_ids, old_ids = {hit.rule_id for hit in new}, {hit.rule_id for hit in before}
        counting, live = resolve(new).hits, resolve(before).hits
        return _Outcome(
            found=tuple((hit.rule_id, frozenset({hit.category}), hit.rule_id not in old_ids) for hit in new),
            lost=tuple(
                (hit.rule_id, frozenset({hit.category})) for hit in before if hit.rule_id not in new_ids
            ),
            splits=tuple(
                (split, frozenset(hit.category for hit in hits))
                for split, hits in (
                    (self.report.hits, counting),
                    (self.report.live_hits, live),
                    (self.report.new, () if live else counting),
                    (self.report.lost, () if counting else live),
                )
                if hits
            ),
        )

    def _tally(self, message: Archived, outcome: _Outcome) -> None:
        for rule_id, categories, is_new in outcome.found:
            result, finding = self._results[rule_id], self._finding(message, categories)
            result.hits.add(finding)
            if is_new:
                result.new.add(finding)
                result.keep(self._example("new", message, [rule_id], finding))
            if finding == "no_violation":
                result.keep(self._example("false_alarm", message, [rule_id], finding))
        for rule_id, categories in outcome.lost:
            result, finding = self._results[rule_id], self._finding(message, categories)
            result.lost.add(finding)
            result.keep(self._example("lost", message, [rule_id], finding))
        for split, categories in outcome.splits:
            split.add(self._finding(message, categories))

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

    def _talk_of(self, room_id: str) -> Talk:
        talk = self._talk.get(room_id)
        if talk is None:
            talk = self._talk[room_id] = Talk()
            if len(self._talk) > _ROOMS:
                self._talk.popitem(last=False)
        else:
            self._talk.move_to_end(room_id)
        return talk
