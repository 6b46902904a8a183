"""What the case page shows, made from a case file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.console.chat import VEILED, Mark, as_text, quotes_of
from api.console.visitor import Visitor
from moderation.errors import Invalid
from moderation.review.case import CaseState
from moderation.review.decision import Action, Decision, Ruling, last_standing
from moderation.review.presets import PRESETS, Preset, clause_for, ruling_of
from moderation.review.strikes import proposed, weight_in_force
from moderation.scoring.signal import Signal
from moderation.scoring.talk import RoomLine
from moderation.storage.desk.case import CaseEvent, CaseFile
from moderation.storage.desk.rows import Hit
from moderation.storage.desk.talk import Span
from moderation.storage.policies import PolicyClause
from moderation.taxonomy import Category

_SHOWN_SCORE = 0.05
"""Category scores below this are noise to a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One signal, with the id its marks point to. ``quotes`` are the places of veiled words in its sentence."""

    ref: str
    signal: Signal
    quotes: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """A flagged message; ``new`` means that no decision covers it yet."""

    hit: Hit
    marks: tuple[Mark, ...]
    reasons: tuple[Reason, ...]
    scores: tuple[tuple[Category, float], ...]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of the room; ``view`` where it is a hit of this case.

    ``marks`` veil what other cases found in it as well: who reads the talk meets the same words there.
    """

    line: RoomLine
    view: HitView | None
    marks: Sequence[Mark]
    by_subject: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetView:
    """A one-key decision; ``ruling`` None means that it lacks something here."""

    preset: Preset
    ruling: Ruling | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """The case page."""

    file: CaseFile
    hits: Sequence[HitView]
    lines: Sequence[Line]
    presets: Sequence[PresetView]
    leading: Sequence[Category]
    clause: PolicyClause | None
    strike_weight: float
    holder: str | None
    last: Decision | None
    may_claim: bool
    may_hand_on: bool
    live: bool
    may_decide: bool
    may_undo: bool

    @property
    def new_hits(self) -> list[HitView]:
        """Those no decision covers."""
        return [view for view in self.hits if view.new]

    @property
    def old_hits(self) -> list[HitView]:
        """Those decided already."""
        return [view for view in self.hits if not view.new]

    @property
    def asked_strikes(self) -> int:
        """How many strikes the rules propose for what no decision covers yet."""
        live = (signal for view in self.new_hits for signal in view.hit.signals if signal.mode == "live")
        return max((signal.strikes for signal in live), default=0)

    @property
    def proposed(self) -> Action | None:
        """What the author's strikes in force call for."""
        return proposed(self.strike_weight)

    @property
    def question(self) -> CaseEvent | None:
        """The question of who asked for a second opinion last, while nobody decided since."""
        events = (event for event in self.file.events if event.kind in ("second_opinion", "decided"))
        newest = next(events, None)
        return newest if newest is not None and newest.kind == "second_opinion" else None

    @property
    def author_name(self) -> str | None:
        """The latest name of whom the case is about."""
        return next((view.hit.author_name for view in reversed(self.hits)), None)


def view_of(
    file: CaseFile,
    clauses: Sequence[PolicyClause],
    visitor: Visitor,
    now: datetime,
    *,
    elsewhere: Mapping[str, Sequence[Span]],
    later: Sequence[RoomLine] = (),
) -> CaseView:
    """The page of a case for one person.

    Args:
        file: The case.
        clauses: Those in force.
        visitor: Who looks.
        now: When.
        elsewhere: Where other cases mark lines of the talk, by message id.
        later: What the room said since, in any order.
    """
    case, sight = file.case, visitor.sight
    hits = [_hit_view(hit, case.seen_hit_seq) for hit in file.hits]
    holder = case.holder(now)
    last = last_standing(file.decisions)
    leading = file.leading
    right = case.state is not CaseState.ESCALATED or sight.may_decide_escalated(minors=case.minors)
    open_ = case.state is not CaseState.CLOSED
    return CaseView(
        file=file,
        hits=hits,
        lines=_lines(file, later, {view.hit.message_id: view for view in hits}, elsewhere),
        presets=[_preset_view(preset, file, clauses) for preset in PRESETS],
        leading=leading,
        clause=clause_for(leading[0], file.cited_policies, clauses) if leading else None,
        strike_weight=weight_in_force(file.strikes, now),
        holder=holder,
        last=last,
        may_claim=open_
        and right
        and holder is None
        and (case.assigned_to in (None, sight.user_id) or sight.senior),
        may_hand_on=open_ and (holder in (None, sight.user_id) or sight.senior),
        live=file.room is not None and file.room.started_at is not None and file.room.ended_at is None,
        may_decide=open_ and right and holder == sight.user_id,
        may_undo=last is not None
        and (last.decided_by == sight.user_id or sight.senior)
        and holder in (None, sight.user_id),
    )


def _hit_view(hit: Hit, seen_hit_seq: int) -> HitView:
    signals = sorted(hit.signals, key=lambda signal: (signal.mode != "live", -signal.score))
    words = _veiled_words(hit)
    reasons = [
        Reason(ref=f"why-{hit.seq}-{at}", signal=signal, quotes=tuple(quotes_of(signal.reason, words)))
        for at, signal in enumerate(signals, start=1)
    ]
    scores = sorted(hit.category_scores.items(), key=lambda item: -item[1])
    return HitView(
        hit=hit,
        marks=tuple(_marks_of(reasons)),
        reasons=tuple(reasons),
        scores=tuple((category, score) for category, score in scores if score >= _SHOWN_SCORE),
        new=hit.seq > seen_hit_seq,
    )


def _marks_of(reasons: Sequence[Reason]) -> list[Mark]:
    """Where in the text the live signals point to; shadow ones are listed and not marked."""
    return [
        Mark(
            start=start,
            end=end,
            reason=as_text(reason.signal.reason, reason.quotes),
            ref=reason.ref,
            veil=reason.signal.category in VEILED,
        )
        for reason in reasons
        if reason.signal.mode == "live"
        for start, end in reason.signal.spans
    ]


def _veiled_words(hit: Hit) -> set[str]:
    """What the message's own marks veil; a reason must not say it aloud beside them."""
    return {
        hit.text[start:end]
        for signal in hit.signals
        if signal.mode == "live" and signal.category in VEILED
        for start, end in signal.spans
    }


def _lines(
    file: CaseFile,
    later: Sequence[RoomLine],
    hits: Mapping[str, HitView],
    elsewhere: Mapping[str, Sequence[Span]],
) -> list[Line]:
    talk = sorted([*file.lines, *later], key=lambda line: (line.sent_at, line.message_id))
    return [
        Line(
            line=line,
            view=(view := hits.get(line.message_id)),
            marks=view.marks if view else _veils(elsewhere.get(line.message_id, ())),
            by_subject=file.case.author_id is not None and line.author_id == file.case.author_id,
        )
        for line in talk
    ]


def _veils(spans: Sequence[Span]) -> list[Mark]:
    return [Mark(start=start, end=end, veil=True) for start, end, category in spans if category in VEILED]


def _preset_view(preset: Preset, file: CaseFile, clauses: Sequence[PolicyClause]) -> PresetView:
    try:
        ruling = ruling_of(preset, leading=file.leading, cited=file.cited_policies, clauses=clauses)
    except Invalid:
        return PresetView(preset=preset, ruling=None)
    return PresetView(preset=preset, ruling=ruling)
