"""Whatever a client sends: no 5xx, and nothing that the OpenAPI document does not announce."""

from contextlib import suppress

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

EXAMPLES = 6
"""Requests an operation and mode; they are the same in every run."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)


def test_every_operation_keeps_to_its_document(shared_server):
    document = schemathesis.openapi.from_url(f"{shared_server.url}/openapi.json")
    checks = schemathesis.checks.CHECKS.get_by_names(CHECKS)
    tried = []
    for found in document.get_all_operations():
        operation = found.ok()
        headers = {"Authorization": f"Bearer {shared_server.key}"}
        fuzz(operation, GenerationMode.POSITIVE, checks, headers)
        with suppress(Unsatisfiable):  # nothing can be wrong where nothing is sent
            fuzz(operation, GenerationMode.NEGATIVE, checks, headers)
        tried.append(operation.label)

    assert "POST /v1/score" in tried
    assert len(tried) == document.statistic.operations.total


def fuzz(operation, mode, checks, headers):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_once(case):
        case.call_and_validate(headers=headers, checks=checks)

    try_once()
