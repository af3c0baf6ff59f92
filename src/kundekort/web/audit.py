"""The audit log for administrators: page by page, and as a file."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kundekort.services import audit_log
from kundekort.web.actor import actor_of
from kundekort.web.forms.audit import AuditFilterForm
from kundekort.web.query import number

PAGE: Final = 50


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The entries that the filter shows, some at a time, the newest first."""
    actor = actor_of(request)
    form = AuditFilterForm(request.GET, people=audit_log.people(actor=actor))
    before, after = number(request.GET.get("before")), number(request.GET.get("after"))
    page = audit_log.page(form.wanted(), limit=PAGE, before=before, after=after, actor=actor)
    context = {
        "room": "audit",
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "entries": page.entries,
        "previous": _address(request.GET, after=page.entries[0].id) if page.newer and page.entries else "",
        "next": _address(request.GET, before=page.entries[-1].id) if page.older and page.entries else "",
        "query": _address(request.GET),
    }
    return render(request, "kundekort/audit.html", context)


@require_safe
def file(request: HttpRequest) -> StreamingHttpResponse:
    """The entries that the filter shows as a file."""
    actor = actor_of(request)
    form = AuditFilterForm(request.GET, people=audit_log.people(actor=actor))
    name = f"{_('event-log')}-{timezone.localdate().isoformat()}.csv"
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    pieces = audit_log.export(form.wanted(), actor=actor)
    return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8", headers=headers)


def _address(query: QueryDict, **place: int) -> str:
    kept = {name: value for name, value in query.items() if name not in ("before", "after") and value}
    return "?" + urlencode(kept | place)
