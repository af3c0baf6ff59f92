"""Every request is given a number, and told of in the log, the metrics and the traces: its route, never its address."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kundekort import logs, telemetry

logger = logging.getLogger("kundekort.requests")

HEADER = "X-Request-ID"
"""Under which the number of a request goes back with its answer, so that a line of the log can be found by it."""
NO_ROUTE = "(none)"
Respond = Callable[[HttpRequest], HttpResponseBase]


def monitored(respond: Respond) -> Respond:
    """Middleware: the outermost but for the probes, so that what others refuse is told of too."""
    observe = _observer()

    def answer(request: HttpRequest) -> HttpResponseBase:
        number, began = secrets.token_hex(8), time.perf_counter()
        request.request_id = number  # type: ignore[attr-defined]
        method = request.method or ""
        with (
            logs.bound(request=number),
            telemetry.span(f"{method} {NO_ROUTE}", kind="server", kundekort__request=number) as span,
        ):
            response = respond(request)
            seconds, route = time.perf_counter() - began, route_of(request)
            status, actor = response.status_code, _actor(request)
            span.rename(f"{method} {route}")
            span.say(
                http__request__method=method, http__route=route, http__response__status_code=status, enduser__id=actor
            )
            if status >= 500:
                span.fail()
            observe(method, route, status, seconds)
            said = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
            logger.info("request", extra={logs.FIELDS: said | {"actor": actor}})
        response.headers.setdefault(HEADER, number)
        return response

    return answer


def route_of(request: HttpRequest) -> str:
    """The name of the page that a request asks for, never its address; `static`, or NO_ROUTE where there is none."""
    if request.resolver_match:
        return request.resolver_match.view_name or NO_ROUTE
    return "static" if request.path_info.startswith(settings.STATIC_URL) else NO_ROUTE


def _actor(request: HttpRequest) -> int | None:
    """The number of whoever has sent a request, where somebody has asked for it already."""
    actor = getattr(getattr(request, "auth", None), "actor", None)  # of a program
    user = getattr(request, "_cached_user", None) or getattr(actor, "user", None)
    number = getattr(user, "pk", None)
    return number if isinstance(number, int) else None


def _observer() -> Callable[[str, str, int, float], Any]:
    """What counts requests and their seconds; nothing where nobody may ask for it."""
    if not settings.KUNDEKORT_METRICS_TOKEN:
        return lambda method, route, status, seconds: None
    from kundekort.web.request_times import REQUEST_SECONDS

    def observe(method: str, route: str, status: int, seconds: float) -> None:
        REQUEST_SECONDS.labels(method, route, str(status)).observe(seconds)

    return observe
