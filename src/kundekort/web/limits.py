"""The page on which an administrator says from where on a file touches so much that it is a finding."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundekort.services import customers, settings
from kundekort.services.accounts import Role
from kundekort.web.actor import actor_of
from kundekort.web.forms.limits import LimitsForm


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """The limits as they are; posted, they are chosen anew."""
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    form = LimitsForm(request.POST if request.method == "POST" else None, current=settings.current())
    if request.method == "POST" and form.is_valid():
        settings.change(actor=actor, **form.chosen())
        messages.success(request, _("Saved."))
        return redirect("limits")
    context = {"room": "limits", "form": form, "usual": settings.Settings(), "customers": customers.count()}
    return render(request, "kundekort/limits.html", context)
