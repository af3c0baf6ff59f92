"""The page on which an administrator says which imports two persons have to agree on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundekort.services import people, settings
from kundekort.services.accounts import Role
from kundekort.web.actor import actor_of
from kundekort.web.forms.four_eyes import FourEyesForm


@require_http_methods(["GET", "HEAD", "POST"])
def four_eyes(request: HttpRequest) -> HttpResponse:
    """The choices as they are; posted, they are made anew."""
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    form = FourEyesForm(request.POST if request.method == "POST" else None, current=settings.current())
    if request.method == "POST" and form.is_valid():
        settings.change(actor=actor, **form.chosen())
        messages.success(request, _("Saved."))
        return redirect("four-eyes")
    importers = (Role.IMPORTER, Role.ADMINISTRATOR)
    able = [one for one in people.list_all(actor=actor) if one.role in importers and not one.locked]
    context = {"room": "four-eyes", "form": form, "usual": settings.Settings(), "alone": len(able) < 2}
    return render(request, "kundekort/four_eyes.html", context)
