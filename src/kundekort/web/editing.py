"""Making a customer card and changing one: the form, its problems beside the fields, and whose change counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import get_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundekort import wording
from kundekort.engine.problem import Conflict, Problem
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.services import customers, editing, fields, history
from kundekort.services.accounts import Role
from kundekort.services.refusals import CardInvalid, EditConflict, RegisterBusy
from kundekort.web.actor import actor_of
from kundekort.web.customers import groups
from kundekort.web.query import number

Texts = Mapping[str, str]

LAST_VERSION: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Input:
    """One field of the form: the text in it, what is wrong with it, and what somebody else has written there.

    Where two have written: `whose` value is to stay ('' while nobody has said), `undecided` if it was asked in vain,
    `focused` for the one to decide first, and the version from which the answer counts, that of the card when `opened`.
    """

    field: Field
    text: str
    problems: tuple[str, ...] = ()
    conflict: Conflict | None = None
    whose: str = ""
    undecided: bool = False
    focused: bool = False
    opened: int | None = None

    @property
    def several_lines(self) -> bool:
        """Whether a field of one line would lose something of the text."""
        return "\n" in self.text

    @property
    def help(self) -> str:
        """What the venue says about the field."""
        return self.field.help.get(get_language() or "", "")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Make a customer."""
    actor = actor_of(request)
    actor.require(Role.IMPORTER)
    schema = fields.schema()
    blank = {f.key: "0" if f.kind is Kind.GENDER else "" for f in schema.values}
    if request.method != "POST":
        return _form(request, schema, blank)
    written = _written(request.POST, schema)
    try:
        made = editing.create({key: text for key, text in written.items() if text}, actor=actor)
    except CardInvalid as refusal:
        return _form(request, schema, blank | written, problems=refusal.params["problems"])
    except RegisterBusy as refusal:
        return _form(request, schema, blank | written, notice=wording.refusal(refusal.code, refusal.params))
    messages.success(request, _("The customer was created with number %(number)s.") % {"number": made})
    return redirect("customer", made)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Change a customer; where somebody else has changed the same since, ask whose value stays."""
    actor = actor_of(request)
    actor.require(Role.IMPORTER)
    schema = fields.schema()
    card = customers.card(customer_id, actor=actor)
    now = {f.key: shown(f, str(card[f.key])) for f in schema.values}
    if request.method != "POST":
        return _form(request, schema, now, card=card)
    undecided = _undecided(request.POST, schema)
    version = _version(request.POST, *(f"asked-{key}" for key in undecided))
    since = history.since(customer_id, version=version)
    opened = now | {f.key: shown(f, since[f.key].old) for f in schema.values if f.key in since}
    touched = {
        key: text
        for key, text in _written(request.POST, schema).items()
        if text != opened[key].strip() and request.POST.get(f"whose-{key}") != "theirs"
    }
    try:
        edited = editing.edit(customer_id, version=version, values=touched, actor=actor)
    except CardInvalid as refusal:
        problems = refusal.params["problems"]
        return _form(request, schema, opened | touched, card=card, version=version, problems=problems)
    except EditConflict as refusal:
        conflicts = refusal.params["conflicts"]
        return _form(
            request, schema, now | touched, card=card, conflicts=conflicts, opened=version, undecided=undecided
        )
    except RegisterBusy as refusal:
        notice = wording.refusal(refusal.code, refusal.params)
        return _form(request, schema, opened | touched, card=card, version=version, notice=notice)
    if edited.changed_cells:
        words = ngettext("%(count)s field was changed.", "%(count)s fields were changed.", len(edited.changed_cells))
        messages.success(request, words % {"count": len(edited.changed_cells)})
    else:
        messages.info(request, _("Nothing was changed: the card says this already."))
    return redirect("customer", customer_id)


def shown(field: Field, canonical: str) -> str:
    """A canonical text as a person writes it: a date begins with the day where the language has it so, in figures."""
    if field.kind is Kind.PHONE:
        return wording.phone(canonical)
    if field.kind is Kind.DATE and get_format("SHORT_DATE_FORMAT") == "d.m.Y":
        return wording.value(field.key, canonical)
    return canonical


def _written(data: QueryDict, schema: Schema) -> dict[str, str]:
    """What the form says, for the fields that it had."""
    texts = {f.key: data.get(f"field-{f.key}") for f in schema.values}
    return {key: text.replace("\r\n", "\n").strip() for key, text in texts.items() if text is not None}


def _undecided(data: QueryDict, schema: Schema) -> list[str]:
    """The fields of which it was asked whose value is to stay, without an answer."""
    asked = [f.key for f in schema.values if f"asked-{f.key}" in data]
    return [key for key in asked if data.get(f"whose-{key}") not in ("mine", "theirs")]


def _version(data: QueryDict, *asked: str) -> int:
    """The version the answer counts from: an unanswered question is put again from where it was first `asked`."""
    names = asked or ("version",)
    versions = [found for name in names if (found := number(data.get(name), most=LAST_VERSION)) is not None]
    if len(versions) < len(names):
        raise BadRequest("no version")
    return min(versions)


def _form(
    request: HttpRequest,
    schema: Schema,
    texts: Texts,
    *,
    card: Mapping[str, Any] | None = None,
    version: int | None = None,
    problems: Mapping[str, Sequence[Problem]] | None = None,
    conflicts: Sequence[Conflict] = (),
    opened: int | None = None,
    undecided: Sequence[str] = (),
    notice: str = "",
) -> HttpResponse:
    wrong, theirs = problems or {}, {c.field: c for c in conflicts}
    # An answer counts again only beside what the person saw when giving it.
    seen = bool(undecided) and card is not None and request.POST.get("version") == str(card["version"])
    open_ones = [key for key in theirs if not (seen and key not in undecided)]
    inputs = {
        f.key: Input(
            field=f,
            text=texts[f.key],
            problems=tuple(map(_words, wrong.get(f.key, ()))),
            conflict=theirs.get(f.key),
            whose="mine" if f.key in theirs and f.key not in open_ones else "",
            undecided=f.key in undecided,
            focused=f.key in open_ones[:1],
            opened=opened,
        )
        for f in schema.values
    }
    gathered = [(group, [inputs[key] for key in keys]) for group, keys in groups(schema)]
    context = {
        "room": "customers",
        "customer": card or "new",
        "card": card,
        "version": version or (card["version"] if card else None),
        "groups": gathered,
        "whole": [_words(problem) for problem in wrong.get("", ())],
        "marked": [one for _group, several in gathered for one in several if one.problems or one.conflict],
        "wrong": bool(wrong),
        "conflicts": bool(conflicts),
        "notice": notice,
    }
    return render(request, "kundekort/customers/edit.html", context)


def _words(problem: Problem) -> str:
    label = wording.field(problem.field) if problem.field else ""
    return wording.card_problem(problem.code, problem.params, problem.value, label)
