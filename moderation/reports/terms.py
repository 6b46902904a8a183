"""The terms of notices as the settings say."""

from datetime import timedelta

from moderation.reports.clock import Terms
from moderation.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """How long there is, and when the alert leaves."""
    return Terms(
        days=settings.notice_days,
        working=settings.notice_working_days,
        due_soon=timedelta(hours=settings.notice_due_soon_hours),
    )
