"""The customer card."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundekort.engine.schema import Schema
from kundekort.services import customers, fields, history
from kundekort.services.refusals import CardAnonymised
from kundekort.web import privacy
from kundekort.web.actor import actor_of

GROUPS: Final = (
    ("person", ("first_name", "last_name", "company", "gender", "date_of_birth", "language")),
    ("contact", ("email", "mobile", "phone")),
    ("address", ("address", "address2", "zip_code", "city", "country")),
    ("consents", ("email_consent", "sms_consent", "tags")),
    ("other", ("external_id", "internal_note")),
)
"""How the card gathers the built-in fields."""


def groups(schema: Schema) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """How the card gathers all fields of the register: its own ones in a group of their own, if there are any."""
    custom = tuple(f.key for f in schema if f.custom)
    return (*GROUPS[:-1], ("custom", custom), GROUPS[-1]) if custom else GROUPS


@require_safe
def card(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer with everything that has happened to the card."""
    actor = actor_of(request)
    try:
        customer = customers.card(customer_id, actor=actor)
    except CardAnonymised:
        return privacy.anonymised(request, customer_id)
    context = {
        "room": "customers",
        "customer": customer,
        "groups": groups(fields.schema()),
        "consents": {c.field: c for c in history.consents(customer_id, actor=actor)},
        "history": history.of_customer(customer_id, actor=actor),
    }
    return render(request, "kundekort/customers/card.html", context)
