"""The pages for what went wrong: a bug is ours, a database, files, room and memory come back. They look nothing up.

Django's own would first read all that was sent, for the sake of a token that none of these pages has a form for.
"""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from kundekort.services.shortages import RETRY_AFTER, lacking


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to what no page of ours sends."""
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to somebody who may not do this."""
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer where there is nothing."""
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that failed; Django calls it while the error is being handled."""
    missing = lacking(sys.exception())
    if not missing:
        return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    page = render_to_string("503.html", {"missing": missing})
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER)})
