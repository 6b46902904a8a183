"""Retention as the settings say: one bounded round over everything that ages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.settings import Settings
from moderation.storage import retention
from moderation.storage.database import Database

MOST = 2_000
"""Rows of each kind a round: a round never holds the write lock for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long what is kept; None for ever."""

    messages: timedelta | None
    cases: timedelta | None
    notices: timedelta | None


def keeping_of(settings: Settings) -> Keeping:
    """As the settings say; 0 days is for ever."""
    return Keeping(
        messages=_days(settings.retention_message_days),
        cases=_days(settings.retention_case_days),
        notices=_days(settings.retention_notice_days),
    )


def _days(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


def run_once(database: Database, keeping: Keeping, *, now: datetime, most: int = MOST) -> Mapping[str, int]:
    """One round; what it did by kind, all zero when nothing was due."""
    with database.read() as connection:
        keep = retention.held(connection)
    done = dict.fromkeys(("messages", "cases", "voices", "holds", "notices", "evidence"), 0)
    if keeping.messages is not None:
        with database.write_archive() as unit:
            done["messages"] = retention.delete_messages(
                unit.connection, keep, before=now - keeping.messages, most=most
            )
    with database.write() as unit:
        if keeping.cases is not None:
            before = now - keeping.cases
            done["cases"] = retention.strip_cases(unit.connection, keep, before=before, most=most)
            done["voices"] = retention.strip_voices(unit.connection, before=before, most=most)
        done["holds"] = retention.release_notice_holds(unit.connection, now=now, most=most)
        if keeping.notices is not None:
            before = now - keeping.notices
            done["notices"] = retention.delete_notices(unit.connection, before=before, most=most)
            done["evidence"] = retention.delete_evidence(unit.connection, before=before, most=most)
    return done
