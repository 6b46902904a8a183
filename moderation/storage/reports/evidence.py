"""Evidence: an immutable copy of what was said, sealed by a hash, with its chain of custody and a legal hold.

The copy is one canonical JSON text; the database refuses to change it, and to delete it while a hold of it
stands. Whoever touches it writes a line into the chain; each line's hash covers the one before.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from moderation.errors import Conflict, NotFound
from moderation.storage.accounts import audit
from moderation.storage.chat.hit_rows import storable
from moderation.storage.ids import new_id
from moderation.storage.tables.notices import custody, evidence, legal_holds

FIRST = "0" * 64
"""What the first line of a chain has as the hash before it."""
MOST_SHOWN = 200


class EvidenceNotFound(NotFound):
    """No such evidence pack."""

    code = "evidence_not_found"

    def __init__(self, evidence_id: str) -> None:
        super().__init__(f"No evidence {evidence_id!r}; `ibasho evidence list` shows what there is.")


class HoldReleased(Conflict):
    """The legal hold was released before."""

    code = "hold_released"

    def __init__(self, evidence_id: str) -> None:
        super().__init__(f"The hold of evidence {evidence_id} was released before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLine:
    """Who touched a pack, and how."""

    at: datetime
    actor: str
    act: str
    data: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One evidence pack; ``content`` is its canonical JSON, of which ``sha256`` is the hash."""

    id: str
    service: str
    case_id: str | None
    notice_id: str | None
    purpose: str
    made_by: str
    made_at: datetime
    sha256: str
    content: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """What a pack holds on to: while its hold stands, retention and erasure leave these alone."""

    cases: Sequence[str] = ()
    authors: Sequence[str] = ()
    messages: Sequence[str] = ()
    notices: Sequence[str] = ()


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a content: sorted keys, no spaces, so that its hash can be made again."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Of the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def add(
    connection: Connection,
    content: Mapping[str, Any],
    *,
    service: str,
    purpose: str,
    by: str,
    holds: Subjects,
    now: datetime,
    case_id: str | None = None,
    notice_id: str | None = None,
) -> Pack:
    """Keep a pack, hold on to what it is about, and begin its chain of custody.

    Args:
        connection: A unit of work.
        content: The copy, made of texts, whole numbers, flags, lists and objects.
        service: Whose.
        purpose: What for: a police inquiry, 発信者情報開示, a notice.
        by: Who made it, ``user:<id>``, ``cli:<login>`` or ``system``.
        holds: What has to stay.
        now: When.
        case_id: The case it is about.
        notice_id: The notice it is about.
    """
    pack_id, text = new_id(), storable(canonical(content))
    connection.execute(
        insert(evidence).values(
            id=pack_id,
            service_id=service,
            case_id=case_id,
            notice_id=notice_id,
            purpose=storable(purpose),
            made_by=by,
            made_at=now,
            content=text,
            sha256=sha256(text),
        )
    )
    kinds = {"case": holds.cases, "author": holds.authors, "message": holds.messages, "notice": holds.notices}
    rows = [
        {
            "id": new_id(),
            "service_id": service,
            "kind": kind,
            "subject_id": subject,
            "why": storable(purpose),
            "source_id": pack_id,
            "set_by": by,
            "set_at": now,
        }
        for kind, subjects in kinds.items()
        for subject in sorted(set(subjects))
    ]
    if rows:
        connection.execute(insert(legal_holds), rows)
    note(
        connection, pack_id, actor=by, act="made", data={"sha256": sha256(text), "holds": len(rows)}, now=now
    )
    audit.append(
        connection, actor=by, act="evidence.made", object_=pack_id, data={"sha256": sha256(text)}, now=now
    )
    return get(connection, pack_id)


def note(
    connection: Connection, pack_id: str, *, actor: str, act: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Write a line of a pack's chain of custody."""
    last = connection.execute(
        select(custody.c.hash).where(custody.c.evidence_id == pack_id).order_by(custody.c.seq.desc()).limit(1)
    ).scalar_one_or_none()
    line = {"at": now, "actor": storable(actor), "act": act, "data": dict(data)}
    before = last or FIRST
    connection.execute(
        insert(custody).values(
            evidence_id=pack_id, previous_hash=before, hash=_seal(pack_id, before, line), **line
        )
    )


def _seal(pack_id: str, before: str, line: Mapping[str, Any]) -> str:
    at = line["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said = [pack_id, before, at, line["actor"], line["act"], line["data"]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def get(connection: Connection, pack_id: str, *, lock: bool = False) -> Pack:
    """One pack. Raises EvidenceNotFound."""
    query = select(evidence).where(evidence.c.id == pack_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise EvidenceNotFound(pack_id)
    return _pack(connection, row)


def list_packs(
    connection: Connection, *, case_id: str | None = None, notice_id: str | None = None
) -> list[Pack]:
    """Packs, the newest first; of one case or notice, or all."""
    query = select(evidence).order_by(evidence.c.made_at.desc()).limit(MOST_SHOWN)
    if case_id is not None:
        query = query.where(evidence.c.case_id == case_id)
    if notice_id is not None:
        query = query.where(evidence.c.notice_id == notice_id)
    return [_pack(connection, row) for row in connection.execute(query)]


def chain(connection: Connection, pack_id: str) -> list[CustodyLine]:
    """A pack's chain of custody, oldest first."""
    rows = connection.execute(select(custody).where(custody.c.evidence_id == pack_id).order_by(custody.c.seq))
    return [
        CustodyLine(
            at=row.at,
            actor=row.actor,
            act=row.act,
            data=row.data,
            previous_hash=row.previous_hash,
            hash=row.hash,
        )
        for row in rows
    ]


def problems_of(pack: Pack, lines: Sequence[CustodyLine]) -> list[str]:
    """What does not fit: the copy against its hash, each line of the chain against the one before."""
    problems = []
    if sha256(pack.content) != pack.sha256:
        problems.append(f"the copy's SHA-256 is {sha256(pack.content)}, not {pack.sha256}")
    before = FIRST
    for number, line in enumerate(lines, 1):
        sealed = {"at": line.at, "actor": line.actor, "act": line.act, "data": line.data}
        if line.previous_hash != before or line.hash != _seal(pack.id, before, sealed):
            problems.append(f"line {number} of the chain of custody does not fit the one before")
        before = line.hash
    if not lines or lines[0].data.get("sha256") != pack.sha256:
        problems.append("the chain does not begin with this copy")
    return problems


def release(connection: Connection, pack_id: str, *, by: str, why: str, now: datetime) -> None:
    """End a pack's legal hold: retention may take what it held. The copy itself stays.

    Raises:
        EvidenceNotFound: There is none.
        HoldReleased: It was released before.
    """
    get(connection, pack_id, lock=True)
    done = connection.execute(
        update(legal_holds)
        .where(legal_holds.c.source_id == pack_id, legal_holds.c.released_at.is_(None))
        .values(released_at=now, released_by=by)
    )
    if done.rowcount == 0:
        raise HoldReleased(pack_id)
    note(connection, pack_id, actor=by, act="released", data={"why": storable(why)}, now=now)
    audit.append(connection, actor=by, act="evidence.released", object_=pack_id, data={"why": why}, now=now)


def _pack(connection: Connection, row: Any) -> Pack:
    held = connection.execute(
        select(legal_holds.c.id)
        .where(legal_holds.c.source_id == row.id, legal_holds.c.released_at.is_(None))
        .limit(1)
    ).first()
    return Pack(
        id=row.id,
        service=row.service_id,
        case_id=row.case_id,
        notice_id=row.notice_id,
        purpose=row.purpose,
        made_by=row.made_by,
        made_at=row.made_at,
        sha256=row.sha256,
        content=row.content,
        held=held is not None,
    )
