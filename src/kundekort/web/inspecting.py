"""The page on which a file is tried: what it is by itself. Nothing of it is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kundekort import wording
from kundekort.engine import notes
from kundekort.engine.inspection import Inspection
from kundekort.engine.mapping import spread
from kundekort.engine.problem import Problem
from kundekort.engine.recipe import ENCODINGS, SEPARATORS, DialectOverrides
from kundekort.services import fields, inspecting
from kundekort.services.accounts import Role
from kundekort.services.uploading import uploaded
from kundekort.web.actor import actor_of
from kundekort.web.bodies import takes_file
from kundekort.web.forms.imports import DialectForm
from kundekort.wording.lists import OWN_SHEETS

SHOWN = 50
"""Problems that are told one by one."""


@takes_file(Role.IMPORTER)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form, and what a file that was posted is."""
    actor = actor_of(request)
    actor.require(Role.IMPORTER)
    context: dict[str, Any] = {
        "room": "imports",
        "max_bytes": inspecting.LARGEST,
        "encodings": ENCODINGS,
        "separators": SEPARATORS,
        "overrides": DialectOverrides(),
    }
    if request.method == "POST":
        file = uploaded(request)
        overrides = context["overrides"] = DialectForm.read(request.POST)
        if file is None:
            context["no_file"] = True
        else:
            with fields.once():
                found = inspecting.inspect(file, size=file.size or 0, dialect=overrides, actor=actor)
                context |= {"filename": file.name} | _told(found)
    return render(request, "kundekort/imports/inspect.html", context)


def _told(found: Inspection) -> dict[str, Any]:
    """What the page says of a file."""
    recipe, facts, question = found.recipe, found.facts, found.question
    header = {c.field: c.header for c in spread(recipe.columns) if c.field is not None}
    samples = facts.samples or ((),) * len(recipe.columns)
    return {
        "found": found,
        "refusal": wording.refusal(question.code, question.params) if question and question.code else "",
        "dialect": recipe.dialect,
        "totals": {"rows": found.rows},
        "columns": [c for c in recipe.columns if c.field],
        "matches": [
            {"header": c.header, "field": _label(c.field), "samples": values}
            for c, values in zip(recipe.columns, samples, strict=False)
        ],
        "warnings": [
            wording.warning(note.code, note.params) for note in notes.of_file(recipe, facts, own_sheets=OWN_SHEETS)
        ],
        "findings": [
            {"words": wording.finding(one, _label(one.field)), "blocks": one.blocks} for one in facts.findings
        ],
        "kinds": [
            {
                "count": kind.count,
                "words": wording.kind_of_problem(kind.code, wording.field(kind.field) if kind.field else ""),
            }
            for kind in facts.problems
        ],
        "problems": [
            {"line": row["_line"], "words": wording.row_problem(Problem.from_row(row), header)}
            for row in found.problems.head(SHOWN).iter_rows(named=True)
        ],
        "more": max(0, found.problems.height - SHOWN),
    }


def _label(key: str | None) -> str:
    return wording.field(key) if key else ""
