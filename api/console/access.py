"""Who may do what in the console: one table of routes and roles, and the way in for each role."""

from collections.abc import Collection
from dataclasses import dataclass

from api.console.texts import N_
from moderation.errors import MissingRole
from moderation.review.sight import DESK_ROLES
from moderation.taxonomy import Role

PUBLIC = frozenset({"console_login", "console_log_in", "criteria"})
"""Routes that need no login."""

EVERYBODY = frozenset(Role) - {Role.SERVICE}
_REPORT_READERS = DESK_ROLES | {Role.ANALYST}
_TREND_READERS = frozenset({Role.ANALYST, Role.RULES_MANAGER, Role.LEAD, Role.ADMIN})
_AWARENESS = frozenset({Role.ANALYST, Role.LEAD, Role.ADMIN})
_KIT_APPROVERS = frozenset({Role.LEAD, Role.ADMIN})
_ADMINS = frozenset({Role.ADMIN})

ACCESS: dict[str, frozenset[Role]] = {
    "console_home": EVERYBODY,
    "console_log_out": EVERYBODY,
    "console_queue": DESK_ROLES,
    "console_next": DESK_ROLES,
    "console_case": DESK_ROLES,
    "console_claim": DESK_ROLES,
    "console_renew": DESK_ROLES,
    "console_release": DESK_ROLES,
    "console_skip": DESK_ROLES,
    "console_decide": DESK_ROLES,
    "console_undo": DESK_ROLES,
    "console_reports": _REPORT_READERS,
    "console_trends": _TREND_READERS,
    "console_trends_csv": _TREND_READERS,
    "console_trends_chart": _TREND_READERS,
    "console_voices": _TREND_READERS,
    "console_proposals": _TREND_READERS,
    "console_proposal": _TREND_READERS,
    "console_proposal_new": _AWARENESS,
    "console_proposal_make": _AWARENESS,
    "console_proposal_change": _AWARENESS,
    "console_kits": _AWARENESS,
    "console_kit": _AWARENESS,
    "console_kit_make": _AWARENESS,
    "console_kit_zip": _AWARENESS,
    "console_kit_file": _AWARENESS,
    "console_kit_withdraw": _AWARENESS,
    "console_kit_approve": _KIT_APPROVERS,
    "console_settings": _ADMINS,
}
"""Roles by route name. A console route that stands neither here nor in ``PUBLIC`` is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page of the menu."""

    route: str
    path: str
    label: str


MENU: tuple[Entry, ...] = (
    Entry(route="console_queue", path="/console/queue", label=N_("審査キュー")),
    Entry(route="console_reports", path="/console/reports", label=N_("通報")),
    Entry(route="console_trends", path="/console/trends", label=N_("傾向")),
    Entry(route="console_settings", path="/console/settings", label=N_("設定")),
    Entry(route="criteria", path="/policies", label=N_("審査基準")),
)


def may(route: str, roles: Collection[Role]) -> bool:
    """Whether someone with these roles may use a route."""
    return route in PUBLIC or bool(ACCESS.get(route, frozenset()) & frozenset(roles))


def check(route: str, roles: Collection[Role]) -> None:
    """Refuse who may not. Raises MissingRole."""
    if not may(route, roles):
        raise MissingRole(sorted(ACCESS.get(route, frozenset())))


def menu_for(roles: Collection[Role]) -> list[Entry]:
    """The pages someone sees in the menu."""
    return [entry for entry in MENU if may(entry.route, roles)]


def home_of(roles: Collection[Role]) -> str:
    """Where someone lands after the login: the first page they may see."""
    return menu_for(roles)[0].path
