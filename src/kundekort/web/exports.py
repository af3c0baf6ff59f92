"""Lists of customers to take home: what is asked for, waiting for it, and the file. The services write and log it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.engine.segments.condition import Group, from_json, to_json
from kundekort.services import exports, identities, layouts
from kundekort.services.accounts import Role
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import SegmentInvalid, TooManyForWorkbook
from kundekort.store.models import Export
from kundekort.store.selection import Selection
from kundekort.web.actor import actor_of
from kundekort.web.progress import export_progress


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Who took what, when; each list that is still kept can be fetched again."""
    actor = actor_of(request)
    context = {
        "room": "segments",
        "exports": [
            {
                "export": export,
                "who": identities.author(export),
                "what": (what := export.selection),
                "open": actor.role is Role.ADMINISTRATOR or not what.everybody,
            }
            for export in exports.recent(actor=actor, limit=100)
        ],
    }
    return render(request, "kundekort/exports/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask which form and layout a list is to have, and begin it. The address says which customers."""
    actor = actor_of(request)
    what = _selection(request.GET)
    context: dict[str, Any] = {
        "room": "segments",
        "what": what,
        "layouts": layouts.list_all(),
        "forms": list(FileFormat),
    }
    try:
        if request.method == "POST":
            form = _form(request.POST.get("form", ""))
            layout = request.POST.get("layout")
            export = exports.start(what=what, form=form, layout=layout, language=get_language() or "nb", actor=actor)
            return redirect(_taking(export))
        context["total"] = exports.count(what, actor=actor)
    except (SegmentInvalid, TooManyForWorkbook) as refusal:
        context["refused"] = wording.refusal(refusal.code, refusal.params)
        context["dead"] = isinstance(refusal, SegmentInvalid)
        if not context["dead"]:
            context["total"] = refusal.params["count"]
    return render(request, "kundekort/exports/new.html", context)


@require_safe
def show(request: HttpRequest, export_id: int) -> HttpResponse:
    """The page of a list: waiting for it, or the file."""
    export = exports.get(export_id, actor=actor_of(request))
    what = export.selection
    context = {
        "room": "segments",
        "export": export,
        "what": what,
        "filename": exports.filename(export),
        "days": exports.KEPT_DAYS,
        "taking": "take" in request.GET,
        "again": _query(what),
        "failure": export.notice and wording.refusal(export.notice, {}),
    }
    if export.state == Export.State.WAITING:
        return render(request, "kundekort/exports/working.html", context | export_progress(export))
    return render(request, "kundekort/exports/export.html", context)


@require_safe
def progress(request: HttpRequest, export_id: int) -> HttpResponse:
    """How far the writing of a list has come, asked again and again; once it is over, the way to its page."""
    export = exports.get(export_id, actor=actor_of(request))
    if export.state == Export.State.WAITING:
        return render(request, "kundekort/parts/progress.html", export_progress(export))
    return HttpResponse(headers={"HX-Redirect": _taking(export)})


@require_safe
def file(request: HttpRequest, export_id: int) -> FileResponse:
    """The file of a list."""
    content, name, media_type = exports.open_file(export_id, actor=actor_of(request))
    headers = {"Cache-Control": "private, no-store"}
    return FileResponse(content, as_attachment=True, filename=name, content_type=media_type, headers=headers)


@require_POST
def cancel(request: HttpRequest, export_id: int) -> HttpResponse:
    """Give a list up before it is written."""
    exports.cancel(export_id, actor=actor_of(request))
    return redirect("export", export_id)


def _taking(export: Export) -> str:
    """The page of a list at which its download begins by itself."""
    return reverse("export", args=[export.pk]) + "?take=1"


def selection_query(*, search: str = "", rules: Group | None = None) -> str:
    """How an address says which customers a search and rules mean; '' for all."""
    said = {"search": search} if search else {}
    if rules is not None and rules.parts:
        said["rules"] = json.dumps(to_json(rules), ensure_ascii=False)
    return f"?{urlencode(said)}" if said else ""


def _query(what: Selection) -> str:
    """How an address says which customers."""
    if what.segment is not None:
        return f"?{urlencode({'segment': what.segment})}"
    return selection_query(search=what.search or "", rules=what.rules)


def _selection(query: QueryDict) -> Selection:
    """Which customers an address says. BadRequest for rules that no page could have sent."""
    try:
        rules = from_json(json.loads(text)) if (text := query.get("rules")) else None
    except (ValueError, RecursionError) as error:
        raise BadRequest("rules are no rules") from error
    return Selection(segment=query.get("segment"), search=query.get("search", "").strip() or None, rules=rules)


def _form(name: str) -> FileFormat:
    """The form of that name. BadRequest for what the page could not have sent."""
    if name not in list(FileFormat):
        raise BadRequest("unknown form")
    return FileFormat(name)
