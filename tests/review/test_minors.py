"""Cases about minors are there only for whoever may see them: in storage, not on the page."""

import pytest

from moderation.errors import CaseNotFound
from moderation.review.sight import sight_of
from moderation.storage.desk import case as desk_case
from moderation.storage.desk import claims, queue, reports
from moderation.storage.desk.queue import QueueFilter
from moderation.taxonomy import Role
from tests.review.desk import LEASE
from tests.support.factories import NOON

SEE = {Role.CHILD_SAFETY, Role.LEAD, Role.ADMIN}


@pytest.mark.parametrize("role", Role)
def test_only_three_roles_see_them(role):
    assert sight_of("u", [role]).minors == (role in SEE)


class TestAModerator:
    @pytest.fixture
    def aoki(self, desk):
        return desk.sight("aoki")

    @pytest.fixture
    def hidden(self, desk):
        case_id = desk.case(minors=True)
        desk.report(case_id, minors=False)
        return case_id

    def test_does_not_find_them_in_the_queue(self, desk, aoki, hidden):
        with desk.database.read() as connection:
            assert queue.list_cases(connection, aoki, QueueFilter(), page=1, now=NOON).total == 0
            assert queue.open_queues(connection, aoki) == []

    def test_does_not_find_them_by_their_address(self, desk, aoki, hidden):
        with desk.database.read() as connection, pytest.raises(CaseNotFound):
            desk_case.load(connection, hidden, aoki)

    def test_cannot_claim_renew_or_release_them(self, desk, aoki, hidden):
        with pytest.raises(CaseNotFound):
            desk.claim(hidden, aoki)
        with desk.database.write() as unit, pytest.raises(CaseNotFound):
            claims.release(unit.connection, hidden, aoki, now=NOON)
        with desk.database.write() as unit, pytest.raises(CaseNotFound):
            claims.renew(unit.connection, hidden, aoki, version=1, now=NOON, lease=LEASE)

    def test_does_not_get_them_as_the_next_case(self, desk, aoki, hidden):
        assert desk.claim_next(aoki) is None

    def test_does_not_see_them_in_an_authors_history(self, desk, aoki, hidden):
        other = desk.case(room="r-2")
        with desk.database.read() as connection:
            assert desk_case.load(connection, other, aoki).others == []

    def test_does_not_see_reports_about_them(self, desk, aoki, hidden):
        open_case = desk.case(author="u-2")
        desk.report(open_case, minors=True)
        desk.report(open_case, minors=False)
        with desk.database.read() as connection:
            assert reports.list_reports(connection, aoki, reason=None, page=1).total == 1


@pytest.mark.parametrize("role", sorted(SEE))
def test_whoever_may_see_them_works_on_them(desk, role):
    sight = desk.sight("chiba", role)
    case_id = desk.case(minors=True)
    desk.report(case_id)

    assert desk.claim_next(sight).id == case_id
    with desk.database.read() as connection:
        assert reports.list_reports(connection, sight, reason=None, page=1).total == 1


def test_a_case_that_turns_out_to_be_about_a_minor_leaves_the_moderators(desk):
    aoki = desk.sight("aoki")
    case = desk.claim(desk.case(), aoki)
    desk.case("何年生？", minors=True)

    with pytest.raises(CaseNotFound):
        desk.decide(case, aoki)
