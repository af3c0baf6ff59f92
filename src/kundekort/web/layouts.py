"""The column layouts: their list, and the page on which one is arranged."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kundekort.engine.schema import Field, Kind
from kundekort.services import fields, layouts
from kundekort.services.accounts import Role
from kundekort.services.refusals import LayoutInvalid
from kundekort.web.actor import actor_of
from kundekort.web.forms.layouts import LayoutForm
from kundekort.web.forms.text import written


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All layouts, the default one first."""
    actor_of(request).require(Role.ADMINISTRATOR)
    return render(request, "kundekort/layouts/list.html", {"room": "layouts", "layouts": layouts.list_all()})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Arrange a layout: a new one, that called `name`, or a copy of that called `copy`."""
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    if request.method == "POST":
        return _save(request, LayoutForm(request.POST, offered=_offered()))
    former = written(request.GET.get("name", ""))
    pattern = layouts.get(former or written(request.GET.get("copy", layouts.BUILT_IN)))
    name = former or (_("Copy of %(name)s") % {"name": pattern.name} if pattern.name else "")
    return _page(request, LayoutForm(offered=_offered(), pattern=pattern, name=name, former=former))


def _save(request: HttpRequest, form: LayoutForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    try:
        saved = layouts.save(
            said["name"],
            columns=form.columns(),
            empty_cells=said["empty_cells"],
            is_default=said["is_default"],
            former=said["former"] or None,
            actor=actor_of(request),
        )
    except LayoutInvalid as refusal:
        form.refuse(refusal)
        return _page(request, form)
    messages.success(request, _("The layout “%(name)s” was saved.") % {"name": saved.name})
    return redirect("layouts")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Ask whether to forget a layout, and forget it; files made with it can still be imported."""
    actor = actor_of(request)
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


def _offered() -> list[Field]:
    """What can be a column; exports add the version by themselves."""
    return [f for f in fields.schema() if f.kind is not Kind.VERSION]


def _page(request: HttpRequest, form: LayoutForm) -> HttpResponse:
    return render(request, "kundekort/layouts/form.html", {"room": "layouts", "layout": form})
