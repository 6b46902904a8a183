"""Tracing: a span a request by OpenTelemetry, part of the caller's trace. Needs `pip install 'ibasho[otel]'`.

Where spans go, and how many, is said by OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME. They hold paths, statuses and times, never what was said.
"""

from collections.abc import Callable

from fastapi import FastAPI

from moderation.errors import Misconfigured

_QUIET = "healthz,readyz,metrics"


def install(app: FastAPI) -> Callable[[], None]:
    """Trace the requests of an application; what is given sends the last spans and ends it.

    Raises:
        Misconfigured: The packages are not there.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise Misconfigured(
            "IBASHO_TRACING needs OpenTelemetry: pip install 'ibasho[otel]', or switch it off."
        ) from error
    # What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say wins over this.
    provider = TracerProvider(resource=Resource({"service.name": "ibasho"}).merge(Resource.create()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, excluded_urls=_QUIET, exclude_spans=["receive", "send"]
    )
    return provider.shutdown
