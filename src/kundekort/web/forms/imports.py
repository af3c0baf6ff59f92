"""The answers a person can give about a file, checked. Forms may not ask the register anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from kundekort.engine.decisions import Choice, Whose
from kundekort.engine.recipe import ENCODINGS, SEPARATORS, DateOrder, DialectOverrides, EmptyCells, Policy, RowKey
from kundekort.engine.schema import Schema

MATCHES = (
    (RowKey.ID, _("By CustomerID; 0 makes a new customer")),
    (RowKey.EXTERNAL_ID, _("By ExternalID; one that is not in the register makes a new customer")),
    (RowKey.EMAIL, _("By e-mail; one that is not in the register makes a new customer")),
    (RowKey.NONE, _("Not at all: every row makes a new customer")),
)


class DialectForm(forms.Form):
    """How a file is to be read: a text by encoding and separator, a workbook by its sheet."""

    encoding = forms.ChoiceField(choices=[(e, e) for e in ENCODINGS], required=False)
    # The separator may be a tab, which the field would strip.
    separator = forms.TypedChoiceField(choices=[(s, s) for s in SEPARATORS], required=False)
    sheet = forms.CharField(max_length=100, strip=False, required=False)
    header_row = forms.IntegerField(min_value=1, max_value=1000)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> DialectOverrides:
        """The answer in a posted form. BadRequest for what the page could not have sent."""
        form = cls(data)
        if not form.is_valid():
            raise BadRequest(form.errors.as_json())
        return DialectOverrides(**{name: answer or None for name, answer in form.cleaned_data.items()})


class PolicyForm(forms.Form):
    """The choices about a whole file."""

    match = forms.ChoiceField(choices=MATCHES)
    empty_cells = forms.ChoiceField(choices=[(e, e) for e in EmptyCells])
    date_order = forms.ChoiceField(choices=[(o, o) for o in DateOrder], required=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Policy:
        """The answer in a posted form. BadRequest for what the page could not have sent."""
        form = cls(data)
        if not form.is_valid():
            raise BadRequest(form.errors.as_json())
        answer = form.cleaned_data
        order = answer["date_order"]
        return Policy(
            key=RowKey(answer["match"]),
            empty_cells=EmptyCells(answer["empty_cells"]),
            date_order=DateOrder(order) if order else None,
        )


class ChoiceForm(forms.Form):
    """Whose value stays in conflicts: of a cell, a field, a card, or all."""

    whose = forms.ChoiceField(choices=[(w, w) for w in Whose])
    field = forms.SlugField(required=False)
    card = forms.IntegerField(required=False, min_value=1)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Choice:
        """The answer in a posted form. BadRequest for what the page could not have sent."""
        form = cls(data)
        if not form.is_valid():
            raise BadRequest(form.errors.as_json())
        answer = form.cleaned_data
        return Choice(Whose(answer["whose"]), field=answer["field"] or None, card=answer["card"])


def read_columns(data: Mapping[str, Any], count: int, *, schema: Schema) -> dict[int, str | None]:
    """The field chosen for each of a file's columns by position, None for ignored. BadRequest for an unknown field."""
    chosen = {position: data.get(f"column-{position}") or None for position in range(count)}
    if any(key is not None and key not in schema for key in chosen.values()):
        raise BadRequest("unknown field")
    return chosen
