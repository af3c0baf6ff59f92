"""What people look at and take along: pages of a preview, the customer list, segments, exports."""

from __future__ import annotations

from typing import Any, Final

from bench.clock import Clock
from bench.steps.product import BENCH  # isort: skip - before all that wants Django

from kundekort.services import customer_list, exports, preview, segments
from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter
from kundekort.store.selection import Selection

LIMIT: Final = 100
"""Rows of a page of a preview, as the browser asks for them; the customer list has half of that."""
PAGES: Final[dict[str, tuple[dict[str, Any], float]]] = {
    "all rows, the first": ({}, 0),
    "all rows, in the middle": ({}, 0.5),
    "all rows, the last": ({}, 1),
    "what changes, in the middle": ({"box": "changes"}, 0.05),
    "new ones": ({"box": "new"}, 0.01),
    "one column": ({"column": "email"}, 0.02),
    "search: a common text": ({"search": "oslo"}, 0),
    "search: a rare text": ({"search": "x12.anne"}, 0),
    "search: no text of the file": ({"search": "qzxqzx"}, 0),
}
"""Filters of a preview, and how far down the page stands, as a share of all rows."""
WORDS: Final = ("", "hansen", "anne hansen", "oslo", "example", "qzxqzx", "a", "anne qzxqzx")
SEGMENTS: Final[dict[str, list[tuple[Any, ...]]]] = {
    "city, consent and month of birthday": [
        ("city", "is", "oslo"),
        ("email_consent", "is", "ja"),
        ("date_of_birth", "birthday_in_month", 5),
    ],
    "e-mail shared with another card": [("email_shared", "is", True)],
    "shared e-mail in one city": [("email_shared", "is", True), ("city", "is", "oslo")],
    "has a tag": [("tags", "has", "Abonnent")],
    "created in the last 30 days": [("created_at", "in_last_days", 30)],
    "created by an import": [("created_by_import", "is", 1)],
    "no e-mail, but a mobile": [("email", "empty"), ("mobile", "not_empty")],
    "e-mail contains": [("email", "contains", "hansen")],
    "age 18 to 25 and SMS consent": [("date_of_birth", "age_between", 18, 25), ("sms_consent", "is", 1)],
    "one of three cities": [("city", "one_of", "Oslo", "Bergen", "Trondheim")],
    "one e-mail address": [("email", "is", "nobody@example.com")],
    "everybody": [],
}


def page(clock: Clock, *, number: int, name: str) -> None:
    """A page of a preview."""
    imp = Import.objects.get(pk=number)
    asked, place = PAGES[name]
    preview.page(imp, Filter(), offset=0, limit=1)  # what a process that has shown pages before has loaded
    offset = min(int(imp.totals.rows * place), imp.totals.rows - LIMIT)
    with clock:
        preview.page(imp, Filter(**asked), offset=max(0, offset), limit=LIMIT)


def search(clock: Clock, *, text: str, order: str, place: float) -> dict[str, Any]:
    """A page of the customer list."""
    customer_list.search(text="qzx", offset=0, limit=1, actor=BENCH)
    offset = int(Customer.objects.count() * place)
    with clock:
        found = customer_list.search(text=text, offset=offset, limit=50, order=order, actor=BENCH)
    return {"total": found.total}


def segment(clock: Clock, *, name: str) -> dict[str, Any]:
    """How many customers are in a segment."""
    rules = [{"field": field, "operator": operator, "values": values} for field, operator, *values in SEGMENTS[name]]
    condition = segments.parse({"all": rules})
    segments.count(segments.parse({"all": []}), actor=BENCH)
    with clock:
        count = segments.count(condition, actor=BENCH)
    return {"count": count}


def export(clock: Clock, *, form: str) -> dict[str, Any]:
    """All customers as a file that is kept."""
    made = exports.start(what=Selection(), form=FileFormat(form), actor=BENCH)
    if made.state == made.State.WAITING:  # else it was so short that it was written at once
        with clock:
            made = exports.make(made.pk)
    assert made.state == made.State.DONE, made.state
    return {"bytes": made.size}
