"""What a person may ask for: to be given all there is about them, or to be forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundekort import wording
from kundekort.services import anonymising, customers, disclosure, history
from kundekort.services.accounts import Actor
from kundekort.services.refusals import CardRemoved, RegisterBusy
from kundekort.store.models import Anonymisation
from kundekort.web.actor import actor_of


@require_POST
def disclose(request: HttpRequest, customer_id: int) -> HttpResponse:
    """All there is about a customer, as a file."""
    name, content = disclosure.write(customer_id, actor=actor_of(request))
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def anonymise(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What anonymising a customer would take away; posted with the number written out, it is done."""
    actor = actor_of(request)
    outlook = anonymising.outlook(customer_id, actor=actor)
    fault = ""
    if request.method == "POST":
        if request.POST.get("number", "").strip() == str(customer_id):
            try:
                made = anonymising.anonymise([customer_id], actor=actor)
            except RegisterBusy as refusal:
                fault = wording.refusal(refusal.code, refusal.params)
            else:
                words = _("Customer %(number)s was anonymised.")
                if made.state == Anonymisation.State.WAITING:
                    words = _("Customer %(number)s will be anonymised in a moment.")
                messages.success(request, words % {"number": customer_id})
                return redirect("customer", customer_id)
        else:
            fault = _("Write the customer number %(number)s to go on.") % {"number": customer_id}
    context = {
        "room": "customers",
        "customer": _card(customer_id, actor),
        "number": customer_id,
        "outlook": outlook,
        "fault": fault,
    }
    return render(request, "kundekort/customers/anonymise.html", context)


def anonymised(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What is left of a customer who was anonymised: when that was, and by whom."""
    actor = actor_of(request)
    made = anonymising.of_customer(customer_id, actor=actor)
    context = {
        "room": "customers",
        "customer": {"id": customer_id},
        "anonymisation": made,
        "notes": wording.clearing(made.notice),
        "history": history.of_customer(customer_id, actor=actor),
    }
    return render(request, "kundekort/customers/anonymised.html", context)


def _card(customer_id: int, actor: Actor) -> object:
    try:
        return customers.card(customer_id, actor=actor)
    except CardRemoved:  # what it was stands in its history
        return {"id": customer_id}
