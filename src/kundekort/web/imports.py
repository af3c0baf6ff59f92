"""The import page and the way of one import: upload, wait, and whichever page its state calls for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.engine.errors import FileRefused
from kundekort.engine.recipe import Policy
from kundekort.services import (
    confirming,
    customers,
    fields,
    identities,
    import_list,
    imports,
    layouts,
    lists,
    planning,
    undoing,
)
from kundekort.services import preview as previews
from kundekort.services.accounts import Actor, Role
from kundekort.services.import_list import ImportFilter
from kundekort.services.layouts import Layout
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import CannotImport, Forbidden, NotFound, PlanDamaged
from kundekort.services.uploading import uploaded
from kundekort.store.models import Import
from kundekort.store.pages import Filter
from kundekort.web import columns, preview
from kundekort.web.actor import actor_of
from kundekort.web.bodies import takes_file
from kundekort.web.decisions import decided_lines
from kundekort.web.findings import headers_of
from kundekort.web.import_list import back_to_list, table
from kundekort.web.password_change import has_to_change
from kundekort.web.progress import import_progress
from kundekort.web.required_factor import lacks_factor
from kundekort.wording.lists import template_name

WORKING = (Import.State.RECEIVED, Import.State.CONFIRMING)
CARDS_SHOWN = 8
RECENT = 20


@takes_file(Role.IMPORTER)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The import page; a posted file begins an import."""
    actor = actor_of(request)
    if request.method == "POST":
        return _upload(request, actor)
    if "too-large" in request.GET:  # the proxy has refused it
        raise CannotImport(FileRefused("file_too_large", limit=settings.KUNDEKORT_MAX_BYTES))
    return _page(request, actor)


@login_not_required
@require_safe
def permission(request: HttpRequest) -> HttpResponse:
    """Whether a proxy may let a file of this person through: 204 for yes, else 401 without and 403 with a login."""
    try:
        actor_of(request).require(Role.IMPORTER)
    except Forbidden:
        return HttpResponse(status=HTTPStatus.FORBIDDEN if request.user.is_authenticated else HTTPStatus.UNAUTHORIZED)
    if has_to_change(request) or lacks_factor(request):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _page(request: HttpRequest, actor: Actor, *, no_file: bool = False) -> HttpResponse:
    every, layout = layouts.list_all(), _layout(request)
    context = {
        "room": "imports",
        "no_file": no_file,
        "layouts": every,
        "layout": layout,
        "heads": {column.field.key: column.header for column in layout.columns},
        "examples": lists.examples(layout.fields).rows(),
        "max_bytes": settings.KUNDEKORT_MAX_BYTES,
    }
    recent = import_list.search(ImportFilter(), offset=0, limit=RECENT, actor=actor)
    return render(request, "kundekort/imports/start.html", context | table(recent.lines))


def _upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    file = uploaded(request)
    if file is None:
        return _page(request, actor, no_file=True)
    with fields.once():
        policy = Policy(empty_cells=_layout(request).empty_cells)
        imp = imports.receive(file, filename=file.name or "", policy=policy, actor=actor)  # type: ignore[arg-type]  # it reads
        planning.plan_now_or_queue(imp.pk)
    return redirect("import", imp.pk)


@require_safe
def template(request: HttpRequest, ending: str) -> HttpResponse:
    """A column layout as a file to fill in."""
    if ending not in (FileFormat.CSV, FileFormat.XLSX):
        raise NotFound(id=ending)
    form = FileFormat(ending)
    language = get_language() or "nb"
    content = b"".join(lists.template(columns=_layout(request).fields, form=form, language=language))
    disposition = content_disposition_header(True, f"{template_name(language)}.{form.extension}")
    return HttpResponse(content, content_type=form.media_type, headers={"Content-Disposition": disposition})


def _layout(request: HttpRequest) -> Layout:
    """The layout that was asked for, else the default one. Raises NotFound, but not for a file that is there by now."""
    if request.method != "POST":
        return layouts.get(request.GET.get("layout"))
    try:
        return layouts.get(request.POST.get("layout"))
    except NotFound:
        return layouts.get()


@require_safe
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    """The page of an import: its state decides which."""
    actor = actor_of(request)
    imp = imports.visit(import_id, actor=actor)
    match imp.state:
        case Import.State.RECEIVED if imports.has_failed(imp):
            context = _context(imp) | {"words": wording.refusal(imp.notice, {})}
            return render(request, "kundekort/imports/failed.html", context)
        case Import.State.RECEIVED | Import.State.CONFIRMING:
            return render(request, "kundekort/imports/working.html", _context(imp) | import_progress(imp))
        case Import.State.COLUMNS:
            return columns.page(request, imp)
        case Import.State.PREVIEW if _is_worth_a_look(imp) or "rows" in request.GET:
            return preview.page(request, imp)
        case Import.State.DONE if _changes_something(imp):
            return render(request, "kundekort/imports/done.html", _done(imp))
        case Import.State.CANCELLED:
            context = _context(imp) | {"days_abandoned": imports.days_abandoned(imp)}
            return render(request, "kundekort/imports/cancelled.html", context)
    words = wording.refusal if imp.question else wording.reason
    reasons = [words(note.code, note.params) for note in previews.reasons(imp)]
    context = _context(imp) | {"reasons": reasons} | _decided(imp) | _recut(imp)
    return render(request, "kundekort/imports/nothing.html", context)


@require_safe
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far the work on an import has come, asked again and again; once it is over, the way to its page."""
    imp = imports.get(import_id, actor=actor_of(request))
    if imp.state in WORKING and not imports.has_failed(imp):
        return render(request, "kundekort/parts/progress.html", _context(imp) | import_progress(imp))
    return HttpResponse(headers={"HX-Redirect": reverse("import", args=[import_id])})


@require_POST
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give an import up before it is confirmed, and go back to the list of imports if it was asked for there."""
    imports.cancel(import_id, actor=actor_of(request))
    if "list" not in request.POST:
        return redirect("import", import_id)
    messages.success(request, _("The import was cancelled. Nothing in the register was changed."))
    return back_to_list(request.POST["list"])


@require_POST
def again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Try again what a job could not do."""
    planning.try_again(import_id, actor=actor_of(request))
    return redirect("import", import_id)


@require_POST
def take_back(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give an import that was confirmed its preview back."""
    confirming.take_back(import_id, actor=actor_of(request))
    messages.success(request, wording.refusal("taken_back", {}))
    return redirect("import", import_id)


def _context(imp: Import) -> dict[str, Any]:
    return {"room": "imports", "import": imp, "totals": imp.totals, "waits_until": imports.waits_until(imp)}


def _recut(imp: Import) -> dict[str, Any]:
    """Another way to cut a file that changes nothing as it was cut, if there is one."""
    if imp.state != Import.State.PREVIEW or imp.undoes is not None:
        return {}
    return {"recut": imports.facts(imp).recut, "dialect": imports.recipe(imp).dialect}


def _changes_something(imp: Import) -> bool:
    """Whether there is a preview to look at: something changes, or rows with errors wait for a person."""
    return imp.totals is not None and imp.totals.changes_register


def _is_worth_a_look(imp: Import) -> bool:
    """Whether there are rows to decide on: something would change, or would if a person chose so."""
    return imp.undoes_id is not None or _changes_something(imp) or imports.facts(imp).conflict_rows > 0


def _decided(imp: Import) -> dict[str, Any]:
    """What was decided about an import that waits, with the ways back."""
    decisions = imp.decisions
    if imp.state != Import.State.PREVIEW or not (decisions.steps or decisions.choices or decisions.leave_out_errors):
        return {}
    return decided_lines(imp, previews.summary(imp), headers_of(imp))


def _done(imp: Import) -> dict[str, Any]:
    try:
        rows = previews.page(imp, Filter(box="changed"), offset=0, limit=CARDS_SHOWN).rows
    except PlanDamaged:  # the record of what was done tells it all the same, in its own time
        rows = ()
    found = customers.cards([row.id for row in rows if row.id])
    summary = previews.summary(imp)
    return {
        **_context(imp),
        **decided_lines(imp, summary, headers_of(imp)),
        "consents": summary.consents,
        "cards": [found[row.id] for row in rows if row.id in found],
        "undo": _undo(imp),
    }


def _undo(imp: Import) -> dict[str, Any] | None:
    """What can be taken back of an import that is done: itself, or its taking back by somebody; None for nothing."""
    if imp.revision is None:
        return None
    revision, in_effect = undoing.last_of(imp.revision)
    source = getattr(revision, "source", None)
    return {
        "revision": revision.pk,
        "in_effect": in_effect,
        "by": identities.author(revision),
        "when": revision.created_at,
        "import_id": source.pk if source else None,
    }
