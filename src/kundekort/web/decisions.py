"""The decisions about cells, rows and findings of a preview: taken, told in words, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kundekort import wording
from kundekort.engine.decisions import Action, Decision
from kundekort.engine.finding import Finding
from kundekort.engine.frames import CARD
from kundekort.engine.schema import Kind
from kundekort.services import decision_rules, fields, imports, planning
from kundekort.services import preview as previews
from kundekort.services.preview import Summary
from kundekort.services.refusals import CellInvalid, DecisionInvalid
from kundekort.store.models import Import
from kundekort.web.actor import actor_of
from kundekort.web.findings import damaged, label
from kundekort.web.forms.decisions import DecisionForm
from kundekort.web.query import number


@require_POST
def decisions(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take a decision, or with `withdraw` take the one of this number back; the page shows the same rows after it.

    With `keep_damaged` the stored values are kept wherever damage was found that nobody has answered.
    """
    actor = actor_of(request)
    try:
        if "withdraw" in request.POST:
            planning.withdraw(import_id, number(request.POST["withdraw"]) or 0, actor=actor)
        elif "keep_damaged" in request.POST:
            found = damaged(imports.facts(imports.get(import_id, actor=actor)).findings)
            keep = [Decision(Action.KEEP, code=one.code, field=one.field) for one in found]
            planning.decide(import_id, *keep, actor=actor)
        else:
            imp = imports.get(import_id, actor=actor)
            planning.decide(import_id, *decision_rules.completed(imp, DecisionForm.read(request.POST)), actor=actor)
    except (CellInvalid, DecisionInvalid) as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
    return _back(request, import_id)


def _back(request: HttpRequest, import_id: int) -> HttpResponse:
    """The way to the preview, with the filters of the page that was left."""
    page = reverse("import", args=[import_id])
    asked = request.headers.get("Referer", "").partition("?")[2].partition("#")[0]
    wanted = f"{page}?{asked}" if asked else page
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else page)


def decided_lines(imp: Import, summary: Summary, headers: Mapping[str, str]) -> dict[str, Any]:
    """All that was decided about an import in words, and how much it is."""
    taken, chosen = decision_lines(imp, summary, headers), choice_lines(imp, headers)
    count = len(taken) + len(chosen) + imp.decisions.leave_out_errors
    return {"taken": taken, "chosen": chosen, "decided": count}


def decision_lines(imp: Import, summary: Summary, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """The decisions of an import in words, the last one first."""
    steps = imp.decisions.steps[::-1]
    lines = previews.lines(imp, {row for step in steps for row in step.rows or ()})
    found = {(one.code, one.field): one for one in summary.findings}
    return [
        {
            "number": step.number,
            "words": wording.decision(
                step,
                label=label(step.field, headers),
                lines=tuple(sorted(lines[row] for row in step.rows or () if row in lines)),
                found=_found(found.get((step.code or "", step.field)), step, headers),
            ),
        }
        for step in steps
    ]


def _found(finding: Finding | None, step: Decision, headers: Mapping[str, str]) -> str:
    if finding is None:
        return ""
    name = label(finding.field, headers)
    return wording.finding(finding, name) if step.rows is None else wording.finding_name(finding.code, name)


def choice_lines(imp: Import, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Whose value stays in conflicts, as it was chosen, in words; the last choice first."""
    return [
        {
            "whose": one.whose,
            "field": one.field or "",
            "card": one.card or "",
            "words": wording.choice(one, label=_cell(one.field, headers), undoes=imp.undoes_id is not None),
        }
        for one in imp.decisions.choices[::-1]
        if one.whose is not None
    ]


def _cell(field: str | None, headers: Mapping[str, str]) -> str:
    return wording.whole_card() if field == CARD else label(field, headers)


def column_choices(headers: Mapping[str, str]) -> dict[str, Any]:
    """The columns and fields of which something can be decided as a whole, with what they are called here."""
    known = fields.schema().values
    every = [{"key": field.key, "label": label(field.key, headers)} for field in known]
    tags = {field.key for field in known if field.kind is Kind.TAGS}
    columns = [one for one in every if one["key"] in headers]
    return {"fields": every, "columns": columns, "tags": [one for one in columns if one["key"] in tags]}
