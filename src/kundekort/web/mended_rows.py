"""Rows that cannot be imported as they are: their file, and the same file when it comes back mended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from kundekort.engine.decisions import Action, Decision
from kundekort.services import mended_rows, planning
from kundekort.services.accounts import Role
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import NotFound
from kundekort.services.uploading import uploaded
from kundekort.web.actor import actor_of
from kundekort.web.bodies import takes_file
from kundekort.wording.lists import mended_name


@require_safe
def download(request: HttpRequest, import_id: int, ending: str) -> StreamingHttpResponse:
    """The rows with errors and those that are left out, with what is wrong."""
    if ending not in (FileFormat.CSV, FileFormat.XLSX):
        raise NotFound(id=ending)
    form = FileFormat(ending)
    content = mended_rows.stream(import_id, form=form, actor=actor_of(request))
    name = f"{mended_name(get_language() or 'nb')}-{import_id}.{form.extension}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return StreamingHttpResponse(content, content_type=form.media_type, headers=headers)


@takes_file(Role.IMPORTER)
@require_POST
def upload(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take the mended rows into the import they are of."""
    actor, file = actor_of(request), uploaded(request)
    if file is not None:
        name, rows = mended_rows.receive(import_id, file, actor=actor)  # type: ignore[arg-type]  # it reads
        planning.decide(import_id, Decision(Action.MEND, name, count=rows), actor=actor)
    return redirect("import", import_id)
