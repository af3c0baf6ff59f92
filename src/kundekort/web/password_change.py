"""A password that somebody else has handed over is changed before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _

from kundekort.services import people

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
        if not isinstance(request.user, User) or not people.must_change_password(request.user):
            return None
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": reverse("account-password")})
        return redirect("account-password")


class OwnPasswordForm(PasswordChangeForm):
    """Another password than the one they have."""

    def clean_new_password1(self) -> str:
        """The new password. Raises ValidationError for the one they have."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            self.add_error("new_password1", _("This is the password you have. Choose another."))
        return password


class Change(views.PasswordChangeView):
    """The page on which somebody changes their own password."""

    template_name = "kundekort/accounts/password_change.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("start")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs."""
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "must": isinstance(user, User) and people.must_change_password(user)
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it."""
        messages.success(self.request, _("Your password was changed."))
        return super().form_valid(form)


change = Change.as_view()
