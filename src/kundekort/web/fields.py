"""The venue's own fields: their list, and the page on which one is made or changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundekort import wording
from kundekort.services import fields
from kundekort.services.accounts import Actor
from kundekort.services.refusals import ChoiceInUse, FieldInvalid, NotFound
from kundekort.store.models import CustomField
from kundekort.web.actor import actor_of
from kundekort.web.forms.fields import FieldForm
from kundekort.web.query import flag


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All own fields in their order, and after them those that are no longer in use."""
    made = fields.list_custom(actor=actor_of(request))
    context = {
        "room": "fields",
        "used": [field for field in made if field.retired_at is None],
        "retired": [field for field in made if field.retired_at is not None],
    }
    return render(request, "kundekort/fields/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an own field."""
    actor = actor_of(request)
    fields.list_custom(actor=actor)  # who may not make one need not see the form either
    form = FieldForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form)
    try:
        made = fields.create(form.definition(), actor=actor)
    except FieldInvalid as refusal:
        form.refuse(refusal)
        return _page(request, form)
    messages.success(request, _("The field “%(name)s” is ready: in files, on the cards, everywhere.") % _named(made))
    return redirect("fields")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Rename or redefine an own field."""
    actor = actor_of(request)
    form = FieldForm(request.POST if request.method == "POST" else None, made=_get(key, actor))
    if not form.is_valid():
        return _page(request, form)
    try:
        made = fields.change(key, form.definition(), actor=actor)
    except (FieldInvalid, ChoiceInUse) as refusal:
        form.refuse(refusal)
        return _page(request, form)
    messages.success(request, _("The field “%(name)s” was changed.") % _named(made))
    return redirect("fields")


@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take an own field out of use, or back into it."""
    retired = flag(request.POST.get("retired"))
    try:
        made = fields.retire(key, retired=retired, actor=actor_of(request))
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
    actor = actor_of(request)
    keys = [field.key for field in fields.list_custom(actor=actor) if field.retired_at is None]
    if key not in keys:
        raise NotFound(id=key)
    at = keys.index(key)
    to = at - 1 if request.POST.get("direction") == "up" else at + 1
    if 0 <= to < len(keys):
        keys[at], keys[to] = keys[to], keys[at]
        fields.arrange(keys, actor=actor)
    return redirect("fields")


def _get(key: str, actor: Actor) -> CustomField:
    for made in fields.list_custom(actor=actor):
        if made.key == key:
            return made
    raise NotFound(id=key)


def _named(made: CustomField) -> dict[str, str]:
    return {"name": made.header}


def _page(request: HttpRequest, form: FieldForm) -> HttpResponse:
    context = {"room": "fields", "own_field": form.made or "new", "form": form, "kinds": fields.KINDS}
    return render(request, "kundekort/fields/form.html", context)
