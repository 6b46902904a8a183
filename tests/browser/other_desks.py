"""One thing on every desk beside the review desk: letters, notices, evidence, campaigns, kits, a batch."""

from datetime import datetime, timedelta

import httpx2

from moderation.settings import Settings
from moderation.storage.desk import bulk
from moderation.storage.desk.bulk import Chosen
from moderation.storage.ids import new_id
from moderation.storage.reports import evidence, evidence_copy, inquiries
from moderation.storage.rules import rulesets
from moderation.storage.trends import kits, proposals
from moderation.taxonomy import Category
from moderation.trends.days import Period, jst_day_of
from moderation.trends.helplines import read_helplines
from moderation.trends.kit import kit_zip
from moderation.trends.kit_maker import make
from moderation.trends.proposal import Proposal, ProposalState, Source
from tests.review.desk import LEASE, SERVICE, WARNING, Desk
from tests.trends.world import chatter, keep


def pages_of_others(desk: Desk, client: httpx2.Client, *, case_id: str, now: datetime) -> dict[str, str]:
    """Make one of each, and say where it is shown, by the name of its page.

    Args:
        desk: A busy desk.
        client: Its server's, with a key that may do everything.
        case_id: A case of that desk, for what belongs to one.
        now: The present.
    """
    report = _sent(
        client,
        "reports",
        id="rp-1",
        reporter_id="u-9",
        subject={"kind": "author", "id": "u-7", "room_id": "r-1"},
        reason="insult",
        text="何度も暴言を書かれました。",
    )
    notice = _sent(
        client,
        "notices",
        id="n-1",
        applicant={"name": "山田 太郎", "email": "taro@example.com"},
        right="privacy",
        urls=["https://example.com/m/1"],
        statement="本人の承諾なく住所を書かれました。\nすぐに消してください。",
    )
    _sent(
        client,
        "inquiries",
        id="iq-1",
        topic="streaming",
        text="配信のチャットで何度も悪口を書かれています。ブロックしても名前を変えて戻ってきます。",
        author_id="u-7",
        ticket_id="CS-1024",
    )
    campaign = _sent(
        client,
        "campaigns",
        title="言い返す前に、ひと呼吸",
        categories=["insult"],
        published_at=(now - timedelta(days=1)).isoformat(),
    )
    with desk.database.read() as connection:
        letter = inquiries.by_external_id(connection, SERVICE, "iq-1").id
        active = rulesets.active(connection)
    assert active is not None
    return {
        "report-status": f"/reports/status/{report['status_token']}",
        "notice-status": f"/takedown/status/{notice['status_token']}",
        "notice": f"/console/notices/{notice['reference']}",
        "inquiry": f"/console/inquiries/{letter}",
        "campaign": f"/console/campaigns/{campaign['id']}",
        "rule-set": f"/console/rules/sets/{active.version}",
        "batch": f"/console/batches/{_batch(desk, now)}",
        "evidence-pack": f"/console/evidence/{_evidence(desk, case_id, now)}",
        "proposal": f"/console/proposals/{_proposal(desk, now)}",
        "kit": f"/console/kits/{_kit(desk, now)}",
    }


def _sent(client: httpx2.Client, to: str, **body: object) -> dict[str, str]:
    answer = client.post(f"/v1/{to}", json=body)
    assert answer.status_code == 201, answer.text
    sent: dict[str, str] = answer.json()
    return sent


def _batch(desk: Desk, now: datetime) -> str:
    """Three cases decided at once."""
    batch_id, who = new_id(), desk.sight("aoki")
    raid = [desk.case("このチャンネルは終わり", author=f"u-raid{number}", at=now) for number in range(3)]
    chosen = [Chosen(case_id=case_id, version=1, hit_seq=1) for case_id in raid]
    with desk.database.write() as unit:
        bulk.decide_all(unit.connection, chosen, who, WARNING, batch_id=batch_id, now=now, lease=LEASE)
    return batch_id


def _evidence(desk: Desk, case_id: str, now: datetime) -> str:
    with desk.database.write() as unit, desk.database.read_archive() as archive:
        service, copy, holds = evidence_copy.of_case(unit.connection, archive, case_id, now=now)
        return evidence.add(
            unit.connection,
            copy,
            service=service,
            purpose="警察からの照会",
            by="cli:admin",
            holds=holds,
            now=now,
            case_id=case_id,
        ).id


def _proposal(desk: Desk, now: datetime) -> str:
    made = Proposal(
        id=new_id(),
        service=SERVICE,
        title="ブロックした相手の別名義も見えなくする",
        body="ブロックしても名前を変えて戻ってくる、という声が続いている。",
        source=Source.CATEGORY,
        words=(),
        category=Category.INSULT,
        figures=(("1,000件あたり", "3.2"),),
        quotes=("［名前］さんが何度も戻ってきます",),
        team="配信チーム",
        state=ProposalState.PROPOSED,
        shipped_on=None,
        made_by="admin",
        made_at=now,
        updated_at=now,
        version=1,
    )
    with desk.database.write() as unit:
        proposals.add(unit.connection, made)
    return made.id


def _kit(desk: Desk, now: datetime) -> str:
    """A kit of a week in which insults rose."""
    today = jst_day_of(now)
    week = Period(first=today - timedelta(days=7), last=today - timedelta(days=1))
    for period, hits in ((week.before, 1), (week, 9)):
        for day in period.days():
            keep(desk.database, chatter(day, 60, hits, service=SERVICE))
    with desk.database.read_archive() as archive:
        files = make(
            archive,
            service=SERVICE,
            period=week,
            today=today,
            categories=(),
            harm=lambda text: (),
            helplines=read_helplines(Settings().helplines_file),
        )
    with desk.database.write() as unit:
        return kits.add(
            unit.connection,
            service=SERVICE,
            period=week,
            categories=(Category.INSULT,),
            content=kit_zip(files),
            by="admin",
            now=now,
        )
