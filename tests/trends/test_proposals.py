"""Improvement proposals: their way, and what is compared around the day they reached viewers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from moderation.errors import Conflict, Invalid
from moderation.storage.ids import new_id
from moderation.storage.trends import proposals
from moderation.trends.proposal import Proposal, ProposalState, Source, periods_around
from tests.trends.letters import letter

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)
TODAY = date(2026, 8, 20)


def proposal(**given):
    fields = {
        "id": new_id(),
        "service": "stream",
        "title": "新しいアカウントの書き込みを待たせる",
        "body": "荒らしが捨てアカウントで来る",
        "source": Source.THEME,
        "words": ("荒らし", "集団"),
        "category": None,
        "figures": (("手紙", "12"),),
        "quotes": ("荒らしが［名前］さんの枠に来ます",),
        "team": "配信チーム",
        "state": ProposalState.DRAFT,
        "shipped_on": None,
        "made_by": "cs",
        "made_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    return Proposal(**(fields | given))


def test_a_proposal_goes_its_way_and_needs_a_day_to_be_done():
    accepted = proposal(state=ProposalState.ACCEPTED)

    with pytest.raises(Invalid):
        accepted.moved(ProposalState.DONE, shipped_on=None, today=TODAY, now=NOW)
    with pytest.raises(Invalid):
        accepted.moved(ProposalState.DONE, shipped_on=TODAY + timedelta(days=1), today=TODAY, now=NOW)
    with pytest.raises(Conflict):
        accepted.moved(ProposalState.DRAFT, shipped_on=None, today=TODAY, now=NOW)
    done = accepted.moved(ProposalState.DONE, shipped_on=TODAY, today=TODAY, now=NOW)

    assert (done.state, done.shipped_on, done.version) == (ProposalState.DONE, TODAY, 2)


def test_two_people_changing_it_at_once_one_is_told(database):
    first = proposal()
    with database.write() as unit:
        proposals.add(unit.connection, first)
        changed = replace(first, title="別の題", version=2)
        proposals.save(unit.connection, changed, by="cs", now=NOW)
        with pytest.raises(Conflict, match="somebody else"):
            proposals.save(unit.connection, replace(first, team="x", version=2), by="lead", now=NOW)
        kept = proposals.get(unit.connection, first.id)

    assert kept == changed


def test_letters_are_about_it_that_hold_two_of_its_words():
    assert proposal().matches(letter("集団で荒らしが来ます"))
    assert not proposal().matches(letter("集団で遊びたい"))
    assert not proposal(words=()).matches(letter("集団で荒らしが来ます"))


@pytest.mark.parametrize(("days_ago", "days"), [(1, None), (7, None), (8, 7), (20, 14), (200, 28)])
def test_whole_weeks_around_the_day_are_compared(days_ago, days):
    shipped = TODAY - timedelta(days=days_ago)
    found = periods_around(shipped, today=TODAY)

    if days is None:
        assert found is None
    else:
        before, after = found
        assert (before.length, after.length) == (days, days)
        assert before.last < shipped < after.first
        assert after.last < TODAY
