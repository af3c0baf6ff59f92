"""What allauth asks us: who may log in, with which words it says no, and what the audit log is told of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import ngettext

from kundekort import wording
from kundekort.services import audit, sign_on
from kundekort.services.accounts import Actor, actor_of, user_named
from kundekort.services.audit import Event
from kundekort.services.refusals import SignOnRefused
from kundekort.services.sessions import UNKNOWN_ADDRESS
from kundekort.web import login_throttle

_SHOWN = "login_by"
"""Where a session keeps what the password of somebody was when they began to log in."""
LONGEST_NAME = 150
"""Characters of a name that somebody tried which the audit log keeps."""


class AccountAdapter(DefaultAccountAdapter):
    """Logging in and out: counted, told to the audit log, and open to nobody whom no administrator has added."""

    error_messages = {**DefaultAccountAdapter.error_messages, **wording.LOGIN_FAULTS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: administrators add people."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: the pages are for browsers."""
        return False

    def add_message(self, *_: Any, **__: Any) -> None:
        """Nothing: our pages say themselves what has been done."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of the computer that asks, as the web server or the proxy before it says."""
        return clean_client_ip(request.META.get("REMOTE_ADDR", "")) or UNKNOWN_ADDRESS

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. Raises ValidationError with how long to wait."""
        login = credentials.get("username", "")
        try:
            self._login_failed_rl_usage = login_throttle.count(request, login, user_named(login))
        except login_throttle.Wait as wait:
            if wait.first:
                record_failure(request, login, event=Event.LOGIN_THROTTLED)
            raise ValidationError(waiting(wait.seconds), code="too_many_login_attempts") from wait

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell the audit log whom somebody tried to be."""
        record_failure(request, credentials.get("username", ""))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say to somebody who has shown who they are that their account is locked."""
        record_failure(request, user.get_username())
        messages.error(request, str(wording.LOGIN_FAULTS["account_inactive"]))
        return redirect("login")

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """The way back for whoever may not log in; None for everybody else, whose password is kept in mind."""
        request.session[_SHOWN] = user.get_session_auth_hash()
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let somebody in, in a session of its own.

        Raises ImmediateHttpResponse to whoever was locked or got another password since they began.
        """
        now = User.objects.get(pk=user.pk)
        shown = request.session.pop(_SHOWN, "")
        if not now.is_active or not constant_time_compare(shown, now.get_session_auth_hash()):
            request.session.flush()
            raise ImmediateHttpResponse(self._too_late(request, now))
        super().login(request, user)
        records = get_authentication_records(request, now)
        audit.record(Event.LOGIN, actor=_actor(request, now), **_ways(records))

    def _too_late(self, request: HttpRequest, user: User) -> HttpResponse:
        if not user.is_active:
            return self.respond_user_inactive(request, user)
        record_failure(request, user.get_username())
        messages.error(request, str(wording.LOGIN_FAULTS["username_password_mismatch"]))
        return redirect("login")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """The way on for somebody who has just logged in, whose browser is known from now on."""
        response = super().post_login(request, user, **kwargs)
        login_throttle.remember_browser(request, response, user)
        return response


class FactorAdapter(DefaultMFAAdapter):
    """Second factors, with our words."""

    error_messages = {**DefaultMFAAdapter.error_messages, **wording.LOGIN_FAULTS}

    def get_totp_label(self, user: Any) -> str:
        """What an authenticator app calls the account."""
        return str(user.get_username())

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What a passkey calls the person."""
        told = super().get_public_key_credential_user_entity(user)
        return told | {"name": user.get_username(), "display_name": user.get_full_name() or user.get_username()}


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Logging in by another service: only people whom an administrator has added."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find out who somebody is whom the service knows. Raises ImmediateHttpResponse to whoever is not let in."""
        service = sociallogin.provider.name
        if sociallogin.state.get("process") != "login" or not _is_answer_to(sociallogin):
            raise self._refused(request, "sign_on_failed", service=service)
        try:
            sign_on.connect(sociallogin.account, sociallogin.email_addresses, user=sociallogin.user)
        except SignOnRefused as refused:
            email = sociallogin.email_addresses[0].email if sociallogin.email_addresses else ""
            record_failure(request, email)
            raise self._refused(request, refused.params["reason"], service=service, email=email) from refused
        sociallogin.user = sociallogin.account.user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Raises ImmediateHttpResponse: the login page, which says what went wrong."""
        cancelled = error == AuthError.CANCELLED or request.GET.get("error") == "access_denied"
        reason = "sign_on_cancelled" if cancelled else "sign_on_failed"
        if reason == "sign_on_failed":
            sign_on.logger.warning("Logging in with %s failed: %.300r", provider.name, exception or error)
        raise self._refused(request, reason, service=provider.name)

    @staticmethod
    def _refused(request: HttpRequest, reason: str, **params: str) -> ImmediateHttpResponse:
        messages.error(request, str(wording.SIGN_ON_FAULTS[reason]) % params)
        return ImmediateHttpResponse(redirect("login"))


def waiting(seconds: int) -> str:
    """How long somebody has to wait, in words."""
    minutes = -(-seconds // 60)
    return ngettext(
        "There were too many attempts to log in. Wait %(minutes)s minute, then try again.",
        "There were too many attempts to log in. Wait %(minutes)s minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}


def record_failure(request: HttpRequest, login: str, *, event: Event = Event.LOGIN_FAILURE) -> None:
    """Tell the audit log that somebody did not get in, and as whom."""
    actor = Actor(name="", role=None, address=request.META.get("REMOTE_ADDR", ""))
    audit.record(event, actor=actor, username=login[:LONGEST_NAME])


def _actor(request: HttpRequest, user: User) -> Actor:
    return actor_of(user, address=request.META.get("REMOTE_ADDR", ""))


def _ways(records: list[dict[str, Any]]) -> dict[str, str]:
    """How somebody has shown who they are: the method, and the second factor where there was one."""
    method, factor = "password", ""
    for record in records:
        if record["method"] == "socialaccount":
            method = "sso"
        elif record["method"] == "mfa" and record.get("passwordless"):
            method = "passkey"
        elif record["method"] == "mfa":
            factor = record["type"]
    return {"method": method} | ({"factor": factor} if factor else {})


def _is_answer_to(sociallogin: SocialLogin) -> bool:
    """Whether what the service says was said for this very attempt, and all of it of one person."""
    told = sociallogin.account.extra_data
    token = told.get("id_token", {})
    same_person = token.get("sub") == told.get("userinfo", token).get("sub")
    return bool(token) and same_person and token.get("nonce") == sociallogin.state.get("nonce")
