"""Spans of requests, sent to a collector by OpenTelemetry, within the caller's trace."""

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient

from api.app import create_app
from tests.support.factories import body
from tests.support.servers import make_key
from tests.workers.receiver import receiving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SAID = "早く死ねよお前"


@pytest.fixture
def collector(monkeypatch):
    with receiving() as one:
        one.answers = [(200, {})] * 100
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", one.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        yield one


def spans(collector):
    return [
        span
        for _, sent in collector.requests
        for resource in ExportTraceServiceRequest.FromString(sent).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_a_request_is_a_span_of_the_callers_trace_and_tells_no_texts(
    model_dir, sqlite_settings, sqlite_database, collector
):
    traced = sqlite_settings.model_copy(update={"tracing": True})
    key = make_key(sqlite_database)
    with TestClient(create_app(traced), headers={"Authorization": f"Bearer {key}"}) as client:
        traceparent = f"00-{TRACE}-00f067aa0ba902b7-01"
        assert (
            client.post("/v1/score", json=body(SAID), headers={"traceparent": traceparent}).status_code == 200
        )
        client.get("/healthz")

    found = spans(collector)
    assert any(span.name.startswith("POST") and "/v1/score" in span.name for span in found)
    assert {span.trace_id.hex() for span in found} == {TRACE}
    assert all(SAID.encode() not in sent and key.encode() not in sent for _, sent in collector.requests)
