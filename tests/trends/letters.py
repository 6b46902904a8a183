"""Letters for tests of themes and proposals."""

from datetime import UTC, date, datetime, timedelta

from moderation.trends.days import Period
from moderation.trends.letter import Letter, LetterKind

WEEK = Period(first=date(2026, 8, 17), last=date(2026, 8, 23))


def letter(text: str, *, number: int = 0, before: bool = False, **given: object) -> Letter:
    at = datetime(2026, 8, 10 if before else 17, 3, tzinfo=UTC) + timedelta(minutes=number)
    fields: dict[str, object] = {
        "id": f"l-{before}-{number}-{text}",
        "kind": LetterKind.REPORT,
        "about": "insult",
        "text": text,
        "sender": f"u-{before}-{number}",
        "at": at,
        "minors": False,
    }
    return Letter(**(fields | given))  # type: ignore[arg-type]
