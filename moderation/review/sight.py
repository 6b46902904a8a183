"""Sight: what a person of the desk may see and decide; storage filters by it."""

from collections.abc import Collection
from dataclasses import dataclass

from moderation.taxonomy import Role

DESK_ROLES = frozenset({Role.MODERATOR, Role.CHILD_SAFETY, Role.LEAD, Role.ADMIN})
"""Who reviews cases."""
MINORS_ROLES = frozenset({Role.CHILD_SAFETY, Role.LEAD, Role.ADMIN})
"""Who sees cases in which a minor is at risk, anywhere."""
SENIOR_ROLES = frozenset({Role.LEAD, Role.ADMIN})
"""Who decides escalated cases and takes other people's decisions back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One person's view.

    Attributes:
        user_id: Who looks.
        minors: Sees cases in which a minor is at risk.
        senior: Decides escalated cases, undoes anybody's decision.
        desk: Reviews cases at all.
        roles: What they are; some review queues are only for some roles.
        service: The only service whose cases they see; None for all. Set for whoever comes with a
            service's key.
    """

    user_id: str
    minors: bool
    senior: bool
    desk: bool
    roles: frozenset[Role] = frozenset()
    service: str | None = None

    def may_decide_escalated(self, *, minors: bool) -> bool:
        """Escalated cases go to leads; those about minors to child safety as well."""
        return self.senior or (minors and self.minors)


def sight_of(user_id: str, roles: Collection[Role], *, service: str | None = None) -> Sight:
    """What someone with these roles may see."""
    held = frozenset(roles)
    return Sight(
        user_id=user_id,
        minors=bool(held & MINORS_ROLES),
        senior=bool(held & SENIOR_ROLES),
        desk=bool(held & DESK_ROLES),
        roles=held,
        service=service,
    )
