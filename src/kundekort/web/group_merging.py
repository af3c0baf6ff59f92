"""Merging many groups of duplicates by a rule: what it would come to, group by group, and the ticked ones merged."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kundekort import wording
from kundekort.services import group_merging
from kundekort.services.group_merging import Choice, LeftGroup, Rule
from kundekort.services.refusals import (
    CardMerged,
    CardRemoved,
    GroupsMoved,
    MergeInvalid,
    MergeOff,
    NotFound,
    RegisterBusy,
)
from kundekort.store.duplicates import By
from kundekort.web.actor import actor_of
from kundekort.web.query import flag, number


@require_http_methods(["GET", "HEAD", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """What a rule would come to; posted, the ticked groups are merged."""
    if request.method == "POST":
        return _merge(request, _choice(request.POST))
    choice = _choice(request.GET)
    try:
        found = group_merging.outcome(choice, actor=actor_of(request))
    except MergeOff as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
        return redirect("duplicates")
    last = choice.offset + len(found.merged) + len(found.left)
    context: dict[str, Any] = {
        "room": "duplicates",
        "choice": choice,
        "ways": [(way, "?" + _query(choice, by=way, offset=0)) for way in By],
        "found": found,
        "left": [(group, _words(group)) for group in found.left],
        "first": choice.offset + 1,
        "last": last,
        "previous": "?" + _query(choice, offset=max(0, choice.offset - group_merging.MOST_GROUPS))
        if choice.offset
        else "",
        "next": "?" + _query(choice, offset=last) if last < found.total else "",
        "merged": number(request.GET.get("merged")),
        "count": number(request.GET.get("count")) or 0,
    }
    return render(request, "kundekort/duplicates/several.html", context)


def _merge(request: HttpRequest, choice: Choice) -> HttpResponse:
    marks = {i: mark for text in request.POST.getlist("group") for i, mark in [_mark(text)] if i is not None}
    back = f"{reverse('duplicates-several')}?{_query(choice)}"
    try:
        done = group_merging.merge(choice, marks=marks, actor=actor_of(request))
    except (CardMerged, CardRemoved, GroupsMoved, MergeInvalid, MergeOff, NotFound, RegisterBusy) as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
        return redirect(back)
    return redirect(f"{back}&{urlencode({'merged': done.pk, 'count': len(marks)})}")


def _mark(text: str) -> tuple[int | None, str]:
    """A ticked group: the number of the card that stays, and the mark of what was shown."""
    card, _, mark = text.partition("-")
    return number(card), mark


def _choice(data: QueryDict) -> Choice:
    by = By(wish) if (wish := data.get("by", "")) in set(By) else By.EMAIL
    rule = Rule(wish) if (wish := data.get("rule", "")) in set(Rule) else Rule.NEWEST
    same_name = flag(data.get("same_name")) if "rule" in data else True
    return Choice(by, rule=rule, same_name=same_name, offset=number(data.get("offset"), most=10**9) or 0)


def _query(choice: Choice, *, by: By | None = None, offset: int | None = None) -> str:
    return urlencode(
        {
            "by": by or choice.by,
            "rule": choice.rule,
            "same_name": int(choice.same_name),
            "offset": choice.offset if offset is None else offset,
        }
    )


def _words(group: LeftGroup) -> str:
    """What would be wrong with the card, if that is why."""
    if group.problem is None:
        return ""
    label = wording.field(group.problem.field) if group.problem.field else ""
    return wording.card_problem(group.problem.code, group.problem.params, group.problem.value, label)
