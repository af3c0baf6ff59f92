"""The answer to somebody whose role does not allow what they ask for, of which the audit log is told."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundekort.services import audit
from kundekort.services.audit import Event
from kundekort.web.actor import actor_of

EVERY: Final = 10 * 60
"""Seconds in which the same person at the same page is one entry."""


def page(request: HttpRequest) -> HttpResponse:
    """The page that says no."""
    record(request)
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def record(request: HttpRequest) -> None:
    """Tell the audit log who was refused where."""
    actor, place = actor_of(request), request.resolver_match
    name = place.url_name if place else ""
    if actor.user is not None and cache.add(f"denial:{actor.user.pk}:{name}", True, timeout=EVERY):
        audit.record(Event.DENIAL, actor=actor, path=request.path)
