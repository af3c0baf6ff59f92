"""What holds for every page: where content may come from, which language is spoken, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import is_valid_path, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from kundekort import wording
from kundekort.languages import spoken
from kundekort.services import fields, identities
from kundekort.services.refusals import (
    AlreadyApplied,
    CardAnonymised,
    CardMerged,
    CardRemoved,
    Forbidden,
    NotFound,
    Refusal,
    StalePlan,
)
from kundekort.web import denials

Respond = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Only what this site serves, no script or style within a page; Tabler's styles hold small pictures as data."""


HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What is said with every answer that does not say otherwise, as static files do of being kept: pages are personal."""


def headers(respond: Respond) -> Respond:
    """Middleware: send the headers that hold for all answers."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def chosen_language(respond: Respond) -> Respond:
    """Middleware: speak the language a person has chosen, else a Nordic one the browser asks for, or the register's.

    English is chosen, never taken from the browser: at a Norwegian box office the computer is often an English one.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else _wish(request) or settings.LANGUAGE_CODE
        with translation.override(language):
            response = respond(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response

    return answer


def _wish(request: HttpRequest) -> str | None:
    """The first language that the browser asks for and the pages have, English passed over."""
    asked = (spoken(tag) for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")))
    return next((language for language in asked if language not in (None, "en")), None)


def field_names(respond: Respond) -> Respond:
    """Middleware: call fields and users as the register does, which is asked once for a page, however often it does."""

    def answer(request: HttpRequest) -> HttpResponse:
        shown = request.method in ("GET", "HEAD")  # else it may be the fields that are changed
        with (
            wording.schema(lambda: fields.schema(retired=True)),
            identities.once(),
            fields.once() if shown else nullcontext(),
        ):
            return respond(request)

    return answer


class LoginRequired(LoginRequiredMiddleware):
    """Middleware: lead whoever is not logged in to the page for it; asked by htmx for a part, the whole page."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """The answer to somebody who is not logged in; None for everybody else."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None and request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Refresh": "true"})
        return answer


class NulFilter:
    """Middleware: leave NUL characters out of what was sent; people do not write them, and no database holds them."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request."""
        return self._respond(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Look after the login, because an uploaded file is taken in before its form is. Raises BadRequest."""
        if "\0" in request.path:
            raise BadRequest("an address with a NUL character")
        for name in ("GET", "POST"):
            sent: QueryDict = getattr(request, name)
            if any("\0" in text for key, texts in sent.lists() for text in (key, *texts)):
                kept = QueryDict(mutable=True)
                for key, texts in sent.lists():
                    kept.setlist(key.replace("\0", ""), [text.replace("\0", "") for text in texts])
                setattr(request, name, kept)


def page_above(respond: Respond) -> Respond:
    """Middleware: lead a look at an address that only takes answers to the page above it.

    Whoever is logged out when answering comes to such an address after logging in, without the answer.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        messages.warning(request, _("Nothing has been done. If you had to log in first, choose once more."))
        path = _above(request.path)
        while not is_valid_path(path):
            path = _above(path)
        return redirect(path)

    return answer


def _above(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0] + "/"


class Refusals:
    """Middleware: tell a refusal of a use case in words, on the page from which the way goes on."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request."""
        return self._respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to a refusal; None for anything else, which is a bug."""
        if not isinstance(exception, Refusal):
            return None
        words = wording.refusal(exception.code, exception.params)
        if isinstance(exception, Forbidden):
            denials.record(request)
        if request.accepts("application/json") and not request.accepts("text/html"):
            return JsonResponse({"code": exception.code, "message": words}, status=_status(exception))
        if isinstance(exception, Forbidden | NotFound):
            status = _status(exception)
            return render(request, f"{status}.html", status=status)
        if isinstance(exception, CardMerged):  # a merged number is never a dead end
            messages.info(request, words)
            return redirect("customer", exception.params["into"])
        if isinstance(exception, CardAnonymised):
            messages.info(request, words)
            return redirect("customer", exception.params["id"])
        if isinstance(exception, CardRemoved):
            messages.info(request, words)
            where = reverse("import-confirmed", args=[exception.params["import_id"]])
            return redirect(f"{where}?row={exception.params['id']}")
        if not isinstance(exception, StalePlan):  # the import itself keeps that notice and shows it
            level = messages.INFO if isinstance(exception, AlreadyApplied) else messages.ERROR
            messages.add_message(request, level, words)
        place = request.resolver_match
        for room in ("import", "export"):
            if place and f"{room}_id" in place.kwargs:
                return redirect(room, place.kwargs[f"{room}_id"])
        return redirect("imports")


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, Forbidden):
        return 403
    return 404 if isinstance(refusal, NotFound) else 409
