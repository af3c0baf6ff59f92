"""Logging in by another service, with OpenID Connect: the way there and the way back."""

from __future__ import annotations

import secrets

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kundekort.web import login_throttle


@login_not_required
@require_safe
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The way to the service. What comes back has to name the number that is made here, so that it is the answer."""
    try:
        provider = get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    if not login_throttle.may_begin(request):
        return ratelimit.respond_429(request)
    nonce = secrets.token_urlsafe(16)
    try:
        return provider.redirect(  # type: ignore[no-any-return]
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    except (OSError, LookupError, ValueError) as error:  # it is away, or what it says of itself is not to be understood
        get_adapter().on_authentication_error(request, provider, exception=error)
        raise


callback = require_safe(views.callback)
