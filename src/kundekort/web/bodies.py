"""What is sent along with a request: before a byte of it is read, who sends it, where to, and how much it is."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from kundekort.services.accounts import Role
from kundekort.services.refusals import Forbidden
from kundekort.services.uploading import LimitedUpload, discard, length
from kundekort.web import denials
from kundekort.web.actor import actor_of

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

_TAKES_FILE: Final = "takes_file"


def takes_file(role: Role) -> Callable[[View], View]:
    """Decorator: the only views to which files can be posted, each with the role that it demands for that."""

    def mark(view: View) -> View:
        setattr(view, _TAKES_FILE, role)
        return view

    return mark


class BodyLimit:
    """Middleware: let through files for whoever may send them, and forms of ordinary size for everybody.

    It stands after the login and before whatever looks at what was sent, first of all the protection against forged
    requests. What is refused is not read. A browser that is still sending does not look at the answer then: a proxy
    goes on taking what it sends, without having anybody here wait for it.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request, and where there is no proxy, once all has been sent."""
        response = self._respond(request)
        if not settings.KUNDEKORT_PROXIES:
            discard(request)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any) -> HttpResponse | None:
        """The answer to a request whose body is not even read; None for all others."""
        role: Role | None = getattr(view, _TAKES_FILE, None) if request.method == "POST" else None
        if role is None:
            if length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                return render(request, f"{status}.html", status=status)
            return None
        try:
            actor_of(request).require(role)
        except Forbidden:
            return denials.page(request)
        request.upload_handlers = [LimitedUpload(request)]
        return None
