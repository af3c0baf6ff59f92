"""Segmentation: the saved segments, and the builder with its count and first customers while one builds.

The rules travel as their JSON form; what they mean is the services' business.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.engine.segments.condition import Group, RuleError, to_json
from kundekort.services import segments
from kundekort.services.refusals import SegmentInvalid
from kundekort.services.segments import SavedSegment
from kundekort.web import segment_builder
from kundekort.web.actor import actor_of
from kundekort.web.forms.segments import RulesForm, SegmentForm

SHOWN: Final = 8
"""Customers that stand under the count."""
COLUMNS: Final = ("id", "last_name", "first_name", "company", "email", "city")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The saved segments; their counts are fetched when they come into sight."""
    context = {"room": "segments", "segments": segments.list_all(actor=actor_of(request))}
    return render(request, "kundekort/segments/list.html", context)


@require_safe
def count(request: HttpRequest, segment_id: int) -> HttpResponse:
    """How many customers a saved segment has."""
    actor = actor_of(request)
    saved = segments.get(segment_id, actor=actor)
    total = None if saved.faults else segments.count(saved.condition, actor=actor)
    return render(request, "kundekort/segments/count.html", {"total": total})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The builder without a segment yet."""
    return _save(request, None) if request.method == "POST" else _builder(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The builder of a saved segment."""
    saved = segments.get(segment_id, actor=actor_of(request))
    return _save(request, saved) if request.method == "POST" else _builder(request, saved)


@require_POST
def result(request: HttpRequest) -> HttpResponse:
    """How many customers the posted rules mean and the first of them, or what is wrong with which rule."""
    actor = actor_of(request)
    context: dict[str, Any] = {"columns": COLUMNS}
    try:
        condition, faults = segments.check(segments.parse(RulesForm(request.POST).rules()))
        if not faults:
            context["page"] = segments.page(condition, offset=0, limit=SHOWN, actor=actor)
    except SegmentInvalid as refusal:
        faults = (RuleError(refusal.params["path"], refusal.params["reason"], refusal.params),)
    context["faults"] = [_told(fault) for fault in faults]
    return render(request, "kundekort/segments/result.html", context)


@require_POST
def copy(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Keep the rules under another name too, and go there."""
    actor = actor_of(request)
    saved = segments.get(segment_id, actor=actor)
    taken = {one.name for one in segments.list_all(actor=actor)}
    first = _("Copy of %(name)s") % {"name": saved.name}
    first = first[: segments.LONGEST_NAME - 5].strip()
    name = next(name for n in range(1, len(taken) + 2) if (name := first if n == 1 else f"{first} {n}") not in taken)
    made = segments.copy(segment_id, name=name, actor=actor)
    messages.success(request, _("“%(name)s” was made. Change what should differ, and save.") % {"name": made.name})
    return redirect("segment", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Forget a segment, once a person has said so."""
    actor = actor_of(request)
    saved = segments.get(segment_id, actor=actor)
    if request.method == "POST":
        segments.delete(segment_id, actor=actor)
        messages.success(request, _("The segment “%(name)s” is deleted.") % {"name": saved.name})
        return redirect("segments")
    return render(request, "kundekort/segments/delete.html", {"room": "segments", "segment": saved})


def _save(request: HttpRequest, former: SavedSegment | None) -> HttpResponse:
    form = SegmentForm(request.POST)
    rules, said = form.rules(), form.cleaned_data
    try:
        saved = segments.save(
            said["name"],
            condition=segments.parse(rules),
            description=said["description"],
            former=former.id if former else None,
            seen=said["seen"],
            actor=actor_of(request),
        )
    except SegmentInvalid as refusal:
        form.refuse(refusal)
        return _page(request, form, rules, former)
    messages.success(request, _("The segment “%(name)s” is saved.") % {"name": saved.name})
    if said["then"] == "export":
        return redirect(f"{reverse('export-new')}?{urlencode({'segment': saved.name})}")
    return redirect("segment", saved.id)


def _builder(request: HttpRequest, saved: SavedSegment | None) -> HttpResponse:
    """The builder with what is saved."""
    initial = {"name": saved.name, "description": saved.description} if saved else None
    rules = saved.condition if saved else _proposed(request)
    return _page(request, SegmentForm(initial=initial), to_json(rules), saved)


def _proposed(request: HttpRequest) -> Group:
    """The rules that an address brings along, as that of the customer list does; none else."""
    if "rules" not in request.GET:
        return Group()
    return segments.parse(RulesForm({"condition": request.GET["rules"]}).rules())


def _page(request: HttpRequest, form: SegmentForm, rules: Any, saved: SavedSegment | None) -> HttpResponse:
    context = {
        "room": "segments",
        "segment": saved,
        "form": form,
        "condition": json.dumps(rules, ensure_ascii=False),
        "seen": saved.changed_at.isoformat() if saved else "",
        **segment_builder.of_builder(rules, actor=actor_of(request)),
    }
    return render(request, "kundekort/segments/builder.html", context)


def _told(fault: RuleError) -> dict[str, str]:
    """What is wrong, beside which rule; a rule that only waits for its value is no mistake yet."""
    return {
        "path": ".".join(map(str, fault.path)),
        "waiting": "1" if fault.reason == "values_missing" else "",
        "words": wording.segment_fault(fault.reason, (), fault.params),
    }
