"""The list of all imports with its filter, and above it the last days as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundekort import wording
from kundekort.services import import_list, settings, timeline
from kundekort.services.import_list import ImportLine
from kundekort.services.refusals import SettingInvalid
from kundekort.services.settings import LIMITS
from kundekort.web.actor import actor_of
from kundekort.web.forms.import_list import ImportFilterForm
from kundekort.web.query import number
from kundekort.web.timeline import timeline as picture

PAGE: Final = 50
LAST_PAGE: Final = 9_999_999


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every import that the filter shows, some at a time."""
    actor = actor_of(request)
    form = ImportFilterForm(request.GET, people=import_list.people(actor=actor))
    wanted = form.wanted()
    page = number(request.GET.get("page"), least=1, most=LAST_PAGE) or 1
    found = import_list.search(wanted, offset=(page - 1) * PAGE, limit=PAGE, actor=actor)
    if found.total and not found.lines:  # those behind it were cancelled or filtered away
        page = -(-found.total // PAGE)
        found = import_list.search(wanted, offset=(page - 1) * PAGE, limit=PAGE, actor=actor)
    first = (page - 1) * PAGE + 1
    last = first - 1 + len(found.lines)
    context = {
        "room": "import-list",
        "form": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "page": found,
        "first": first,
        "last": last,
        "previous": _address(request.GET, page=page - 1) if page > 1 else "",
        "next": _address(request.GET, page=page + 1) if last < found.total else "",
        "here": request.GET.urlencode(),
        "timeline": picture(timeline.last_days(actor=actor)),
        "chosen_day": wanted.since if wanted.since == wanted.until else None,
        "preview_days": settings.current().preview_days,
        "limits": LIMITS["preview_days"],
    }
    return render(request, "kundekort/imports/list.html", context | table(found.lines))


def table(lines: Sequence[ImportLine]) -> dict[str, Any]:
    """What a table of imports needs: its lines, and whether there is anything in the rarer columns."""
    totals = [line.imp.totals for line in lines if line.imp.totals]
    return {
        "lines": lines,
        "any_removed": any(each.removed for each in totals),
        "any_restored": any(each.restored for each in totals),
    }


@require_POST
def preview_days(request: HttpRequest) -> HttpResponse:
    """Choose after how many days a preview to which nobody comes back is cancelled."""
    days = number(request.POST.get("days")) or 0
    try:
        settings.change(actor=actor_of(request), preview_days=days)
    except SettingInvalid as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
    else:
        messages.success(request, _("Saved."))
    return redirect("imports-list")


def back_to_list(query: str) -> HttpResponse:
    """The way back to the list as it was looked at, which `query` says as its address does."""
    return redirect(f"{reverse('imports-list')}?{QueryDict(query).urlencode()}")


def _address(query: QueryDict, *, page: int) -> str:
    kept = {name: value for name, value in query.items() if name != "page" and value}
    return "?" + urlencode(kept | {"page": page})
