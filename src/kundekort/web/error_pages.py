"""The page for what went wrong: a bug is ours, a database or memory comes back. It may not look anything up."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from kundekort.services import database

RETRY_AFTER = 10
"""Seconds after which it is worth asking again."""


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that failed; Django calls it while the error is being handled."""
    error = sys.exception()
    full = isinstance(error, MemoryError)
    if not (full or database.is_unreachable(error)):
        return defaults.server_error(request)
    page = render_to_string("503.html", {"full": full})
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER)})
