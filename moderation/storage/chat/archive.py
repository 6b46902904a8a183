"""The archive of scored messages. Functions take a connection of the archive and never commit."""

from collections.abc import Sequence
from operator import attrgetter

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from moderation.errors import Invalid
from moderation.scoring.record import ScoredRecord
from moderation.storage import bulk
from moderation.storage.chat.hit_rows import storable
from moderation.storage.rules import hits
from moderation.storage.tables.archive import messages
from moderation.storage.trends import buckets
from moderation.trends.cells import Pseudonym
from moderation.trends.count import Measured, count

_KEPT = tuple(
    name for name in ScoredRecord.__struct_fields__ if name != "own_scores"
)  # what those are needed for is counted when a message is new
_GETTERS = [attrgetter(name) for name in _KEPT]
_COLUMNS = tuple("service_id" if name == "service" else name for name in _KEPT)
_TEXTS = [attrgetter(name) for name in ("id", "author_id", "room_id", "room_category", "target_id", "text")]


class RecordRefused(Invalid):
    """The database cannot keep one of these records as it is."""

    code = "record_refused"


def record(
    connection: Connection,
    records: Sequence[ScoredRecord],
    pseudonym: Pseudonym,
    measured: Sequence[Measured] = (),
) -> int:
    """Keep messages and count those that were not there before, in one transaction.

    Args:
        connection: A unit of work on the archive.
        records: Clean ones (see ``clean``).
        pseudonym: Gives what stands for authors and rooms.
        measured: What each measurement model says of these messages.

    Returns:
        How many were new.

    Raises:
        RecordRefused: A value is of the wrong kind or too long for its column.
    """
    try:
        new = _insert_new(connection, records)
        buckets.add(connection, count(new, pseudonym, measured))
        hits.add(connection, new)
    except (DataError, IntegrityError) as error:
        raise RecordRefused(str(error.orig).split("\n", maxsplit=1)[0]) from error
    return len(new)


def _insert_new(connection: Connection, records: Sequence[ScoredRecord]) -> Sequence[ScoredRecord]:
    """Where an id comes twice, the first one is the message: in the archive, and among the new."""
    by_key = {(one.service, one.id): one for one in reversed(records)}
    those = [by_key[key] for key in sorted(by_key)]
    columns = [list(map(get, those)) for get in _GETTERS]
    known = bulk.insert_new(connection, messages, _COLUMNS, columns)
    return [one for one in those if (one.service, one.id) not in known] if known else those


def clean(records: Sequence[ScoredRecord]) -> Sequence[ScoredRecord]:
    """Records with texts that both databases can keep; nearly always the very same."""
    for get in _TEXTS:  # what else they could not keep, MessagePack cannot either
        if "\0" in "".join([get(one) or "" for one in records]):
            return [_cleaned(one) for one in records]
    return records


def _cleaned(one: ScoredRecord) -> ScoredRecord:
    return msgspec.structs.replace(
        one,
        id=storable(one.id),
        author_id=storable(one.author_id),
        room_id=storable(one.room_id),
        room_category=storable(one.room_category),
        target_id=None if one.target_id is None else storable(one.target_id),
        text=storable(one.text),
    )
