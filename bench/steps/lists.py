"""What people look at and take along: pages of a preview, the customer list, segments, exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from bench.clock import Clock

from bench.steps.product import BENCH  # isort: skip - before all that wants Django
from bench.words import PAGES, SEARCHES, SEGMENTS

from kundekort.services import customer_list, exports, preview
from kundekort.services import segments as services
from kundekort.services.customer_list import Place
from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter
from kundekort.store.selection import Selection

LIMIT: Final = 100
"""Rows of a page of a preview, as the browser asks for them; the customer list has half of that."""


def pages(clock: Clock, *, number: int, runs: int) -> dict[str, Any]:
    """Pages of a preview."""
    imp = Import.objects.get(pk=number)

    def page(name: str) -> None:
        asked, place = PAGES[name]
        offset = min(int(imp.totals.rows * place), imp.totals.rows - LIMIT)
        preview.page(imp, Filter(**asked), offset=max(0, offset), limit=LIMIT)

    return _all(clock, runs, {name: partial(page, name) for name in PAGES})


def customers(clock: Clock, *, runs: int) -> dict[str, Any]:
    """Pages of the customer list."""
    many = Customer.objects.count()

    def search(text: str, order: str, place: float) -> None:
        customer_list.search(text=text, place=Place(int(many * place)), limit=50, order=order, actor=BENCH)

    return _all(clock, runs, {name: partial(search, *asked) for name, asked in SEARCHES.items()})


def segments(clock: Clock, *, runs: int) -> dict[str, Any]:
    """How many customers are in segments."""

    def count(name: str) -> None:
        rules = [
            {"field": field, "operator": operator, "values": values} for field, operator, *values in SEGMENTS[name]
        ]
        services.count(services.parse({"all": rules}), actor=BENCH)

    return _all(clock, runs, {name: partial(count, name) for name in SEGMENTS})


def _all(clock: Clock, runs: int, asked: Mapping[str, Callable[[], None]]) -> dict[str, Any]:
    """Seconds of each, by name: all in turn, again and again; the first time round is not told, it loads things."""
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(1 + runs):
        for name, ask in asked.items():
            once = Clock()
            with once:
                ask()
            times[name].append(once.seconds)
    with clock:
        pass
    return {"all": {name: seconds[1:] for name, seconds in times.items()}}


def export(clock: Clock, *, form: str) -> dict[str, Any]:
    """All customers as a file that is kept."""
    with clock:
        made = exports.start(what=Selection(), form=FileFormat(form), actor=BENCH)
        if made.state == made.State.WAITING:  # else it was so short that it was written at once
            made = exports.make(made.pk)
    assert made.state == made.State.DONE, made.state
    return {"bytes": made.size}
