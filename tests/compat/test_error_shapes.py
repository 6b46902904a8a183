"""Errors that a running server rarely gives have their foreign shape too."""

from api.compat.errors import foreign_error


def test_too_many_requests_are_openais_rate_limit():
    status, body = foreign_error("/v1/moderations", 429, "rate_limited", "Wait a second.", ())

    assert status == 429
    assert body["error"] == {
        "message": "Wait a second.",
        "type": "requests",
        "param": None,
        "code": "rate_limit_exceeded",
    }


def test_too_many_requests_are_googles_exhausted_resource():
    status, body = foreign_error("/v1alpha1/comments:analyze", 429, "rate_limited", "Wait a second.", ())

    assert status == 429
    assert body["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert body["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"


def test_a_part_that_is_away_is_no_fault_of_the_request():
    _, openai = foreign_error("/v1/moderations", 503, "store_unavailable", "Later.", ())
    _, google = foreign_error("/v1alpha1/comments:analyze", 503, "store_unavailable", "Later.", ())

    assert (openai["error"]["type"], openai["error"]["code"]) == ("server_error", "store_unavailable")
    assert google["error"]["status"] == "UNAVAILABLE"


def test_our_own_paths_have_no_foreign_error():
    assert foreign_error("/v1/score", 422, "invalid", "No.", ()) is None
    assert foreign_error("/v1/moderations-of-ours", 422, "invalid", "No.", ()) is None
