"""The preview: every change a file would make, page by page, and the decisions a person takes on it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from kundekort import wording
from kundekort.engine.facts import ProblemCount
from kundekort.engine.frames import CARD
from kundekort.engine.schema import Kind
from kundekort.services import confirming, fields, four_eyes, imports, planning, settings
from kundekort.services import preview as previews
from kundekort.services.preview import Summary
from kundekort.store.models import Import
from kundekort.web.actor import actor_of
from kundekort.web.decisions import column_choices, decided_lines
from kundekort.web.findings import damaged, finding_lines, for_rows, headers_of, label
from kundekort.web.forms.imports import ChoiceForm
from kundekort.web.query import flag
from kundekort.web.rows import LONGEST_CELL
from kundekort.web.templatetags.kundekort import SPRITE, kind

ELSEWHERE: Final = (
    "columns_ignored",
    "columns_named",
    "columns_remembered",
    "newer_kept",
    "rows_hidden",
    "rows_hidden_left_out",
    "rows_in_one_cell",
    "sheets_unread",
)
"""Warnings that have a place of their own on the page."""
APART: Final = (Kind.ID, Kind.VERSION, Kind.DATE, Kind.NOTE)
"""Kinds of which no value is meant for many rows at once."""
WAITING: Final = 3
"""Findings without an answer that are named beside a confirmation that waits for them."""


def _warning(summary: Summary, code: str) -> str:
    """A warning in words, '' where there is none."""
    return "".join(wording.warning(n.code, n.params) for n in summary.warnings if n.code == code)


def page(request: HttpRequest, imp: Import) -> HttpResponse:
    """The preview of an import that waits for confirmation."""
    summary = previews.summary(imp)
    mendable = imp.undoes is None and summary.totals.errors + summary.totals.left_out > 0
    recut = imports.facts(imp).recut if imp.undoes is None else None
    choices = settings.current()
    recipe = imports.recipe(imp)
    headers = headers_of(imp)
    found = finding_lines(summary.findings, headers)
    faults = {f"{p.code}:{p.field or ''}": p.count for p in summary.problems}
    first = {*summary.changes, *(p.field for p in summary.problems), *(c.field for c in summary.conflicts)}
    context = {
        "room": "imports",
        "import": imp,
        "waits_until": imports.waits_until(imp, days=choices.preview_days),
        "totals": summary.totals,
        "dialect": recipe.dialect,
        "other_sheets": previews.other_sheets(imp),
        "hidden_rows": _warning(summary, "rows_hidden") or _warning(summary, "rows_hidden_left_out"),
        "policy": recipe.policy,
        "columns": [c for c in recipe.columns if c.field],
        "ignored": [h for n in summary.warnings if n.code == "columns_ignored" for h in n.params["headers"]],
        "notice": imp.notice and wording.refusal(imp.notice, {}),
        "recut": recut,
        "origin": _warning(summary, "columns_remembered") or _warning(summary, "columns_named"),
        "newer": _warning(summary, "newer_kept"),
        "warnings": [wording.warning(n.code, n.params) for n in summary.warnings if n.code not in ELSEWHERE],
        "changes": changes(summary, headers),
        "problems": [
            {"code": p.code, "field": p.field or "", "count": p.count, "words": kind_of_problem(p, headers)}
            for p in summary.problems
        ],
        "conflicts": [
            {"key": c.field, "header": _named(c.field, headers), "count": c.count, "undecided": c.undecided}
            for c in summary.conflicts
        ],
        "conflict_rows": summary.conflict_rows,
        "found": found,
        "grave": [one for one in found if one["blocks"]],
        "light": [one for one in found if one["open"] and not one["blocks"]],
        "damaged": [wording.finding_name(f.code, label(f.field, headers)) for f in damaged(summary.findings)],
        "wholes": column_choices(headers) if imp.undoes is None else None,
        "answered": sum(not finding.open for finding in summary.findings),
        "unanswered": sum(one["blocks"] for one in found) + (summary.totals.conflicts > 0),
        "waiting": [one["name"] for one in found if one["blocks"]][:WAITING],
        "mendable": mendable,
        "findings_count": _findings_count(summary, recut=recut is not None),
        "source": getattr(imp.undoes, "source", None) if imp.undoes else None,
        "confirmation": wording.confirmation(summary.totals, undoes=imp.undoes is not None, consents=summary.consents),
        "emptied": summary.emptied,
        "second_person": [wording.second_person(r.why, r.count, r.limit) for r in four_eyes.reasons(imp, choices)],
        "own": four_eyes.is_own(imp, actor_of(request)),
        "view": view(imp, headers, size=summary.totals.rows, first=first, lines=imp.undoes is None)
        | {"conflicts": flag(request.GET.get("conflicts")) or summary.totals.conflicts > 0}
        | {"findings": for_rows(summary.findings, headers), "faults": faults},
    } | decided_lines(imp, summary, headers)
    return render(request, "kundekort/imports/preview.html", context)


def changes(summary: Summary, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """The columns that change, most first, with how much of the register that is where it was counted."""
    of = {column.field: column for column in summary.columns}
    return [
        {"key": key, "header": headers.get(key) or wording.field(key), "changed": n, "of": of.get(key)}
        for key, n in summary.changes.items()
    ]


@require_POST
def errors(request: HttpRequest, import_id: int) -> HttpResponse:
    """Leave the rows with errors out, or take them back in."""
    leave_out = flag(request.POST.get("leave_out", "1"))
    planning.leave_out_errors(import_id, actor=actor_of(request), leave_out=leave_out)
    return redirect("import", import_id)


@require_POST
def conflicts(request: HttpRequest, import_id: int) -> HttpResponse:
    """Say whose value stays in a cell that others have changed too, in those of a column, or in all; or unsay it."""
    choice = ChoiceForm.read(request.POST)
    act = planning.unsettle if flag(request.POST.get("undo")) else planning.settle
    act(import_id, choice, actor=actor_of(request))
    return redirect(f"{reverse('import', args=[import_id])}?conflicts=1")


@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Carry out the plan that was shown, named by its digest."""
    confirming.confirm(import_id, digest=request.POST.get("digest", ""), actor=actor_of(request))
    return redirect("import", import_id)


def kind_of_problem(count: ProblemCount, headers: Mapping[str, str]) -> str:
    """The words of a kind of problem; a field without a column in the file goes by its own name."""
    field = count.field or ""
    return wording.kind_of_problem(count.code, headers.get(field) or wording.field(field))


def _findings_count(summary: previews.Summary, *, recut: bool) -> int:
    """How many findings the page has to show above the rows."""
    notes = sum(note.code == "newer_kept" or note.code not in ELSEWHERE for note in summary.warnings)
    found = sum(one.open > 0 for one in summary.findings) + any(not one.open for one in summary.findings)
    return found + notes + recut + (summary.totals.left_out > 0) + (summary.conflict_rows > 0)


def _named(key: str, headers: Mapping[str, str]) -> str:
    return wording.whole_card() if key == CARD else headers.get(key) or wording.field(key)


def view(
    imp: Import, headers: Mapping[str, str], *, size: int, first: Container[str | None], lines: bool = True
) -> dict[str, Any]:
    """What the script needs: where the rows are, and the columns, those with something to look at before the others.

    `size`: how many rows there are; `lines`: they stand on lines of a file.
    """
    distinct = {field.key for field in fields.schema() if field.distinct or field.unique}
    return {
        "language": get_language(),
        "longest": LONGEST_CELL,
        "rows": reverse("import-rows", args=[imp.pk]),
        "bands": reverse("import-bands", args=[imp.pk]),
        "sprite": static(SPRITE),
        "size": size,
        "box": "changes",
        "lines": lines,
        "columns": [
            {"key": key, "header": header, "kind": kind(key), "distinct": kind(key) in APART or key in distinct}
            for key, header in sorted(headers.items(), key=lambda column: column[0] not in first)
        ],
    }
