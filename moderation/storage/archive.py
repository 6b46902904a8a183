"""The archive of scored messages. Functions take a connection of the archive and never commit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError

from moderation.errors import Invalid
from moderation.scoring.record import ScoredRecord
from moderation.storage.flagged import storable
from moderation.storage.tables.archive import messages


class RecordRefused(Invalid):
    """The database cannot keep one of these records as it is."""

    code = "record_refused"


def insert_new(connection: Connection, records: Sequence[ScoredRecord]) -> list[ScoredRecord]:
    """Keep messages, and say which of them were not there before.

    Where an id comes twice, the first one is the message: in the archive, and here.

    Raises:
        RecordRefused: A value is of the wrong kind or too long for its column.
    """
    by_key: dict[tuple[str, str], ScoredRecord] = {}
    for record in records:
        by_key.setdefault((record.service, storable(record.id)), record)
    if not by_key:
        return []
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(messages).on_conflict_do_nothing().returning(messages.c.service_id, messages.c.id)
    )
    try:
        # Sorted: two recorders with the same messages wait for each other in one order.
        kept = connection.execute(statement, [_row(by_key[key]) for key in sorted(by_key)])
    except (DataError, IntegrityError) as error:
        raise RecordRefused(str(error.orig).split("\n", maxsplit=1)[0]) from error
    new = {(row.service_id, row.id) for row in kept}
    return [record for key, record in by_key.items() if key in new]


def _row(record: ScoredRecord) -> dict[str, Any]:
    return {
        "service_id": record.service,
        "id": storable(record.id),
        "author_id": storable(record.author_id),
        "author_created_at": record.author_created_at,
        "age_band": record.age_band,
        "room_id": storable(record.room_id),
        "room_category": storable(record.room_category),
        "target_id": None if record.target_id is None else storable(record.target_id),
        "text": storable(record.text),
        "sent_at": record.sent_at,
        "counted_at": record.counted_at,
        "verdict": record.verdict,
        "review": record.review,
        "severity": record.severity,
        "minors": record.minors,
        "categories": record.categories,
        "category_scores": record.category_scores,
        "rules": record.rules,
        "model_version": record.model_version,
        "lexicon_version": record.lexicon_version,
        "fold_version": record.fold_version,
        "ruleset_version": record.ruleset_version,
    }
