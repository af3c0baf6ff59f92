"""How long somebody stays logged in: not for ever, and not where nobody has been for hours."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from kundekort.services import sessions

Respond = Callable[[HttpRequest], HttpResponse]

EVERY: Final = 60
"""Seconds after which it is written again that a session was heard of."""
_SINCE: Final = "since"
_SEEN: Final = "seen"


def session_limits(respond: Respond) -> Respond:
    """Middleware: log out whoever was not heard of for too long, or has been logged in for too long.

    The moments stand in the session itself, which is read for every page anyway.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if auth.SESSION_KEY in request.session:
            if _is_over(request):
                key = request.session.session_key
                auth.logout(request)
                sessions.forget(str(key))
            elif time.time() - request.session.get(_SEEN, 0) >= EVERY:
                _note(request)
        return respond(request)

    return answer


def new_key(request: HttpRequest) -> None:
    """Give a session another key, as whenever somebody has shown anew who they are."""
    old = str(request.session.session_key)
    request.session.cycle_key()
    sessions.rename(old, str(request.session.session_key))


def _is_over(request: HttpRequest) -> bool:
    now = time.time()
    idle = now - request.session.get(_SEEN, now)
    whole = now - request.session.get(_SINCE, now)
    return bool(idle > settings.KUNDEKORT_SESSION_IDLE or whole > settings.KUNDEKORT_SESSION_ABSOLUTE)


def _note(request: HttpRequest) -> None:
    if request.user.is_authenticated and request.session.session_key:
        request.session.setdefault(_SINCE, time.time())
        request.session[_SEEN] = time.time()
        told = request.META
        address, browser = told.get("REMOTE_ADDR", ""), told.get("HTTP_USER_AGENT", "")
        sessions.note(request.user.pk, request.session.session_key, address=address, browser=browser)
