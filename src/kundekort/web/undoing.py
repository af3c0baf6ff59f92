"""Taking back what was done: from a button to the preview of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kundekort import wording
from kundekort.services import imports, undoing
from kundekort.services.refusals import AlreadyUndone, NotFound
from kundekort.web.actor import actor_of


@require_POST
def undo(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Show what taking a revision back would do, as an import that waits to be confirmed."""
    try:
        imp = undoing.start(revision_id, actor=actor_of(request))
    except AlreadyUndone as refusal:
        messages.info(request, wording.refusal(refusal.code, refusal.params))
        done = imports.undoing(revision_id)
        return redirect("import", done.pk) if done else redirect("imports")
    return redirect("import", imp.pk)


@require_safe
def outlook(request: HttpRequest, import_id: int) -> HttpResponse:
    """What taking an import back would do now: a part of its page, which asks for it."""
    actor = actor_of(request)
    imp = imports.get(import_id, actor=actor)
    if imp.revision is None:
        raise NotFound(id=import_id)
    context = {"import": imp, "outlook": undoing.outlook(imp.revision.pk, actor=actor)}
    return render(request, "kundekort/imports/outlook.html", context)
