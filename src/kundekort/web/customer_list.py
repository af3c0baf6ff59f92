"""The customer list: search, filters, and the columns that each person wants to see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kundekort import wording
from kundekort.engine.schema import Kind, Schema
from kundekort.engine.segments.condition import Condition, Group, to_json
from kundekort.services import customer_list, fields, segments
from kundekort.services.customer_list import Place
from kundekort.web.actor import actor_of
from kundekort.web.exports import selection_query
from kundekort.web.forms.customer_filter import CustomerFilter, has_column
from kundekort.web.query import flag, number

PAGE: Final = 50
LAST_PAGE: Final = 9_999_999
YEAR: Final = 365 * 24 * 60 * 60
COLUMNS: Final = ("id", "last_name", "first_name", "company", "email", "mobile", "city")
"""The columns of the list until a person chooses others."""
ORDERS: Final = {"id": "id", "last_name": "name", "email": "email", "city": "city"}
"""The order that the header of a column gives."""
NAMES: Final = ("last_name", "first_name", "company", "email", "id")
"""The columns that can lead to the card: the first of them that is shown and has a value."""


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Customers that fit the search and the filters, some at a time; asked by htmx, only their table."""
    actor = actor_of(request)
    text = request.GET.get("q", "").strip()
    order, descending = request.GET.get("order", "id"), flag(request.GET.get("down"))
    page = number(request.GET.get("page"), least=1, most=LAST_PAGE) or 1
    form = CustomerFilter(request.GET.dict(), subjects=segments.subjects())
    rules, faults = _rules(form)
    found = customer_list.search(
        text=text,
        rules=rules,
        place=_place(request, page),
        limit=PAGE,
        order=order,
        descending=descending,
        actor=actor,
    )

    def address(**change: str | int) -> str:
        said = {"q": text, "order": order, "down": int(descending), "page": page} | form.query()
        return "?" + urlencode(said | change)

    schema = fields.schema()
    chosen = _chosen(request, schema)
    last = (page - 1) * PAGE + len(found.rows)
    ends = (found.rows[0]["id"], found.rows[-1]["id"]) if found.rows else (0, 0)
    context = {
        "room": "customers",
        "text": text,
        "form": form,
        "order": order,
        "down": int(descending),
        "without": {question.key: _without(form, question.key, q=text, order=order) for question in form.questions},
        "narrowed": bool(text or rules.parts),
        "faults": faults,
        "page": found,
        "lines": [(row, _lead(row, chosen)) for row in found.rows],
        "first": (page - 1) * PAGE + 1,
        "last": last,
        "previous": address(page=page - 1, **({"before": ends[0]} if page > 2 else {})) if page > 1 else "",
        "next": address(page=page + 1, after=ends[1]) if found.more or "before" in request.GET else "",
        "counting": "" if found.total is not None else address(),
        "taking": selection_query(search=text, rules=rules),
        "segment": urlencode({"rules": json.dumps(to_json(rules), ensure_ascii=False)}) if rules.parts else "",
        "columns": [
            {
                "key": key,
                "kind": schema[key].kind,
                "sorted": ("descending" if descending else "ascending") if order == ORDERS.get(key) else "",
                "url": address(order=by, down=int(by == order and not descending), page=1)
                if (by := ORDERS.get(key))
                else "",
            }
            for key in chosen
        ],
        "all_columns": [(f.key, f.key in chosen) for f in schema if has_column(f) and f.kind is not Kind.ID],
        "here": request.GET.urlencode(),
    }
    if form.questions:
        context["tags"] = segments.tags(actor=actor)
    part = bool(request.htmx)  # type: ignore[attr-defined]  # by HtmxMiddleware
    return render(request, f"kundekort/customers/{'rows' if part else 'list'}.html", context)


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many customers fit the search and the filters, asked by htmx where the list has not waited for it."""
    actor = actor_of(request)
    form = CustomerFilter(request.GET.dict(), subjects=segments.subjects())
    rules, _faults = _rules(form)
    total = customer_list.count(text=request.GET.get("q", "").strip(), rules=rules, actor=actor)
    return render(request, "kundekort/customers/count.html", {"total": total})


@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Choose the columns that this person sees in this browser; none chosen means the usual ones."""
    actor_of(request)
    answer = redirect(f"{reverse('customers')}?{QueryDict(request.POST.get('here', '').lstrip('?')).urlencode()}")
    wanted = [key for key in request.POST.getlist("column") if key in fields.schema()]
    answer.set_cookie(_cookie(request), ".".join(wanted), max_age=YEAR, httponly=True, samesite="Lax")
    return answer


def _place(request: HttpRequest, page: int) -> Place:
    """Where the page begins: next to a card that the address names, or else by its number."""
    after, before = (number(request.GET.get(side), least=1) for side in ("after", "before"))
    return Place((page - 1) * PAGE, after=after, before=before)


def _cookie(request: HttpRequest) -> str:
    """The name under which a browser keeps the columns of a person; several may share it."""
    return f"columns-{request.user.pk}"


def _chosen(request: HttpRequest, schema: Schema) -> list[str]:
    """The columns to show in the order of the fields, beginning with the number."""
    usual = (*COLUMNS, *(f.key for f in schema if f.custom))
    wanted = request.COOKIES.get(_cookie(request), "").split(".")
    wanted = [f.key for f in schema if has_column(f) and f.key in wanted and f.kind is not Kind.ID]
    return ["id", *wanted] if wanted else list(usual)


def _rules(form: CustomerFilter) -> tuple[Group, list[str]]:
    """What the filters ask for, without what cannot be understood, and what is wrong with that."""
    parts: list[Condition] = []
    faults: list[str] = []
    for part in form.conditions():
        condition, wrong = segments.check(Group(parts=(part,)))
        parts += [] if wrong else condition.parts
        faults += [wording.segment_fault(fault.reason, (), fault.params) for fault in wrong[:1]]
    return Group(parts=tuple(parts)), faults


def _without(form: CustomerFilter, key: str, **said: str) -> str:
    kept = {name: value for name, value in form.query().items() if name[2:] != key}
    return "?" + urlencode(said | kept)


def _lead(row: Mapping[str, Any], chosen: Sequence[str]) -> str:
    """The column that leads to the card of a row."""
    return next(key for key in NAMES if key in chosen and row[key])
