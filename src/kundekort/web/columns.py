"""The mapping page: how the file was read, and what each of its columns becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kundekort import wording
from kundekort.engine.facts import QuestionKind
from kundekort.engine.recipe import ENCODINGS, SEPARATORS, EmptyCells, Policy, Recipe
from kundekort.engine.schema import Field, Kind
from kundekort.services import fields, imports, planning, preview
from kundekort.services.accounts import actor_of
from kundekort.services.refusals import NotWaiting
from kundekort.store.models import Import
from kundekort.web.forms.imports import FURTHER_MATCHES, MATCHES, NO_KEY, DialectForm, PolicyForm, read_columns

NAMES: Final = ("last_name", "first_name", "company", "city", "address")
"""The fields in which a person sees at once whether the letters are right."""
NAMES_SHOWN: Final = 3


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show what the columns become, and take a person's answer."""
    actor = actor_of(request.user)
    imp = imports.get(import_id, actor=actor)
    if request.method == "POST":
        overrides = read_columns(request.POST, len(imports.recipe(imp).columns), schema=fields.schema())
        planning.choose(import_id, actor=actor, columns=overrides, policy=PolicyForm.read(request.POST))
        return redirect("import", import_id)
    if imp.state not in (Import.State.COLUMNS, Import.State.PREVIEW):
        raise NotWaiting(state=imp.state)
    return page(request, imp)


def page(request: HttpRequest, imp: Import) -> HttpResponse:
    """The mapping page of an import that waits for a person."""
    recipe = imports.recipe(imp)
    columns = preview.columns(imp)
    question = imp.question
    refusal = wording.refusal(question.code, question.params) if question and question.code else ""
    return render(
        request,
        "kundekort/imports/columns.html",
        {
            "room": "imports",
            "import": imp,
            "waits_until": imports.waits_until(imp),
            "refusal": refusal,
            "notice": imp.notice and wording.refusal(imp.notice, {}),
            "dialect": recipe.dialect,
            "policy": recipe.policy,
            "unknown": [c for c in columns if c.field is None],
            "known": [c for c in columns if c.field is not None],
            "names": _names(columns),
            "asks_for_dates": question is not None and question.kind is QuestionKind.DATES,
            "layout": _offered(recipe),
            "encodings": ENCODINGS,
            "separators": SEPARATORS,
            "sheets": imports.facts(imp).sheets,
            **_keys(recipe.policy),
        },
    )


def _keys(policy: Policy) -> dict[str, Any]:
    """The keys to choose from, and those that are chosen: the first, and what counts where it finds nobody."""
    first, second, third, *_ = [*policy.keys, "", "", ""]
    return {
        "matches": MATCHES,
        "further_matches": FURTHER_MATCHES,
        "first_key": first or NO_KEY,
        "further_keys": (("second", second), ("third", third)),
    }


def _offered(recipe: Recipe) -> list[Field]:
    """What a column can become; the version only where the file has one."""
    used = {column.field for column in recipe.columns}
    return [f for f in fields.schema() if f.kind is not Kind.VERSION or f.key in used]


def _names(columns: Sequence[preview.ColumnView]) -> list[str]:
    """Some names of the file, first those with letters that a wrong encoding would spoil."""
    samples = [sample for c in columns if c.field in NAMES for sample in c.samples]
    return sorted(dict.fromkeys(samples), key=str.isascii)[:NAMES_SHOWN]


@require_POST
def dialect(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read the file again in another way, and show its columns."""
    actor = actor_of(request.user)
    overrides = DialectForm.read(request.POST)
    if overrides.sheet and overrides.sheet != imports.recipe(imports.get(import_id, actor=actor)).dialect.sheet:
        overrides = replace(overrides, header_row=None)  # where it stands in one sheet says nothing about another
    planning.choose(import_id, actor=actor, overrides=overrides)
    return redirect("import-columns", import_id)


@require_POST
def empty_cells(request: HttpRequest, import_id: int) -> HttpResponse:
    """Let empty cells empty the field, or keep what is stored."""
    actor = actor_of(request.user)
    policy = imports.recipe(imports.get(import_id, actor=actor)).policy
    wish = EmptyCells.KEEP if request.POST.get("empty_cells") == EmptyCells.KEEP else EmptyCells.OVERWRITE
    planning.choose(import_id, actor=actor, policy=replace(policy, empty_cells=wish))
    return redirect("import", import_id)
