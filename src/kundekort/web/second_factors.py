"""The pages of second factors: getting one, being asked for it, and losing it. allauth does the work behind them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kundekort import wording
from kundekort.services import second_factors, sessions
from kundekort.web import login_throttle, required_factor, session_limits
from kundekort.web.actor import actor_of
from kundekort.web.adapters import record_failure
from kundekort.web.forms.accounts import ConfirmForm
from kundekort.web.forms.passkeys import AddKeyForm, ConfirmKeyForm, FactorForm, PasskeyLoginForm

PAGES = "kundekort/accounts/"


class _OfferMixin:
    """A page that there is only where second factors are offered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer, if there is such a page."""
        if not second_factors.are_offered():
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


class AddAppView(_OfferMixin, ActivateTOTPView):
    """An authenticator app: a picture for its camera, and the first code as a proof that it works."""

    template_name = PAGES + "app.html"
    extra_context = {"room": "account"}

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it, and go on to the recovery codes if there were none."""
        response = super().form_valid(form)
        _note_newest(self.request, Authenticator.Type.TOTP)
        return response

    def get_success_url(self) -> str:
        """Where it goes on."""
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account")


class RemoveAppView(DeactivateTOTPView):
    """Taking the authenticator app away."""

    template_name = PAGES + "remove.html"
    extra_context = {"room": "account"}

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away."""
        factor = self.authenticator
        super().form_valid(form)
        return _removed(self.request, factor)

    def get_success_url(self) -> str:
        """Where it goes on."""
        return reverse("account")


class AddKeyView(_OfferMixin, AddWebAuthnView):
    """A passkey, or a security key."""

    template_name = PAGES + "key.html"
    form_class = AddKeyForm
    extra_context = {"room": "account"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs; what was wrong with the key the browser made is said in one sentence."""
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or self.get_form(), "room": "account"}

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it, and go on to the recovery codes if there were none."""
        form.cleaned_data["name"] = form.cleaned_data["name"].strip()[:60] or _("Passkey")
        response = super().form_valid(form)
        _note_newest(self.request, Authenticator.Type.WEBAUTHN)
        return response

    def get_success_url(self) -> str:
        """Where it goes on."""
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account")


class RemoveKeyView(RemoveWebAuthnView):
    """Taking a passkey or a security key away."""

    template_name = PAGES + "remove.html"
    extra_context = {"room": "account"}

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away."""
        factor = self.get_object()
        super().form_valid(form)
        return _removed(self.request, factor)

    def get_success_url(self) -> str:
        """Where it goes on."""
        return reverse("account")


class CodesView(ViewRecoveryCodesView):
    """The recovery codes, which are shown once."""

    template_name = PAGES + "codes.html"
    extra_context = {"room": "account"}


class NewCodesView(_OfferMixin, GenerateRecoveryCodesView):
    """Other recovery codes instead of those there are."""

    template_name = PAGES + "new_codes.html"
    extra_context = {"room": "account"}

    def form_valid(self, form: Any) -> HttpResponse:
        """Make them."""
        response = super().form_valid(form)
        _note_newest(self.request, Authenticator.Type.RECOVERY_CODES)
        return response


class FactorView(AuthenticateView):
    """The second step of logging in."""

    template_name = PAGES + "factor.html"
    webauthn_form_class = FactorForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on, or back to the login page as somebody else."""
        if "back" in request.POST:
            return self.stage.abort()  # type: ignore[no-any-return]
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong."""
        user = self.stage.login.user
        many = any(form.has_error(name, code="too_many_login_attempts") for name in form.fields)
        if not many:
            record_failure(self.request, user.get_username() if user else "")
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs: which kinds of factors the person has."""
        user = self.stage.login.user
        kinds = {factor.type for factor in second_factors.of(user)} if user else set()
        return super().get_context_data(**kwargs) | {"kinds": kinds}


class PasskeyLoginView(LoginWebAuthnView):
    """Logging in with a passkey alone: what the browser is to sign, and what it has signed."""

    form_class = PasskeyLoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the browser is to sign, as JSON; it is kept in a session, of which nobody gets any number."""
        if not login_throttle.may_begin(request):
            return JsonResponse({}, status=HTTPStatus.TOO_MANY_REQUESTS)
        return JsonResponse({"request_options": auth.begin_authentication(user=None)})

    def form_invalid(self, form: Any) -> HttpResponse:
        """The login page, which says that it did not work."""
        record_failure(self.request, "")
        messages.error(self.request, str(wording.LOGIN_FAULTS["passkey_wrong"]))
        return redirect("login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Let the person in to whom the passkey belongs."""
        factor = form.cleaned_data["credential"]
        login = Login(user=factor.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, factor, login)


class _ConfirmationMixin:
    """Somebody who is logged in shows again who they are, and their session gets another key."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on with what they wanted to do."""
        session_limits.new_key(self.request)
        return super().form_valid(form)  # type: ignore[misc,no-any-return]


class ConfirmView(_ConfirmationMixin, ReauthenticateView):
    """By their password."""

    template_name = PAGES + "confirm.html"
    form_class = ConfirmForm
    extra_context = {"room": "account"}


class ConfirmByCodeView(_ConfirmationMixin, ReauthenticateByCodeView):
    """By a code."""

    template_name = PAGES + "confirm_code.html"
    extra_context = {"room": "account"}


class ConfirmByKeyView(_ConfirmationMixin, ReauthenticateWebAuthnView):
    """By a passkey or a security key."""

    template_name = PAGES + "confirm_key.html"
    form_class = ConfirmKeyForm
    extra_context = {"room": "account"}

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong."""
        messages.error(self.request, str(wording.LOGIN_FAULTS["passkey_wrong"]))
        return redirect(self.request.get_full_path())


@require_safe
def required(request: HttpRequest) -> HttpResponse:
    """Where whoever lacks a second factor that is demanded of them chooses one."""
    if not required_factor.lacks_factor(request):
        return redirect("account")
    return render(request, PAGES + "required.html")


def _note_newest(request: HttpRequest, kind: str) -> None:
    newest = Authenticator.objects.filter(user=request.user, type=kind).latest("pk")
    second_factors.note_addition(newest, actor=actor_of(request))
    _end_others(request)


def _removed(request: HttpRequest, factor: Authenticator) -> HttpResponse:
    second_factors.note_removal(factor, actor=actor_of(request))
    _end_others(request)
    messages.success(request, _("It has been taken away, and you are logged in only here now."))
    return redirect("account")


def _end_others(request: HttpRequest) -> None:
    user = request.user
    assert user.is_authenticated
    required_factor.look_again(request)
    sessions.end_all(user.pk, actor=actor_of(request), but=str(request.session.session_key))
