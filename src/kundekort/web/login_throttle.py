"""How often somebody may try to log in. All web processes count together, in the cache that they share.

A stranger's attempts must not keep the person themselves out. So whoever has logged in before has a cookie that says
so about this browser, and is counted by that alone; everybody else is counted by the address of their computer, by the
name they try from it, and by the name from everywhere.
"""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass
from typing import Final

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

FROM_ADDRESS: Final = "30/15m/ip"
NAME_FROM_ADDRESS: Final = "5/5m/key,20/d/key"
NAME_FROM_EVERYWHERE: Final = "50/h/key"
KNOWN_BROWSER: Final = "5/5m/key,20/d/key"
BEGIN: Final = "30/m/ip"
_APP: Final = "kundekort"
_COOKIE: Final = "known"
_SALT: Final = "kundekort.known-browser"
_A_YEAR: Final = 365 * 24 * 60 * 60
_PEOPLE: Final = 20
"""People whom one browser is remembered for; a computer at a box office has several."""


@dataclass(frozen=True, slots=True)
class Wait(Exception):
    """There were too many attempts; the next may come after some seconds. `first`: nobody has been told that yet."""

    seconds: int
    first: bool


def count(request: HttpRequest, login: str, user: User | None) -> RateLimitUsage:
    """Count an attempt to log in as somebody, which can be taken back. Raises Wait where there were too many."""
    counted = RateLimitUsage(usage=[])
    for action, rates, key in _limits(request, login, user):
        config = {action: rates}
        used = ratelimit.consume(request, app=_APP, action=action, config=config, key=key)
        if used is None:
            counted.rollback()
            raise _wait(request, action, config, key)
        counted.usage += used.usage
    return counted


def may_begin(request: HttpRequest) -> bool:
    """Whether a stranger may begin something of which a session has to be kept: a passkey, another service, a link."""
    config = {"begin": BEGIN}
    return ratelimit.consume(request, app=_APP, action="begin", config=config, limit_get=True) is not None


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let a browser say from now on that somebody has logged in with it."""
    known = _known(request) | {str(user.pk): secrets.token_urlsafe(12)}
    value = signing.dumps(dict(list(known.items())[-_PEOPLE:]), salt=_SALT)
    response.set_cookie(
        _name(), value, max_age=_A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _limits(request: HttpRequest, login: str, user: User | None) -> list[tuple[str, str, str]]:
    if user is not None and (browser := _known(request).get(str(user.pk))):
        return [("known_browser", KNOWN_BROWSER, f"{user.pk} {browser}")]
    name = f"user:{user.pk}" if user else f"name:{login.casefold()}"
    return [
        ("address", FROM_ADDRESS, ""),
        ("name_from_address", NAME_FROM_ADDRESS, f"{ratelimit.get_ip(request)} {name}"),
        ("name", NAME_FROM_EVERYWHERE, name),
    ]


def _wait(request: HttpRequest, action: str, config: dict[str, str], key: str) -> Wait:
    """How long until the oldest of the attempts that filled a limit counts no more; a second where it is unknown."""
    seconds, full = 1.0, ""
    for rate in ratelimit.get_rates(app=_APP, action=action, config=config):
        where = ratelimit.get_cache_key(request, app=_APP, action=action, rate=rate, key=key)
        attempts = cache.get(where, [])
        if len(attempts) >= rate.amount:
            left = attempts[-1] + rate.duration - time.time()
            if left > seconds:
                seconds, full = left, where
    return Wait(seconds=math.ceil(seconds), first=bool(full) and cache.add(f"{full}:told", True, timeout=seconds))


def _known(request: HttpRequest) -> dict[str, str]:
    """For whom a browser is known: the number of the user, and by what name it goes for them."""
    try:
        known = signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT, max_age=_A_YEAR)
    except signing.BadSignature:
        return {}
    return dict(known)


def _name() -> str:
    return f"__Host-{_COOKIE}" if settings.SESSION_COOKIE_SECURE else _COOKIE
