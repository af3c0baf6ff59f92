"""The venue's own fields: their list, and the page on which one is made or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.engine.schema import Kind
from kundekort.services import fields
from kundekort.services.accounts import Actor, actor_of
from kundekort.services.fields import Definition
from kundekort.services.refusals import ChoiceInUse, FieldInvalid, NotFound
from kundekort.store.models import OwnField
from kundekort.web.forms import written
from kundekort.web.query import flag

LANGUAGES: Final = {"nb": "Norsk", "en": "English", "sv": "Svenska", "da": "Dansk"}
"""The languages in which a field can have a name and a help text, each by its own name."""


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All own fields in their order, and after them those that are no longer in use."""
    made = fields.own(actor=actor_of(request.user))
    context = {
        "room": "fields",
        "used": [field for field in made if field.retired_at is None],
        "retired": [field for field in made if field.retired_at is not None],
    }
    return render(request, "kundekort/fields/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an own field."""
    actor = actor_of(request.user)
    fields.own(actor=actor)  # who may not make one need not see the form either
    if request.method != "POST":
        return _form(request, Definition(header="", kind=Kind.TEXT))
    definition = _read(request.POST)
    try:
        made = fields.create(definition, actor=actor)
    except FieldInvalid as refusal:
        return _form(request, definition, refusal=refusal)
    messages.success(request, _("The field “%(name)s” is ready: in files, on the cards, everywhere.") % _named(made))
    return redirect("fields")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Rename or redefine an own field."""
    actor = actor_of(request.user)
    made = _get(key, actor)
    if request.method != "POST":
        return _form(request, _definition(made), made=made)
    definition = _read(request.POST, kind=made.kind)
    try:
        made = fields.change(key, definition, actor=actor)
    except (FieldInvalid, ChoiceInUse) as refusal:
        return _form(request, definition, made=made, refusal=refusal)
    messages.success(request, _("The field “%(name)s” was changed.") % _named(made))
    return redirect("fields")


@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take an own field out of use, or back into it."""
    retired = flag(request.POST.get("retired"))
    try:
        made = fields.retire(key, retired=retired, actor=actor_of(request.user))
    except FieldInvalid as refusal:
        messages.error(request, wording.refusal(refusal.code, refusal.params))
        return redirect("fields")
    if retired:
        words = _("The field “%(name)s” is no longer in use. Its values and its history are kept.")
    else:
        words = _("The field “%(name)s” is in use again, with the values it had.")
    messages.success(request, words % _named(made))
    return redirect("fields")


@require_POST
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Put an own field one place up or down among those in use."""
    actor = actor_of(request.user)
    keys = [field.key for field in fields.own(actor=actor) if field.retired_at is None]
    if key not in keys:
        raise NotFound(id=key)
    at = keys.index(key)
    to = at - 1 if request.POST.get("direction") == "up" else at + 1
    if 0 <= to < len(keys):
        keys[at], keys[to] = keys[to], keys[at]
        fields.arrange(keys, actor=actor)
    return redirect("fields")


def _get(key: str, actor: Actor) -> OwnField:
    for made in fields.own(actor=actor):
        if made.key == key:
            return made
    raise NotFound(id=key)


def _named(made: OwnField) -> dict[str, str]:
    return {"name": made.header}


def _definition(made: OwnField) -> Definition:
    return Definition(
        header=made.header,
        kind=Kind(made.kind),
        labels=made.labels,
        help=made.help,
        required=made.required,
        choices=made.choices,
    )


def _read(data: QueryDict, *, kind: str | None = None) -> Definition:
    """What the form says; a field that there is keeps its kind."""
    wish = kind or data.get("kind", "")
    return Definition(
        header=written(data.get("header", "")),
        kind=Kind(wish) if wish in set(Kind) else Kind.ID,
        labels={code: written(data.get(f"label-{code}", "")) for code in LANGUAGES},
        help={code: written(data.get(f"help-{code}", "")) for code in LANGUAGES},
        required=flag(data.get("required")),
        choices=written(data.get("choices", "")).splitlines(),
    )


def _form(
    request: HttpRequest,
    definition: Definition,
    *,
    made: OwnField | None = None,
    refusal: FieldInvalid | ChoiceInUse | None = None,
) -> HttpResponse:
    context = {
        "room": "fields",
        "own_field": made or "new",
        "made": made,
        "definition": definition,
        "choices": "\n".join(definition.choices),
        "kinds": fields.KINDS,
        "languages": [
            {
                "code": code,
                "name": name,
                "label": definition.labels.get(code, ""),
                "help": definition.help.get(code, ""),
            }
            for code, name in LANGUAGES.items()
        ],
        "faults": _faults(refusal) if refusal else {},
    }
    return render(request, "kundekort/fields/form.html", context)


def _faults(refusal: FieldInvalid | ChoiceInUse) -> Mapping[str, Any]:
    """The words of a refusal under the part of the form that they are about."""
    if isinstance(refusal, ChoiceInUse):
        return {"choices": wording.refusal(refusal.code, refusal.params)}
    reason = refusal.params["reason"]
    part = "choices" if reason.startswith("choices") else "kind" if reason == "kind_unknown" else "header"
    return {part: wording.column_fault(reason, refusal.params)}
