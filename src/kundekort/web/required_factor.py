"""Whoever has to log in with more than a password is led to set that up, before anything else works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from kundekort.services import second_factors
from kundekort.web import redirects

MEANWHILE: Final = frozenset(
    {
        *("factor-required", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account-password"),
        *("login", "logout", "language", "upload-permission", "guide", "guide-page"),
    }
)
"""The pages that whoever still lacks a second factor may see: those by which they get one, and the way out."""
_HAS_ONE: Final = "second_factor"


class RequiredFactor:
    """Middleware: lead whoever lacks a second factor that is demanded of them to the page where they get one.

    Who came by single sign-on has shown there whatever is demanded.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request."""
        return self._respond(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """The way to the page for it; None for everybody of whom nothing is missing."""
        place = request.resolver_match
        if (place and place.url_name in MEANWHILE) or not lacks_factor(request):
            return None
        return redirects.away(request, "factor-required")


def lacks_factor(request: HttpRequest) -> bool:
    """Whether a second factor is demanded of whoever sent a request, and they have none; remembered once they have."""
    user = request.user
    if not user.is_authenticated or request.session.get(_HAS_ONE) or not second_factors.are_required(user):
        return False
    if any(record["method"] == "socialaccount" for record in get_authentication_records(request, user)):
        return False
    request.session[_HAS_ONE] = second_factors.has_any(user)
    return not request.session[_HAS_ONE]


def look_again(request: HttpRequest) -> None:
    """Forget whether the person has a second factor, because that has just changed."""
    request.session.pop(_HAS_ONE, None)
