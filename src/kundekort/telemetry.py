"""Traces by OpenTelemetry: what took how long within a request, a job or an import, with numbers and never with names.

Where KUNDEKORT_TELEMETRY is not 1 a span costs one look at a variable, and nothing of OpenTelemetry is loaded. Where it
is, the spans go by OTLP over HTTP to whom the usual variables name (OTEL_EXPORTER_OTLP_ENDPOINT and its relatives).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

SETTING: Final = "KUNDEKORT_TELEMETRY"
_NEEDED: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def wanted() -> bool:
    """Whether traces are to be sent."""
    return os.environ.get(SETTING) == "1"


def installed() -> bool:
    """Whether there is what sends them."""
    try:
        return all(find_spec(name) is not None for name in _NEEDED)
    except ModuleNotFoundError:
        return False


class Span:
    """Something that goes on: more can be said of it while it does. Of one that nobody traces nothing is kept."""

    __slots__ = ("_span",)

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def rename(self, name: str) -> None:
        """Call it something else, such as the route that was found for a request."""
        if self._span is not None:
            self._span.update_name(name)

    def say(self, **attributes: str | int | float | bool | None) -> None:
        """Add attributes; those that are None say nothing."""
        if self._span is not None:
            for name, value in attributes.items():
                if value is not None:
                    self._span.set_attribute(name.replace("__", "."), value)

    def fail(self) -> None:
        """Say that it has gone wrong."""
        if self._span is not None:
            from opentelemetry.trace import StatusCode

            self._span.set_status(StatusCode.ERROR)


_NOTHING: Final = Span()


@contextmanager
def span(name: str, *, kind: str = "internal", **attributes: str | int | float | bool | None) -> Iterator[Span]:
    """A block that is traced; `__` in the name of an attribute is a dot. `kind`: internal, server or consumer.

    An error that ends it is told by its kind alone: what it says may be about somebody.
    """
    if not wanted():
        yield _NOTHING
        return
    from opentelemetry.trace import SpanKind

    with _tracer().start_as_current_span(
        name, kind=SpanKind[kind.upper()], record_exception=False, set_status_on_exception=False
    ) as traced:
        here = Span(traced)
        here.say(**attributes)
        try:
            yield here
        except BaseException as error:
            here.fail()
            here.say(error__type=type(error).__qualname__)
            raise


@cache
def _tracer() -> Tracer:
    """Begins to send, in this process."""
    from multiprocessing.util import Finalize

    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from kundekort import version

    named = {} if "OTEL_SERVICE_NAME" in os.environ else {"service.name": "kundekort"}
    provider = TracerProvider(resource=Resource.create(named | {"service.version": version()}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    # A web process ends without what other programs do at their end.
    Finalize(None, provider.shutdown, exitpriority=0)
    return provider.get_tracer("kundekort")
