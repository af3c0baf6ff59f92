"""The column layouts: their list, and the page on which one is arranged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kundekort import wording
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Field, Kind
from kundekort.services import fields, layouts
from kundekort.services.accounts import Role, actor_of
from kundekort.services.layouts import Layout
from kundekort.services.refusals import LayoutInvalid
from kundekort.web.forms import written


@dataclass(frozen=True, slots=True)
class Line:
    """One field as the page shows it: under which header, whether it is a column of the layout, what is wrong."""

    field: Field
    header: str
    chosen: bool
    fault: str = ""

    @property
    def fixed(self) -> bool:
        """Whether every layout must have it."""
        return self.field.kind is Kind.ID


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All layouts, the default one first."""
    actor_of(request.user).require(Role.ADMINISTRATOR)
    return render(request, "kundekort/layouts/list.html", {"room": "layouts", "layouts": layouts.list_all()})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Arrange a layout: a new one, that called `name`, or a copy of that called `copy`."""
    actor = actor_of(request.user)
    actor.require(Role.ADMINISTRATOR)
    if request.method == "POST":
        return _save(request)
    former = written(request.GET.get("name", "")) or None
    pattern = layouts.get(former if former else written(request.GET.get("copy", layouts.BUILT_IN)))
    name = former or (_("Copy of %(name)s") % {"name": pattern.name} if pattern.name else "")
    return _form(
        request,
        {
            "former": former,
            "name": name,
            "empty_cells": pattern.empty_cells,
            "is_default": bool(former) and pattern.is_default,
        },
        _lines(pattern),
    )


def _save(request: HttpRequest) -> HttpResponse:
    given = request.POST
    lines = _read(given)
    wish: dict[str, Any] = {
        "former": written(given.get("former", "")) or None,
        "name": written(given.get("name", "")),
        "empty_cells": EmptyCells.KEEP if given.get("empty_cells") == EmptyCells.KEEP else EmptyCells.OVERWRITE,
        "is_default": given.get("is_default") == "1",
    }
    try:
        saved = layouts.save(
            **wish, columns=[(x.field.key, x.header) for x in lines if x.chosen], actor=actor_of(request.user)
        )
    except LayoutInvalid as refusal:
        return _form(request, wish, lines, refusal=refusal)
    messages.success(request, _("The layout “%(name)s” was saved.") % {"name": saved.name})
    return redirect("layouts")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Ask whether to forget a layout, and forget it; files made with it can still be imported."""
    actor = actor_of(request.user)
    actor.require(Role.ADMINISTRATOR)
    name = written((request.POST if request.method == "POST" else request.GET).get("name", ""))
    if request.method != "POST":
        context = {"room": "layouts", "layout": layouts.get(name)}
        return render(request, "kundekort/layouts/delete.html", context)
    layouts.delete(name, actor=actor)
    messages.success(
        request, _("The layout “%(name)s” is gone. Files made with it can still be imported.") % {"name": name}
    )
    return redirect("layouts")


def _lines(layout: Layout) -> list[Line]:
    """Every field: first the columns of the layout in their order, then what it leaves out."""
    chosen = [Line(field=c.field, header=c.header, chosen=True) for c in layout.columns]
    keys = {line.field.key for line in chosen}
    return chosen + [Line(field=f, header=f.header, chosen=False) for f in _offered() if f.key not in keys]


def _read(data: QueryDict) -> list[Line]:
    """The lines as the form has them, in its order; fields made meanwhile come last."""
    offered = {f.key: f for f in _offered()}
    given = [offered.pop(key) for key in data.getlist("field") if key in offered]
    lines = [
        Line(field=f, header=written(data.get(f"header-{f.key}", "")), chosen=data.get(f"chosen-{f.key}") == "1")
        for f in given
    ]
    return lines + [Line(field=f, header=f.header, chosen=False) for f in offered.values()]


def _offered() -> list[Field]:
    """What can be a column; exports add the version by themselves."""
    return [f for f in fields.schema() if f.kind is not Kind.VERSION]


def _form(
    request: HttpRequest, wish: dict[str, Any], lines: Sequence[Line], *, refusal: LayoutInvalid | None = None
) -> HttpResponse:
    fault = wording.column_fault(refusal.params["reason"], refusal.params) if refusal else ""
    told = [_told(line, refusal, fault) for line in lines]
    context = {
        "room": "layouts",
        "layout": wish,
        "lines": told,
        "name_fault": fault if refusal and refusal.params["reason"].startswith("name") else "",
        "fault": fault,
    }
    return render(request, "kundekort/layouts/form.html", context)


def _told(line: Line, refusal: LayoutInvalid | None, fault: str) -> Line:
    """The line with the fault, if it is about this column."""
    if refusal is None or not line.chosen:
        return line
    if "header" in refusal.params:
        meant = " ".join(line.header.split()).casefold() == refusal.params["header"].casefold()
        meant = meant and line.field.key != refusal.params.get("field")
    else:
        meant = line.field.key == refusal.params.get("field")
    return Line(field=line.field, header=line.header, chosen=True, fault=fault) if meant else line
