"""The mapping page: how the file was read, and what each of its columns becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundekort import wording
from kundekort.engine.facts import QuestionKind
from kundekort.engine.recipe import ENCODINGS, SEPARATORS, EmptyCells, Policy, Recipe
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.services import fields, imports, mappings, planning, preview
from kundekort.services.accounts import Actor
from kundekort.services.preview import ColumnView
from kundekort.services.refusals import NotWaiting
from kundekort.store.models import Import
from kundekort.web.actor import actor_of
from kundekort.web.forms.imports import (
    FURTHER_MATCHES,
    MATCHES,
    NO_KEY,
    DialectForm,
    MappingForm,
    PolicyForm,
    read_columns,
    read_words,
)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show what the columns become, and take a person's answer."""
    actor = actor_of(request)
    imp = imports.get(import_id, actor=actor)
    if request.method == "POST":
        _answer(request, imp, actor)
        return redirect("import", import_id)
    if imp.state not in (Import.State.COLUMNS, Import.State.PREVIEW):
        raise NotWaiting(state=imp.state)
    return page(request, imp)


def _answer(request: HttpRequest, imp: Import, actor: Actor) -> None:
    """What a person says of the columns of a file."""
    shown, schema = imports.recipe(imp).columns, fields.schema()
    chosen = read_columns(request.POST, len(shown), schema=schema)
    asked = imports.facts(imp).words
    planning.choose(
        imp.pk,
        actor=actor,
        columns=chosen,
        words=read_words(request.POST, asked=asked, shown=shown, chosen=chosen, schema=schema),
        policy=PolicyForm.read(request.POST),
        save_as=request.POST.get("save_as", ""),
    )


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
            "names": imports.facts(imp).names,
            "meanings": _meanings(columns, fields.schema()),
            "asks_for_words": question is not None and not question.code and any(c.words for c in columns),
            "origin": _origin(imp),
            "recut": imports.facts(imp).recut,
            "saved": mappings.list_named(actor=actor_of(request)),
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


def _origin(imp: Import) -> str:
    """Whose answers the columns are set by, in words; '' where it is this person's."""
    notes = (note for note in preview.warnings(imp) if note.code in ("columns_remembered", "columns_named"))
    return "".join(wording.warning(note.code, note.params) for note in notes)


def _offered(recipe: Recipe) -> list[Field]:
    """What a column can become; the version only where the file has one."""
    used = {column.field for column in recipe.columns}
    return [f for f in fields.schema() if f.kind is not Kind.VERSION or f.key in used]


def _meanings(columns: Sequence[ColumnView], schema: Schema) -> dict[str, list[tuple[str, str]]]:
    """What a word can mean in the columns that hold unknown ones, by field: canonical text and what people call it."""
    fields_of = {column.field for column in columns if column.words and column.field}
    return {key: _values(schema[key]) for key in fields_of}


def _values(field: Field) -> list[tuple[str, str]]:
    match field.kind:
        case Kind.YES_NO:
            return [("1", _("Yes")), ("0", _("No"))]
        case Kind.GENDER:
            return [("0", _("Not given")), ("2", _("Woman")), ("1", _("Man"))]
        case Kind.COUNTRY:
            return list(wording.countries().items())
        case Kind.LANGUAGE:
            return list(wording.languages().items())
        case _:
            return [(choice, choice) for choice in field.choices]


@require_POST
def dialect(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read the file again in another way, and show its columns, or whatever comes next."""
    actor = actor_of(request)
    overrides = DialectForm.read(request.POST)
    if overrides.sheet and overrides.sheet != imports.recipe(imports.get(import_id, actor=actor)).dialect.sheet:
        overrides = replace(overrides, header_row=None)  # where it stands in one sheet says nothing about another
    planning.choose(import_id, actor=actor, overrides=overrides)
    return redirect("import" if "go_on" in request.POST else "import-columns", import_id)


@require_POST
def mapping(request: HttpRequest, import_id: int) -> HttpResponse:
    """Set the columns as a saved mapping has them, delete it, or begin anew without what was said last time."""
    actor = actor_of(request)
    number = MappingForm.read(request.POST)
    if number is not None and "delete" in request.POST:
        mappings.delete(number, actor=actor)
    else:
        planning.use_mapping(import_id, number, actor=actor)
    return redirect("import-columns", import_id)


@require_POST
def hidden_rows(request: HttpRequest, import_id: int) -> HttpResponse:
    """Leave out the rows of a sheet that do not show in a spreadsheet, or take them in again."""
    actor = actor_of(request)
    overrides = imports.get(import_id, actor=actor).answers.dialect
    planning.choose(
        import_id, actor=actor, overrides=replace(overrides, visible_only="leave_out" in request.POST or None)
    )
    return redirect("import", import_id)


@require_POST
def empty_cells(request: HttpRequest, import_id: int) -> HttpResponse:
    """Let empty cells empty the field, or keep what is stored."""
    actor = actor_of(request)
    policy = imports.recipe(imports.get(import_id, actor=actor)).policy
    wish = EmptyCells.KEEP if request.POST.get("empty_cells") == EmptyCells.KEEP else EmptyCells.OVERWRITE
    planning.choose(import_id, actor=actor, policy=replace(policy, empty_cells=wish))
    return redirect("import", import_id)
