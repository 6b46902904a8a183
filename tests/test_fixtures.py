"""The fixtures of tests/conftest.py hold what they promise."""

import pytest

from moderation.storage import migrate
from moderation.storage.accounts import accounts
from moderation.storage.rules import rulesets
from tests.support import factories, parts
from tests.support.servers import make_key


def test_a_database_is_up_to_date_and_seeded_on_both_stores(database):
    migrate.check_current(database)
    with database.read() as connection:
        assert rulesets.active_seq(connection) == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_has_a_database_of_its_own(database, turn):
    with database.read() as connection:
        assert accounts.service_ids(connection) == []

    make_key(database, service=turn)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_redis_is_empty_at_the_start_of_each_test(redis, turn):
    assert redis.dbsize() == 0

    redis.set("left", turn)


def test_the_application_scores_with_its_key(app_client):
    answer = app_client.post("/v1/score", json=factories.body("おつかれさま"))

    assert (answer.status_code, answer.json()["verdict"]) == (200, "allow")


def test_a_server_answers_again_after_a_kill(server):
    server.kill()
    server.start()

    with server.client() as client:
        assert client.post("/v1/score", json=factories.body()).status_code == 200


def test_a_page_of_a_real_browser(browser_page):
    browser_page.set_content("<h1>居場所</h1>")

    assert browser_page.inner_text("h1") == "居場所"


def test_a_missing_part_is_a_failure_in_ci_and_a_skip_elsewhere(monkeypatch):
    from tests.conftest import missing

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NOT THERE: Redis"):
        missing("Redis")
    monkeypatch.delenv("CI")
    assert not parts.in_ci()
    with pytest.raises(pytest.skip.Exception, match="NOT THERE: Redis"):
        missing("Redis")
