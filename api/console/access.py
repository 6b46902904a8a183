"""Who may do what in the console: one table of routes and roles, and the way in for each role."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from api.console.texts import N_
from moderation.errors import MissingRole
from moderation.review.sight import DESK_ROLES, SENIOR_ROLES
from moderation.taxonomy import Role

PUBLIC = frozenset(
    {
        "console_login",
        "console_log_in",
        "criteria",
        "takedown",
        "takedown_send",
        "notice_status",
        "report_status",
    }
)
"""Routes that need no login."""

EVERYBODY = frozenset(Role) - {Role.SERVICE}
_REPORT_READERS = DESK_ROLES | {Role.ANALYST}
_TREND_READERS = frozenset({Role.ANALYST, Role.RULES_MANAGER, Role.LEAD, Role.ADMIN})
_AWARENESS = frozenset({Role.ANALYST, Role.LEAD, Role.ADMIN})
_KIT_APPROVERS = frozenset({Role.LEAD, Role.ADMIN})
_RULE_READERS = frozenset({Role.RULES_MANAGER, Role.LEAD, Role.ADMIN})
_RULE_WRITERS = frozenset({Role.RULES_MANAGER, Role.ADMIN})
_SHIELD_BEARERS = DESK_ROLES | {Role.RULES_MANAGER}
_ADMINS = frozenset({Role.ADMIN})
_NOTICE_DESK = frozenset({Role.SPECIALIST, Role.ADMIN})
_REPORTER_DESK = frozenset({Role.LEAD, Role.ADMIN})
_INQUIRY_DESK = frozenset({Role.ANALYST, Role.LEAD, Role.ADMIN})
_EVIDENCE_DESK = frozenset({Role.LEAD, Role.ADMIN})

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
    "console_events": DESK_ROLES,
    "console_talk": DESK_ROLES,
    "console_print": DESK_ROLES,
    "console_look": DESK_ROLES,
    "console_comment": DESK_ROLES,
    "console_escalate": DESK_ROLES,
    "console_move": DESK_ROLES,
    "console_assign": DESK_ROLES,
    "console_opinion": DESK_ROLES,
    "console_bulk": DESK_ROLES,
    "console_bulk_decide": DESK_ROLES,
    "console_batch": DESK_ROLES,
    "console_batch_undo": DESK_ROLES,
    "console_filter_save": DESK_ROLES,
    "console_filter_remove": DESK_ROLES,
    "console_held": DESK_ROLES,
    "console_held_settle": DESK_ROLES,
    "console_search": DESK_ROLES,
    "console_author": DESK_ROLES,
    "console_label_put": DESK_ROLES,
    "console_label_remove": DESK_ROLES,
    "console_appeals": DESK_ROLES,
    "console_appeal": DESK_ROLES,
    "console_appeal_decide": DESK_ROLES,
    "console_quality": DESK_ROLES,
    "console_second_look_next": DESK_ROLES,
    "console_second_look": DESK_ROLES,
    "console_second_look_answer": DESK_ROLES,
    "console_golden_set": SENIOR_ROLES,
    "console_golden_retire": SENIOR_ROLES,
    "console_care": DESK_ROLES,
    "console_audit": SENIOR_ROLES,
    "console_reports": _REPORT_READERS,
    "console_trends": _TREND_READERS,
    "console_trends_csv": _TREND_READERS,
    "console_trends_chart": _TREND_READERS,
    "console_trends_hours": _TREND_READERS,
    "console_transparency": _TREND_READERS,
    "console_transparency_file": _TREND_READERS,
    "console_campaigns": _TREND_READERS,
    "console_campaign": _TREND_READERS,
    "console_campaign_chart": _TREND_READERS,
    "console_campaign_add": _AWARENESS,
    "console_campaign_act": _AWARENESS,
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
    "console_rules": _RULE_READERS,
    "console_rule": _RULE_READERS,
    "console_lists": _RULE_READERS,
    "console_list": _RULE_READERS,
    "console_rule_sets": _RULE_READERS,
    "console_rule_set": _RULE_READERS,
    "console_rule_backtest_state": _RULE_READERS,
    "console_rule_new": _RULE_WRITERS,
    "console_rule_make": _RULE_WRITERS,
    "console_rule_edit": _RULE_WRITERS,
    "console_list_edit": _RULE_WRITERS,
    "console_rule_alarm": _RULE_WRITERS,
    "console_rule_activate": _RULE_WRITERS,
    "console_rule_rebase": _RULE_WRITERS,
    "console_rule_rollback": _RULE_READERS,
    "console_rule_backtest": _RULE_WRITERS,
    "console_rule_undo": _RULE_READERS,
    "console_rule_undone": _RULE_READERS,
    "console_shield": _SHIELD_BEARERS,
    "console_shield_set": _SHIELD_BEARERS,
    "console_settings": _ADMINS,
    "console_keys": _ADMINS,
    "console_key_make": _ADMINS,
    "console_key_rotate": _ADMINS,
    "console_key_revoke": _ADMINS,
    "console_webhooks": _ADMINS,
    "console_webhook_log": _ADMINS,
    "console_webhook_put": _ADMINS,
    "console_webhook_rotate": _ADMINS,
    "console_webhook_switch": _ADMINS,
    "console_webhook_test": _ADMINS,
    "console_webhook_redeliver": _ADMINS,
    "console_user_put": _ADMINS,
    "console_user_lock": _ADMINS,
    "console_queues": _ADMINS,
    "console_queue_put": _ADMINS,
    "console_queue_remove": _ADMINS,
    "console_route_add": _ADMINS,
    "console_route_remove": _ADMINS,
    "console_policies": _ADMINS,
    "console_policy_put": _ADMINS,
    "console_reporter": _REPORTER_DESK,
    "console_reporter_set": _REPORTER_DESK,
    "console_inquiries": _INQUIRY_DESK,
    "console_inquiry": _INQUIRY_DESK,
    "console_inquiry_act": _INQUIRY_DESK,
    "console_notices": _NOTICE_DESK,
    "console_notice": _NOTICE_DESK,
    "console_notice_act": _NOTICE_DESK,
    "console_notice_file": _NOTICE_DESK,
    "console_evidence": _EVIDENCE_DESK,
    "console_evidence_make": _EVIDENCE_DESK,
    "console_evidence_pack": _EVIDENCE_DESK,
    "console_evidence_file": _EVIDENCE_DESK,
    "console_evidence_release": _EVIDENCE_DESK,
}
"""Roles by route name. A console route that stands neither here nor in ``PUBLIC`` is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page of the menu; pages of a group stand together under its name."""

    route: str
    path: str
    label: str
    group: str = ""


REVIEW, INCOMING, INSIGHT, MANAGE = N_("審査"), N_("受付"), N_("分析"), N_("管理")

MENU: tuple[Entry, ...] = (
    Entry(route="console_queue", path="/console/queue", label=N_("審査キュー"), group=REVIEW),
    Entry(route="console_held", path="/console/held", label=N_("保留メッセージ"), group=REVIEW),
    Entry(route="console_appeals", path="/console/appeals", label=N_("異議申立て"), group=REVIEW),
    Entry(route="console_search", path="/console/search", label=N_("検索"), group=REVIEW),
    Entry(route="console_quality", path="/console/quality", label=N_("品質"), group=REVIEW),
    Entry(route="console_reports", path="/console/reports", label=N_("通報"), group=INCOMING),
    Entry(route="console_inquiries", path="/console/inquiries", label=N_("お問い合わせ"), group=INCOMING),
    Entry(route="console_notices", path="/console/notices", label=N_("削除申出"), group=INCOMING),
    Entry(route="console_evidence", path="/console/evidence", label=N_("証拠の保全"), group=INCOMING),
    Entry(route="console_trends", path="/console/trends", label=N_("傾向"), group=INSIGHT),
    Entry(route="console_rules", path="/console/rules", label=N_("ルール"), group=MANAGE),
    Entry(route="console_shield", path="/console/shield", label=N_("シールド"), group=MANAGE),
    Entry(route="console_audit", path="/console/audit", label=N_("監査"), group=MANAGE),
    Entry(route="console_settings", path="/console/settings", label=N_("設定"), group=MANAGE),
    Entry(route="criteria", path="/policies", label=N_("審査基準"), group=MANAGE),
    Entry(route="console_care", path="/console/care", label=N_("相談先"), group=MANAGE),
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


def grouped(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries by the name of their group, in the order of the menu."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())


def home_of(roles: Collection[Role]) -> str:
    """Where someone lands after the login: the first page they may see."""
    return menu_for(roles)[0].path
