"""Crowding: an alarm where there are so many counters that new ones of a rule's windows are not kept.

Such a rule sees each message of a new author, room or text as the first, and stays silent: somebody floods, or the
service has outgrown the bound (moderation/storage/chat/windows.py).
"""

from collections.abc import Mapping
from datetime import datetime

import structlog

from moderation.rulebook.guards import QUIET_FOR, Finding
from moderation.scoring.detectors import fold_text
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import RuleSources
from moderation.storage.chat import windows
from moderation.storage.database import Database
from moderation.storage.redis import AWAY, Redis
from moderation.storage.rules import alarms, rulesets
from rules.compile import compile_rules
from rules.nodes import Counter, walk

log = structlog.get_logger(__name__)


def watch(database: Database, redis: Redis, *, now: datetime) -> list[Finding]:
    """Sound an alarm for each rule whose counters are not all kept, where more were refused since its last one.

    Raises:
        StoreUnavailable: A database does not answer.
    """
    try:
        refused = windows.not_kept(redis)
    except AWAY:
        return []
    if not refused:
        return []
    with database.read() as connection:
        active = rulesets.active(connection)
        if active is None:
            return []
        counting = _rules_by_keeping(active.sources)
        found = []
        for (service, kept), number in sorted(refused.items()):
            data = {"service": service, "not_kept": number}
            for rule in counting.get(kept, ()):
                last = alarms.last(connection, rule.rule_id, alarms.CROWDED)
                if last is None or (last.at < now - QUIET_FOR and last.data != data):
                    found.append(Finding(rule=rule, kind=alarms.CROWDED, data=data))
    if found:
        with database.write() as unit:
            for one in found:
                alarms.sound(unit.connection, one.rule, one.kind, one.data, now=now)
                log.error("rule.counters_not_kept", rule=str(one.rule), **one.data)
    return found


def _rules_by_keeping(sources: RuleSources) -> Mapping[int, list[RuleSource]]:
    """Rules that count, by how long their counters are kept."""
    found: dict[int, list[RuleSource]] = {}
    for plan in compile_rules(sources.loaded, fold=fold_text).engine.plans:
        kept = {windows.kept_for(node.spec) for node in walk(plan.when) if isinstance(node, Counter)}
        for seconds in sorted(kept):
            found.setdefault(seconds, []).append(RuleSource(plan.rule.id, plan.rule.version))
    return found
