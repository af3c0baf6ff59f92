"""Logging in and out, and the choice of language. Who may do what is the services' business."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.i18n import set_language

from kundekort.services.accounts import Role, actor_of, nobody_yet


class LogIn(views.LoginView):
    """The page for logging in; in a register without users it says how to make the first one."""

    template_name = "kundekort/accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs."""
        return super().get_context_data(**kwargs) | {"nobody_yet": nobody_yet()}


log_in = LogIn.as_view()
log_out = views.LogoutView.as_view()
language = login_not_required(set_language)


def start(request: HttpRequest) -> HttpResponse:
    """The first page: the import, which is what people come for; for readers the customers."""
    return redirect("imports" if may_import(request.user) else "customers")


def may_administer(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether to show a person the way to the settings."""
    return actor_of(user).role is Role.ADMINISTRATOR


def may_import(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether to show a person the way to the import; the services decide for themselves."""
    return actor_of(user).role in (Role.IMPORTER, Role.ADMINISTRATOR)
