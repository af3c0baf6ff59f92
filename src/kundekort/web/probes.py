"""What machines ask who watch the site: whether it lives, whether it can work, and its figures for Prometheus.

Answered before anything else looks at a request: those who ask know neither the host name, HTTPS nor a password. What
is told to everybody names no host, no folder and no reason; the figures are told to those alone who have the token.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from kundekort.services import metrics, readiness

Respond = Callable[[HttpRequest], HttpResponseBase]


def probes(respond: Respond) -> Respond:
    """Middleware: the first of all."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        look = _PROBES.get(request.path_info)
        if look is None:
            return respond(request)
        response = look(request) if request.method in ("GET", "HEAD") else HttpResponse(status=405)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _live(request: HttpRequest) -> HttpResponse:
    """That this process answers; the database is not asked, so that nobody starts it anew for a fault of that."""
    return HttpResponse("ok\n", content_type="text/plain")


def _ready(request: HttpRequest) -> HttpResponse:
    checks = readiness.current()
    ready = all(answer == readiness.OK for answer in checks.values())
    body = {"status": "ready" if ready else "not_ready", "checks": dict(checks)}
    return JsonResponse(body, status=200 if ready else 503)


def _metrics(request: HttpRequest) -> HttpResponse:
    """The figures; there is no such page where no token is set, and a 503 while there is no database to ask."""
    token = settings.KUNDEKORT_METRICS_TOKEN
    if not token:
        return HttpResponse(status=404)
    said = request.headers.get("Authorization", "")
    if not secrets.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

    figures = metrics.figures()
    if figures is None:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    registry = CollectorRegistry()
    metrics.register(registry, figures)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text = generate_latest(registry)
    else:
        text = generate_latest(registry) + generate_latest(REGISTRY)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


_PROBES: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/healthz": _live,
    "/readyz": _ready,
    "/metrics": _metrics,
}
PATHS: Final = frozenset(_PROBES)
"""The addresses that are answered to whoever asks, also past the proxies."""
