"""The customer list and the customer card."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundekort.engine.schema import Schema
from kundekort.services import customers, fields, history
from kundekort.services.accounts import actor_of
from kundekort.web.query import flag, number

PAGE: Final = 50
LAST_PAGE: Final = 9_999_999
COLUMNS: Final = {
    "id": "id",
    "last_name": "name",
    "first_name": "",
    "company": "",
    "email": "email",
    "mobile": "",
    "city": "city",
}
"""The columns of the list, each with the order its header gives ('': none)."""
NAMES: Final = ("last_name", "first_name", "company")
"""The columns that lead to the card."""

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
def listing(request: HttpRequest) -> HttpResponse:
    """Customers that match the search, some at a time; asked by htmx, only their table."""
    text = request.GET.get("q", "").strip()
    order = request.GET.get("order", "id")
    descending = flag(request.GET.get("down"))
    page = number(request.GET.get("page"), least=1, most=LAST_PAGE) or 1
    offset = (page - 1) * PAGE
    found = customers.search(
        text=text, offset=offset, limit=PAGE, order=order, descending=descending, actor=actor_of(request.user)
    )

    def address(**change: str | int) -> str:
        wanted = {"q": text, "order": order, "down": int(descending), "page": page} | change
        return "?" + urlencode(wanted)

    context = {
        "room": "customers",
        "text": text,
        "page": found,
        "first": offset + 1,
        "last": offset + len(found.rows),
        "previous": address(page=page - 1) if page > 1 else "",
        "next": address(page=page + 1) if offset + len(found.rows) < found.total else "",
        "columns": [
            {
                "key": key,
                "sorted": ("descending" if descending else "ascending") if by and by == order else "",
                "url": address(order=by, down=int(by == order and not descending), page=1) if by else "",
                "custom": by is None,
                "leads": key in NAMES,
                "own": by is None,
            }
            for key, by in (COLUMNS | {f.key: None for f in fields.schema() if f.custom}).items()
        ],
    }
    part = bool(request.htmx)  # type: ignore[attr-defined]  # by HtmxMiddleware
    return render(request, f"kundekort/customers/{'rows' if part else 'list'}.html", context)


@require_safe
def card(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer with everything that has happened to the card."""
    actor = actor_of(request.user)
    customer = customers.card(customer_id, actor=actor)
    context = {
        "room": "customers",
        "customer": customer,
        "groups": groups(fields.schema()),
        "consents": {c.field: c for c in history.consents(customer_id, actor=actor)},
        "history": history.of_customer(customer_id, actor=actor),
    }
    return render(request, "kundekort/customers/card.html", context)
