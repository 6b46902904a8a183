"""Improvement proposals in the case store. Never commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from moderation.errors import Conflict, NotFound
from moderation.storage.accounts import audit
from moderation.storage.chat.hit_rows import storable
from moderation.storage.tables.awareness import proposals
from moderation.taxonomy import Category
from moderation.trends.proposal import Proposal, ProposalState, Source

MOST = 500


def add(connection: Connection, proposal: Proposal) -> None:
    """Keep a new one; the audit trail says who made it."""
    connection.execute(insert(proposals).values(_values(proposal)))
    audit.append(
        connection,
        actor=f"user:{proposal.made_by}",
        act="proposal.make",
        object_=proposal.id,
        data={"title": proposal.title, "source": proposal.source.value},
        now=proposal.made_at,
    )


def of_service(connection: Connection, service: str) -> list[Proposal]:
    """The newest of a service, newest first."""
    table = proposals.c
    rows = connection.execute(
        select(proposals).where(table.service_id == service).order_by(table.made_at.desc()).limit(MOST)
    )
    return [_proposal(row) for row in rows]


def get(connection: Connection, proposal_id: str) -> Proposal:
    """One of them. Raises NotFound."""
    row = connection.execute(select(proposals).where(proposals.c.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound(f"No proposal {proposal_id}.")
    return _proposal(row)


def save(connection: Connection, changed: Proposal, *, by: str, now: datetime) -> None:
    """Keep a change that rests on the version before it.

    Raises:
        Conflict: Somebody else changed it in between.
    """
    table = proposals.c
    written = connection.execute(
        update(proposals)
        .where(table.id == changed.id, table.version == changed.version - 1)
        .values(_values(changed))
    )
    if written.rowcount != 1:
        raise Conflict(f"Proposal {changed.id} was changed by somebody else; load it again.")
    audit.append(
        connection,
        actor=f"user:{by}",
        act="proposal.change",
        object_=changed.id,
        data={"state": changed.state.value, "team": changed.team},
        now=now,
    )


def _values(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "service_id": proposal.service,
        "title": storable(proposal.title),
        "body": storable(proposal.body),
        "source": proposal.source.value,
        "words": list(proposal.words),
        "category": None if proposal.category is None else proposal.category.value,
        "figures": [list(pair) for pair in proposal.figures],
        "quotes": [storable(quote) for quote in proposal.quotes],
        "team": storable(proposal.team),
        "state": proposal.state.value,
        "shipped_on": proposal.shipped_on,
        "made_by": proposal.made_by,
        "made_at": proposal.made_at,
        "updated_at": proposal.updated_at,
        "version": proposal.version,
    }


def _proposal(row: Any) -> Proposal:
    return Proposal(
        id=row.id,
        service=row.service_id,
        title=row.title,
        body=row.body,
        source=Source(row.source),
        words=tuple(row.words),
        category=None if row.category is None else Category(row.category),
        figures=tuple((name, value) for name, value in row.figures),
        quotes=tuple(row.quotes),
        team=row.team,
        state=ProposalState(row.state),
        shipped_on=row.shipped_on,
        made_by=row.made_by,
        made_at=row.made_at,
        updated_at=row.updated_at,
        version=row.version,
    )
