"""A day at the counter, for whoever reads in the server's log which statements it takes."""

from __future__ import annotations

from typing import Any

from bench.clock import Clock

from bench.steps.product import BENCH  # isort: skip - before all that wants Django

from kundekort.services import customer_list, customers, editing, history
from kundekort.services.customer_list import Place
from kundekort.store.models import Customer

CARDS = 25


def counter(clock: Clock) -> dict[str, Any]:
    """Search for somebody by their address, open their card and its history, and change their city; again and again."""
    found = list(Customer.objects.exclude(email="").order_by("pk").values_list("pk", "email", "version")[:CARDS])
    with clock:
        for number, email, version in found:
            customer_list.search(text=email, place=Place(0), limit=50, order="id", actor=BENCH)
            customers.card(number, actor=BENCH)
            history.of_customer(number, actor=BENCH)
            editing.edit(number, version=version, values={"city": f"By {number}"}, actor=BENCH)
    return {"cards": len(found)}
