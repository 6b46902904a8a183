"""Case: what a moderator reviews, and the keys that keep one open case a subject."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from moderation.errors import CaseClaimed, CaseClosed, CaseNotClaimed, StaleVersion
from moderation.taxonomy import Category, Severity


class CaseKind(StrEnum):
    """What a case gathers."""

    AUTHOR_ROOM = "author_room"
    RAID = "raid"
    QUARREL = "quarrel"
    ROOM = "room"
    PROFILE = "profile"


CASE_KIND_JA: dict[CaseKind, str] = {
    CaseKind.AUTHOR_ROOM: "発言者",
    CaseKind.RAID: "集団荒らし",
    CaseKind.QUARREL: "口論",
    CaseKind.ROOM: "配信枠",
    CaseKind.PROFILE: "プロフィール",
}


class CaseState(StrEnum):
    """Where a case stands. A claim is a lease and not a state."""

    QUEUED = "queued"
    ESCALATED = "escalated"
    CLOSED = "closed"


def live_key(
    kind: CaseKind, *, author_id: str | None, room_id: str | None, other_id: str | None = None
) -> str:
    """The key of which only one case can be open.

    Args:
        kind: What the case gathers.
        author_id: Whom it is about, where the kind is about a person.
        room_id: Where, where the kind is about a room.
        other_id: The other side of a quarrel.

    Raises:
        ValueError: The kind needs an id that is missing.
    """
    match kind:
        case CaseKind.AUTHOR_ROOM if author_id and room_id:
            return f"author_room:{author_id}:{room_id}"
        case CaseKind.RAID | CaseKind.ROOM if room_id:
            return f"{kind}:{room_id}"
        case CaseKind.QUARREL if author_id and other_id:
            first, second = sorted((author_id, other_id))
            return f"quarrel:{first}:{second}"
        case CaseKind.PROFILE if author_id:
            return f"profile:{author_id}"
    raise ValueError(f"a {kind} case lacks its author, room or other side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case.

    ``version`` moves on claim, decision and state change only, so that a decision can name the
    state it was made on; ``hit_seq`` moves with every hit and report, and ``seen_hit_seq`` is
    what the last decision covered. ``assigned_to`` is a named person; a claim is a lease.
    ``other_id`` is the other side of a quarrel, ``live_viewers`` the largest audience that was told of,
    ``heavy`` marks what weighs on its reader (moderation/review/care.py).
    """

    id: str
    service: str
    kind: CaseKind
    state: CaseState
    queue: str
    author_id: str | None
    room_id: str | None
    severity: Severity
    categories: Mapping[Category, float]
    minors: bool
    priority: float
    hit_seq: int
    seen_hit_seq: int
    hits: int
    reports: int
    version: int
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
    assigned_to: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    other_id: str | None = None
    live_viewers: int | None = None
    heavy: bool = False

    def holder(self, now: datetime) -> str | None:
        """Who holds an unexpired claim."""
        if self.claimed_by and self.claimed_until and self.claimed_until > now:
            return self.claimed_by
        return None

    def claim(self, user_id: str, *, now: datetime, lease: timedelta) -> Self:
        """Reserve the case for one moderator for a time; claiming again renews the lease.

        Raises:
            CaseClosed: It is already settled.
            CaseClaimed: Someone else holds an unexpired claim.
        """
        if self.state is CaseState.CLOSED:
            raise CaseClosed(self.id)
        holder = self.holder(now)
        if holder is not None and holder != user_id:
            raise CaseClaimed(self.id, holder, self.claimed_until or now)
        version = self.version if holder == user_id else self.version + 1
        return replace(self, claimed_by=user_id, claimed_until=now + lease, version=version)

    def check_decidable(self, user_id: str, *, version: int, now: datetime) -> None:
        """Refuse a decision that does not rest on what its maker saw.

        Raises:
            CaseClosed: It is already settled.
            CaseNotClaimed: The maker holds no claim (any more).
            StaleVersion: The case moved on since.
        """
        if self.state is CaseState.CLOSED:
            raise CaseClosed(self.id)
        if self.holder(now) != user_id:
            raise CaseNotClaimed(self.id)
        if version != self.version:
            raise StaleVersion(self.id, version, self.version)
