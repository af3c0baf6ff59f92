"""The record of an import: the rows as they were confirmed, to be looked at and searched like those of the preview."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kundekort import wording
from kundekort.services import imports, record
from kundekort.store.models import Import
from kundekort.web import preview
from kundekort.web.actor import actor_of
from kundekort.web.query import number


@require_safe
def page(request: HttpRequest, import_id: int) -> HttpResponse:
    """What an import did, row by row; with `row`, the number of a card, only what it did to that one."""
    imp = imports.get(import_id, actor=actor_of(request))
    if imp.state != Import.State.DONE:
        return redirect("import", import_id)
    shown, recipe = record.of(imp), imports.recipe(imp)
    headers = {c.field: c.header or wording.field(c.field) for c in shown.columns}
    summary, card = shown.summary, number(request.GET.get("row"))
    first = {*summary.changes, *(p.field for p in summary.problems)}
    context = {
        "room": "imports",
        "import": imp,
        "record": shown,
        "totals": summary.totals,
        "dialect": recipe.dialect if imp.recipe else None,
        "columns": [c for c in recipe.columns if c.field],
        "ignored": [h for n in summary.warnings if n.code == "columns_ignored" for h in n.params["headers"]],
        "changes": preview.changes(summary, headers),
        "problems": [
            {"code": p.code, "field": p.field or "", "count": p.count, "words": preview.kind_of_problem(p, headers)}
            for p in summary.problems
        ],
        "conflict_rows": summary.conflict_rows,
        "card": card,
        "view": preview.view(imp, headers, size=summary.totals.rows, first=first, lines=shown.lines) | {"card": card},
    }
    return render(request, "kundekort/imports/confirmed.html", context)
