"""The OpenAPI document is valid, complete, and what the server keeps to."""

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import create_app
from moderation.settings import Settings

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document():
    return create_app(Settings()).openapi()


@pytest.fixture(scope="module")
def operations(document):
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_it_is_valid_openapi_31(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_an_id_of_its_own_and_a_summary(operations):
    ids = [operation["operationId"] for operation in operations.values()]

    assert len(set(ids)) == len(ids)
    assert all(operation["summary"] for operation in operations.values())


def test_operation_ids_are_stable(operations):
    # Clients are generated from these: adding is fine, renaming breaks them.
    assert {operation["operationId"] for operation in operations.values()} >= {
        "score", "report", "inquire", "events", "trends", "taxonomy", "healthz", "readyz",
        "moderations", "analyzeComment", "discovery",
    }  # fmt: skip


def test_every_error_has_a_body_with_a_schema(operations):
    bare = [
        (name, status)
        for name, operation in operations.items()
        for status, response in operation["responses"].items()
        if status.startswith(("4", "5"))
        and not any("schema" in content for content in response.get("content", {}).values())
    ]
    assert bare == []


def test_every_operation_with_a_key_says_how_it_is_refused(operations):
    for name, operation in operations.items():
        if name.split()[1] in ("/healthz", "/readyz", "/metrics", "/v1/taxonomy", "/$discovery/rest"):
            continue
        assert operation["security"], name
        assert {"401", "403", "429", "503"} <= set(operation["responses"]), name
        assert "Retry-After" in operation["responses"]["429"]["headers"], name


def test_every_body_has_an_example(document, operations):
    for name, operation in operations.items():
        if operation["tags"] == ["compatible"]:
            continue  # theirs to show
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            assert _examples(body) or _examples(_resolved(document, body["schema"])), name


def _examples(thing):
    return (
        thing.get("examples")
        or thing.get("example")
        or any(_examples(inner) for inner in thing.get("oneOf", ()))
    )


def _resolved(document, schema):
    if "$ref" in schema:
        return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    choices = schema.get("oneOf") or schema.get("anyOf", ())
    return schema | {"oneOf": [_resolved(document, inner) for inner in choices]}
