"""The page for what went wrong: a bug is ours, a database, files, room and memory come back. It may look nothing up."""

from __future__ import annotations

import errno
import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from kundekort.services import database
from kundekort.store.storage import StorageUnreachable

RETRY_AFTER = 10
"""Seconds after which it is worth asking again."""


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that failed; Django calls it while the error is being handled."""
    missing = _missing(sys.exception())
    if not missing:
        return defaults.server_error(request)
    page = render_to_string("503.html", {"missing": missing})
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER)})


def _missing(error: BaseException | None) -> str:
    """What there was not: memory, files, room on the disk, or the database; '' where the error is a bug."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, StorageUnreachable):
        return "files"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "room"
    return "database" if database.is_unreachable(error) else ""
