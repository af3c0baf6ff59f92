"""A password that somebody else has handed over is changed before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kundekort.services import people
from kundekort.web import redirects

OPEN: Final = ("account-password", "logout", "language")
"""The addresses at which somebody can be whose password has to be changed."""


class PasswordChangeRequired:
    """Middleware: lead whoever has a password that others know to the page on which they choose their own."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request."""
        return self._respond(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """The way to that page; None for everybody else, and for addresses that need no login."""
        place = request.resolver_match
        if place is None or place.url_name in OPEN or not getattr(view_func, "login_required", True):
            return None
        if not has_to_change(request):
            return None
        return redirects.away(request, "account-password")


def has_to_change(request: HttpRequest) -> bool:
    """Whether whoever sent a request has to choose a password first."""
    if not isinstance(request.user, User) or not people.must_change_password(request.user):
        return False
    ways = get_authentication_records(request, request.user)
    return all(way["method"] != "socialaccount" for way in ways)  # who came so need not know it
