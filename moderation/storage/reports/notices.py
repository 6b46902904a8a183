"""Notices in the database: taken once, read, and each act with its line of history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from moderation.reports.clock import Terms, due_at
from moderation.reports.notice import Application, NoticeClosed, NoticeConflict, new_reference
from moderation.reports.notice_acts import ApplicantNotice, Extension, Finding, PosterNotice
from moderation.reports.notice_words import NoticeState, Result
from moderation.storage import outbox, policies
from moderation.storage.chat.hit_rows import storable
from moderation.storage.ids import new_id
from moderation.storage.reports import evidence, evidence_copy
from moderation.storage.reports.evidence import Subjects
from moderation.storage.reports.notice_read import Notice, get
from moderation.storage.tables.notices import notice_events, notice_files, notices

_REFERENCE_TRIES = 5
_MOST_IDS = 100
"""Message ids in one event: a body stays below 20 kB."""


def take(
    connection: Connection, archive: Connection, application: Application, terms: Terms, *, now: datetime
) -> Notice:
    """Keep a notice, start its clock, and copy what it is about before it can vanish.

    Raises:
        Invalid: It cannot be taken; every wrong field is named.
        NoticeConflict: The service's id came before with other content.
    """
    application.check()
    if application.external_id is not None:
        before = connection.execute(
            select(notices.c.id, notices.c.content_hash).where(
                notices.c.service_id == application.service,
                notices.c.external_id == application.external_id,
            )
        ).one_or_none()
        if before is not None:
            if before.content_hash != application.digest:
                raise NoticeConflict(application.external_id)
            return get(connection, before.id)
    notice_id = _insert(connection, application, due_at(now, terms), now=now)
    files = [
        {
            "notice_id": notice_id,
            "number": number,
            "name": storable(file.name),
            "size": len(file.content or b""),
            "sha256": file.sha256,
            "content": file.content,
        }
        for number, file in enumerate(application.files, 1)
    ]
    if files:
        connection.execute(insert(notice_files), files)
    note_event(connection, notice_id, "system", "received", {"files": len(files)}, now=now)
    _secure(connection, archive, application, notice_id, now=now)
    notice = get(connection, notice_id)
    announce(connection, notice, "notice.received", now=now)
    return notice


def _insert(connection: Connection, application: Application, due: datetime, *, now: datetime) -> str:
    notice_id = new_id()
    values = {
        "id": notice_id,
        "service_id": application.service,
        "channel": application.channel,
        "external_id": application.external_id,
        "content_hash": application.digest,
        "applicant_name": storable(application.name.strip()),
        "applicant_kind": application.kind.value,
        "applicant_email": storable(application.email.strip()),
        "applicant_phone": storable(application.phone.strip()),
        "applicant_address": storable(application.address.strip()),
        "right_claimed": application.right.value,
        "message_ids": [storable(one) for one in application.message_ids],
        "urls": [storable(one) for one in application.urls],
        "statement": storable(application.statement),
        "wants_poster_hidden": application.hide_from_poster,
        "received_at": now,
        "due_at": due,
        "state": NoticeState.OPEN.value,
        "measures": [],
    }
    for _ in range(_REFERENCE_TRIES - 1):
        try:
            with connection.begin_nested():
                connection.execute(insert(notices).values(values | {"reference": new_reference(now)}))
        except IntegrityError:
            continue  # the number was taken: one in 700 million a day
        return notice_id
    connection.execute(insert(notices).values(values | {"reference": new_reference(now)}))
    return notice_id


def _secure(
    connection: Connection, archive: Connection, application: Application, notice_id: str, *, now: datetime
) -> None:
    """Copy the named messages: their poster may delete them, retention may reach them."""
    copy, held = evidence_copy.of_messages(
        connection, archive, application.service, application.message_ids, now=now
    )
    evidence.add(
        connection,
        copy | {"urls": list(application.urls)},
        service=application.service,
        purpose="削除申出の対象の保全",
        by="system",
        holds=Subjects(messages=held.messages, cases=held.cases, notices=[notice_id]),
        now=now,
        notice_id=notice_id,
    )


def assign(connection: Connection, notice_id: str, specialist: str, *, by: str, now: datetime) -> None:
    """Give a notice to a specialist. Raises NoticeNotFound, NoticeClosed."""
    _open(connection, notice_id)
    _change(connection, notice_id, {"specialist": specialist})
    note_event(connection, notice_id, by, "assigned", {"to": specialist}, now=now)


def extend(connection: Connection, notice_id: str, extension: Extension, *, by: str, now: datetime) -> None:
    """Note that the applicant was told why it takes longer. Raises NoticeNotFound, NoticeClosed, Invalid."""
    notice = _open(connection, notice_id)
    extension.check(due_at=notice.ends_at, now=now)
    _change(
        connection,
        notice_id,
        {
            "extension_ground": extension.ground.value,
            "extension_reason": storable(extension.reason),
            "extended_until": extension.until,
            "extension_notified_at": now,
            "due_soon_at": None,
            "overdue_at": None,
        },
    )
    data = {
        "ground": extension.ground.value,
        "reason": storable(extension.reason),
        "until": extension.until.isoformat(),
        "in_time": now <= notice.ends_at,
    }
    note_event(connection, notice_id, by, "extended", data, now=now)


def decide(connection: Connection, notice_id: str, finding: Finding, *, by: str, now: datetime) -> None:
    """Note the result. Raises NoticeNotFound, NoticeClosed, Invalid, PolicyNotFound."""
    _open(connection, notice_id)
    finding.check()
    clause = policies.get(connection, finding.policy_id) if finding.policy_id else None
    measures = [measure.value for measure in finding.measures]
    _change(
        connection,
        notice_id,
        {
            "state": NoticeState.DECIDED.value,
            "result": finding.result.value,
            "measures": measures,
            "result_reason": storable(finding.reason),
            "policy_id": clause.id if clause else None,
            "policy_version": clause.version if clause else None,
            "decided_at": now,
            "decided_by": by,
        },
    )
    data = {"result": finding.result.value, "measures": measures, "reason": storable(finding.reason)}
    note_event(connection, notice_id, by, "decided", data, now=now)
    announce(connection, get(connection, notice_id), "notice.resolved", now=now)


def tell_applicant(
    connection: Connection, notice_id: str, told: ApplicantNotice, *, by: str, now: datetime
) -> None:
    """Note that the applicant heard the result, or the ground why not. Raises NoticeNotFound, NoticeClosed."""
    notice = get(connection, notice_id, lock=True)
    if notice.state is not NoticeState.DECIDED or notice.applicant_settled:
        raise NoticeClosed(notice.reference)
    ground = told.exemption.value if told.exemption else None
    _change(
        connection,
        notice_id,
        {"applicant_notified_at": None if ground else now, "applicant_exempt_ground": ground},
    )
    kind = "applicant_exempt" if ground else "applicant_notified"
    note_event(connection, notice_id, by, kind, {"ground": ground} if ground else {}, now=now)


def tell_poster(
    connection: Connection, notice_id: str, told: PosterNotice, *, by: str, now: datetime
) -> None:
    """Note that the poster heard of the measure, or the ground why not.

    Raises:
        NoticeNotFound: There is none.
        NoticeClosed: No measure was taken, or it was noted before.
        Invalid: A ground is missing.
    """
    told.check()
    notice = get(connection, notice_id, lock=True)
    if notice.result is not Result.MEASURE_TAKEN or notice.poster_settled:
        raise NoticeClosed(notice.reference)
    ground = told.exemption.value if told.exemption else None
    _change(
        connection,
        notice_id,
        {
            "poster_notified_at": None if ground else now,
            "poster_exempt_ground": ground,
            "poster_exempt_reason": storable(told.reason) if ground else None,
        },
    )
    kind = "poster_exempt" if ground else "poster_notified"
    data = {"ground": ground, "reason": storable(told.reason)} if ground else {}
    note_event(connection, notice_id, by, kind, data, now=now)


def withdraw(connection: Connection, notice_id: str, *, why: str, by: str, now: datetime) -> None:
    """Note that the applicant took the notice back. Raises NoticeNotFound, NoticeClosed."""
    _open(connection, notice_id)
    _change(
        connection, notice_id, {"state": NoticeState.WITHDRAWN.value, "decided_at": now, "decided_by": by}
    )
    note_event(connection, notice_id, by, "withdrawn", {"why": storable(why)}, now=now)


def write_note(connection: Connection, notice_id: str, text: str, *, by: str, now: datetime) -> None:
    """Keep a remark in the history. Raises NoticeNotFound."""
    get(connection, notice_id)
    note_event(connection, notice_id, by, "note", {"text": storable(text)}, now=now)


def note_export(connection: Connection, notice_id: str, sha256: str, *, by: str, now: datetime) -> None:
    """Keep that the file of a notice left the house. Raises NoticeNotFound."""
    get(connection, notice_id)
    note_event(connection, notice_id, by, "exported", {"sha256": sha256}, now=now)


def _open(connection: Connection, notice_id: str) -> Notice:
    notice = get(connection, notice_id, lock=True)
    if notice.state is not NoticeState.OPEN:
        raise NoticeClosed(notice.reference)
    return notice


def _change(connection: Connection, notice_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(notices).where(notices.c.id == notice_id).values(values))


def note_event(
    connection: Connection, notice_id: str, actor: str, kind: str, data: Mapping[str, Any], *, now: datetime
) -> None:
    """Write one line of a notice's history."""
    connection.execute(
        insert(notice_events).values(notice_id=notice_id, at=now, actor=actor, kind=kind, data=dict(data))
    )


def announce(connection: Connection, notice: Notice, type_: str, *, now: datetime) -> None:
    """Announce without a word of who applied: the event says where to look."""
    outbox.emit(
        connection,
        service=notice.service,
        type_=type_,
        subject=notice.reference,
        data={
            "reference": notice.reference,
            "right": notice.right.value,
            "state": notice.state.value,
            "received_at": notice.received_at.isoformat(),
            "due_at": notice.ends_at.isoformat(),
            "message_ids": list(notice.message_ids)[:_MOST_IDS],
            "result": notice.result.value if notice.result else None,
            "measures": [measure.value for measure in notice.measures],
        },
        now=now,
    )
