"""The page of customers with whom nothing has happened for long: the rule, who would go, and who stays all the same."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kundekort import wording
from kundekort.services import inactivity, settings
from kundekort.services.accounts import Role
from kundekort.services.refusals import ProposalMoved, RegisterBusy
from kundekort.web.actor import actor_of
from kundekort.web.forms.retention import RetentionForm
from kundekort.web.query import number

PAGE: Final = 50
"""Customers on one page."""


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """The rule, who would be anonymised by it, and what was."""
    return _page(request, RetentionForm(current=settings.current()))


@require_POST
def rule(request: HttpRequest) -> HttpResponse:
    """Say after how long nothing has happened customers are proposed."""
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    form = RetentionForm(request.POST, current=settings.current())
    if not form.is_valid():
        return _page(request, form)
    settings.change(actor=actor, **form.chosen())
    messages.success(request, _("Saved. Nobody was anonymised."))
    return redirect("retention")


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Have a customer stay, or be proposed as any other."""
    actor = actor_of(request)
    if (kept := number(request.POST.get("hold"))) is not None:
        inactivity.hold(kept, actor=actor)
    if (released := number(request.POST.get("release"))) is not None:
        inactivity.release(released, actor=actor)
    return redirect("retention")


@require_POST
def anonymise(request: HttpRequest) -> HttpResponse:
    """Anonymise all who were proposed, if they still are those who were shown."""
    actor, total = actor_of(request), request.POST.get("count", "").strip()
    digest = request.POST.get("digest", "")
    found = inactivity.proposal(limit=0, actor=actor)
    if total != str(found.total) or found.digest != digest:
        words = _("Write how many customers are to be anonymised to go on.")
        messages.error(request, words if found.digest == digest else wording.refusal(ProposalMoved.code, {}))
        return redirect("retention")
    try:
        made = inactivity.anonymise(digest=digest, actor=actor)
    except (ProposalMoved, RegisterBusy) as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
        return redirect("retention")
    count = len(made.customers)
    words = ngettext("%(count)s customer is anonymised.", "%(count)s customers are anonymised.", count)
    messages.success(request, words % {"count": wording.Count(count)})
    return redirect("retention")


def _page(request: HttpRequest, form: RetentionForm) -> HttpResponse:
    actor = actor_of(request)
    actor.require(Role.ADMINISTRATOR)
    page = max(1, number(request.GET.get("page")) or 1)
    months = settings.current().retention_months
    found = inactivity.proposal(offset=(page - 1) * PAGE, limit=PAGE, actor=actor) if months else None
    last = (page - 1) * PAGE + len(found.rows) if found else 0
    context = {
        "room": "retention",
        "form": form,
        "months": months,
        "found": found,
        "holds": inactivity.holds(actor=actor),
        "recent": [(made, wording.clearing(made.notice)) for made in inactivity.recent(actor=actor)],
        "first": (page - 1) * PAGE + 1,
        "last": last,
        "previous": f"?page={page - 1}" if page > 1 else "",
        "next": f"?page={page + 1}" if found and last < found.total else "",
    }
    return render(request, "kundekort/retention.html", context)
