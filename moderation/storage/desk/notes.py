"""Notes: lines of a case's history, each of them in the audit trail as well."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Connection, Insert, bindparam, insert, select

from moderation.storage.accounts import audit
from moderation.storage.at_once import AtOnce
from moderation.storage.tables.base import UtcDateTime, constant
from moderation.storage.tables.cases import case_events
from moderation.storage.tables.desk import audit_inbox

_NOT_AUDITED = frozenset({"text"})
"""What people write about a case stays with the case: the trail is kept longer than personal data may be."""

NOTING = (
    insert(case_events).values(
        case_id=bindparam("case"),
        at=bindparam("when"),
        actor=bindparam("who"),
        kind=bindparam("what"),
        data=bindparam("details"),
    ),
    audit.RECORDING,
)
"""The statements of ``note``, to run beside others; ``noted`` gives their values."""
_NOTING = AtOnce(*NOTING)


def note(
    connection: Connection,
    case_id: str,
    user_id: str,
    kind: str,
    *,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of a case's history, and of the audit trail."""
    _NOTING.run(connection, noted(case_id, user_id, kind, now=now, data=data or {}))


def noted(case_id: str, user_id: str, kind: str, *, now: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """What ``NOTING`` writes; ``case`` is the case's id."""
    actor = f"user:{user_id}"
    audited = {name: value for name, value in data.items() if name not in _NOT_AUDITED}
    of_trail = audit.recorded(
        actor=actor, act=f"case.{kind}", object_=f"case:{case_id}", data=audited, now=now
    )
    return of_trail | {"case": case_id, "when": now, "who": actor, "what": kind, "details": dict(data)}


def noting_each(chosen: CTE, kind: str) -> tuple[Insert, Insert]:
    """The statements of ``note``, without details, for the cases that another part of a statement chose.

    Args:
        chosen: A selection with the cases' ``id``.
        kind: What was done, a word of ours. When and by whom are the parameters ``now`` and ``actor``.
    """
    now, actor = bindparam("now", type_=UtcDateTime), bindparam("actor", type_=case_events.c.actor.type)
    no_details = constant("{}")
    line = select(chosen.c.id, now, actor, constant(kind), no_details)
    of_trail = select(constant("case:").concat(chosen.c.id), now, actor, constant(f"case.{kind}"), no_details)
    return (
        insert(case_events).from_select(["case_id", "at", "actor", "kind", "data"], line),
        insert(audit_inbox).from_select(["object", "at", "actor", "act", "data"], of_trail),
    )
