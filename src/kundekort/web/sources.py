"""Sources of files: the list of them, and the page of one with the files that it has had."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.services import identities, sources
from kundekort.services.refusals import NotReached, SourceInvalid
from kundekort.store.models import Source, SourceFile
from kundekort.web.actor import actor_of
from kundekort.web.forms.sources import SourceForm


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All sources, and how each stands."""
    found = sources.list_all(actor=actor_of(request))
    context = {"room": "sources", "sources": [(source, _fault(source)) for source in found]}
    return render(request, "kundekort/sources/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a source."""
    actor = actor_of(request)
    form = _form(request, sources.importers(actor=actor))
    if form.is_valid():
        try:
            made = sources.add(form.said(site=request.build_absolute_uri("/")), actor=actor)
        except (SourceInvalid, NotReached) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The source is ready, and looked at in a moment."))
            return redirect("source", made.pk)
    return render(request, "kundekort/sources/form.html", {"room": "sources", "form": form, "source": "new"})


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, source_id: int) -> HttpResponse:
    """What is said of a source, and the files that it has had."""
    actor = actor_of(request)
    source = sources.get(source_id, actor=actor)
    form = _form(request, sources.importers(actor=actor), made=source)
    if form.is_valid():
        try:
            sources.change(source_id, form.said(site=request.build_absolute_uri("/")), actor=actor)
        except (SourceInvalid, NotReached) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("source", source_id)
    context = {
        "room": "sources",
        "form": form,
        "source": source,
        "fault": _fault(source),
        "owner": identities.current(source.owner_id),
        "files": [(file, _told(file)) for file in sources.files(source_id, actor=actor)],
    }
    return render(request, "kundekort/sources/form.html", context)


@require_POST
def act(request: HttpRequest, source_id: int) -> HttpResponse:
    """Have a source looked at now, switch it on or off, or forget it."""
    actor, what = actor_of(request), request.POST.get("act", "")
    source = sources.get(source_id, actor=actor)
    if what == "delete":
        sources.remove(source_id, actor=actor)
        messages.success(request, _("The source “%(name)s” was deleted.") % {"name": source.name})
        return redirect("sources")
    if what in ("on", "off"):
        sources.switch(source_id, on=what == "on", actor=actor)
        messages.success(request, _("The source is looked at again.") if what == "on" else _("It is paused."))
    elif what == "run":
        sources.hurry(source_id, actor=actor)
        messages.success(
            request, _("It is looked at in a moment. A new file is read once it has been still for a while.")
        )
    return redirect("source", source_id)


def _form(request: HttpRequest, people: dict[int, str], *, made: Source | None = None) -> SourceForm:
    data = request.POST if request.method == "POST" else None
    return SourceForm(data, people=people, own=request.user.pk or 0, made=made)


def _fault(source: Source) -> str:
    """Why the last look failed."""
    params: dict[str, Any] = source.fault_params
    with suppress(KeyError):  # of a version that knew more
        return wording.refusal(source.fault, params) if source.fault else ""
    return source.fault


def _told(file: SourceFile) -> list[str]:
    """Why the import of a file was not confirmed by itself."""
    return [wording.source_reason(reason) for reason in file.waits_for]
