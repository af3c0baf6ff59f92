"""Logging in and out, the choice of language, and one's own account. Who may do what is the services' business."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter as get_sign_on_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from kundekort.services import audit, second_factors, sessions
from kundekort.services.accounts import Role, actor_of, nobody_yet
from kundekort.services.audit import Event
from kundekort.web import actor, browsers
from kundekort.web.forms.accounts import LoginForm
from kundekort.web.query import number


class LogIn(LoginView):
    """The page for logging in; in a register without users it says how to make the first one."""

    template_name = "kundekort/accounts/login.html"
    form_class = LoginForm

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong; the password is entered anew."""
        many = form.has_error("__all__", code="too_many_login_attempts")
        status = HTTPStatus.TOO_MANY_REQUESTS if many else HTTPStatus.OK
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs."""
        return super().get_context_data(**kwargs) | {
            "nobody_yet": nobody_yet(),
            "services": get_sign_on_adapter().list_providers(self.request),
            "may_forget": settings.KUNDEKORT_MAIL,
        }


log_in = LogIn.as_view()
language = login_not_required(set_language)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    audit.record(Event.LOGOUT, actor=actor.actor_of(request))
    sessions.forget(str(request.session.session_key))
    clear_login(request)
    get_adapter().logout(request)
    response = redirect("login")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Somebody's own account: who they are here, how they log in, and where they are logged in."""
    user = request.user
    assert user.is_authenticated
    factors = second_factors.of(user)
    context = {
        "room": "account",
        "role": actor.actor_of(request).role,
        "factors": [factor for factor in factors if factor.type in second_factors.REAL],
        "codes": next((factor for factor in factors if factor.type == factor.Type.RECOVERY_CODES), None),
        "may_add": second_factors.are_offered() and (user.has_usable_password() or bool(factors)),
        "may_add_app": all(factor.type != factor.Type.TOTP for factor in factors),
        "required": second_factors.are_required(user),
        "sessions": [
            (session, browsers.name(session.user_agent), session.session_key == request.session.session_key)
            for session in sessions.of(user.pk, actor=actor.actor_of(request))
        ],
    }
    return render(request, "kundekort/accounts/own.html", context)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all others."""
    acting, user = actor.actor_of(request), request.user
    assert user.is_authenticated
    if chosen := number(request.POST.get("session", "")):
        sessions.end(user.pk, chosen, actor=acting)
        messages.success(request, _("The session has ended."))
    else:
        sessions.end_all(user.pk, actor=acting, but=str(request.session.session_key))
        messages.success(request, _("You are logged in only here now."))
    return redirect("account")


def may_administer(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether to show a person the way to the settings."""
    return actor_of(user).role is Role.ADMINISTRATOR


def may_import(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether to show a person the way to the import; the services decide for themselves."""
    return actor_of(user).role in (Role.IMPORTER, Role.ADMINISTRATOR)
