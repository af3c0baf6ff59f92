"""The door for programs: whatever begins with /api/ is answered here, without sessions, cookies or pages.

It stands before everything that pages need, so that no browser's login has a part in it, and nothing can be forged.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from kundekort import wording
from kundekort.api import problems
from kundekort.api.access import seconds_left
from kundekort.languages import spoken
from kundekort.services import fields, identities
from kundekort.services.tokens import Caller
from kundekort.services.uploading import discard

PREFIX: Final = "/api/"
Respond = Callable[[HttpRequest], HttpResponseBase]


def api_door(respond: Respond) -> Respond:
    """Middleware: answer what is asked of the API; all else goes on."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        return _answer(request) if request.path_info.startswith(PREFIX) else respond(request)

    return answer


def language_of(request: HttpRequest) -> str:
    """The language that a program asks for, of those that the register speaks; else English, as the command line's
    JSON is."""
    for wish, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if wish == "*":
            break
        if language := spoken(wish):
            return language
    return "en"


def _answer(request: HttpRequest) -> HttpResponseBase:
    request.api_request_id = uuid4().hex  # type: ignore[attr-defined]
    language, reads = language_of(request), request.method == "GET"
    with (
        translation.override(language),
        wording.schema(lambda: fields.schema(retired=True)),
        identities.once(),
        fields.once() if reads else nullcontext(),  # else it may be the fields that are changed
    ):
        response = _guarded(request)
    if not settings.KUNDEKORT_PROXIES:
        discard(request)
    response.headers.setdefault("Content-Language", language)
    patch_vary_headers(response, ("Accept-Language", "Authorization"))
    response.headers["X-Request-ID"] = problems.number_of(request)
    caller: Caller | None = getattr(request, "auth", None)
    if caller is not None:
        limit = settings.KUNDEKORT_API_RATE
        response.headers["RateLimit-Policy"] = f'"token";q={limit};w=60'
        response.headers["RateLimit"] = f'"token";r={max(0, limit - caller.calls)};t={seconds_left()}'
    if getattr(request, "api_replayed", False):
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _guarded(request: HttpRequest) -> HttpResponseBase:
    """The answer of the address that was asked, or why there is none."""
    try:
        request.get_host()  # which must be one of ours
        place = request.resolver_match = resolve(request.path_info)
        response: HttpResponseBase = place.func(request, *place.args, **place.kwargs)
    except Exception as error:
        expected = problems.answer(request, error)
        if expected is not None:
            return expected
        got_request_exception.send(sender=api_door, request=request)
        return problems.bug(request, error)
    if response.status_code == 405:
        kept = {"Allow": response.headers["Allow"]}
        return problems.problem(request, "method_not_allowed", 405, params={"method": request.method}, headers=kept)
    return response
