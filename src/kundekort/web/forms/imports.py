"""The answers a person can give about a file, checked. Forms may not ask the register anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from kundekort.engine.decisions import Choice, Whose
from kundekort.engine.facts import WordCount
from kundekort.engine.mapping import FULL_NAME
from kundekort.engine.recipe import (
    ENCODINGS,
    SEPARATORS,
    Column,
    DateOrder,
    DialectOverrides,
    EmptyCells,
    Policy,
    RowKey,
)
from kundekort.engine.schema import Schema
from kundekort.engine.values import canonical

EMPTY_WORD = "-"
"""Says of a word in a column that it means nothing."""
NO_KEY = "none"
MATCHES = (
    (RowKey.ID, _("By CustomerID; 0 makes a new customer")),
    (RowKey.EXTERNAL_ID, _("By ExternalID; one that is not in the register makes a new customer")),
    (RowKey.EMAIL, _("By e-mail; one that is not in the register makes a new customer")),
    (RowKey.MOBILE, _("By mobile; one that is not in the register makes a new customer")),
    (RowKey.NAME_BIRTH, _("By first name, last name and date of birth together")),
    (NO_KEY, _("Not at all: every row makes a new customer")),
)
FURTHER_MATCHES = (
    ("", _("Nothing more")),
    (RowKey.ID, _("CustomerID")),
    (RowKey.EXTERNAL_ID, _("ExternalID")),
    (RowKey.EMAIL, _("E-mail")),
    (RowKey.MOBILE, _("Mobile")),
    (RowKey.NAME_BIRTH, _("First name, last name and date of birth")),
)


class DialectForm(forms.Form):
    """How a file is to be read: a text by encoding and separator, a workbook by its sheet."""

    encoding = forms.ChoiceField(choices=[(e, e) for e in ENCODINGS], required=False)
    # The separator may be a tab, which the field would strip.
    separator = forms.TypedChoiceField(choices=[(s, s) for s in SEPARATORS], required=False)
    sheet = forms.CharField(max_length=100, strip=False, required=False)
    header_row = forms.IntegerField(min_value=1, max_value=1000, required=False)
    one_cell = forms.BooleanField(required=False)
    visible_only = forms.BooleanField(required=False)

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
    second = forms.ChoiceField(choices=FURTHER_MATCHES, required=False)
    third = forms.ChoiceField(choices=FURTHER_MATCHES, required=False)
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
        wanted = [answer[name] for name in ("match", "second", "third") if answer["match"] != NO_KEY]
        return Policy(
            keys=tuple(dict.fromkeys(map(RowKey, filter(None, wanted)))),
            empty_cells=EmptyCells(answer["empty_cells"]),
            date_order=DateOrder(order) if order else None,
        )


class MappingForm(forms.Form):
    """Which saved mapping is meant, by its number; none for beginning anew."""

    mapping = forms.IntegerField(required=False, min_value=1)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> int | None:
        """The number in a posted form. BadRequest for what the page could not have sent."""
        form = cls(data)
        if not form.is_valid():
            raise BadRequest(form.errors.as_json())
        number: int | None = form.cleaned_data["mapping"]
        return number


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
    """What each of a file's columns becomes by position, None for ignored. BadRequest for an unknown field."""
    chosen = {position: data.get(f"column-{position}") or None for position in range(count)}
    if any(key not in (None, FULL_NAME) and key not in schema for key in chosen.values()):
        raise BadRequest("unknown field")
    return chosen


def read_words(
    data: Mapping[str, Any],
    *,
    asked: Sequence[WordCount],
    shown: Sequence[Column],
    chosen: Mapping[int, str | None],
    schema: Schema,
) -> dict[int, dict[str, str]]:
    """What the words of each column mean, by its position, where it becomes the field that they were shown for.

    BadRequest for a meaning that the field does not have.
    """
    words: dict[int, dict[str, str]] = {}
    for word in asked:
        key, value = chosen[word.column], data.get(f"word-{word.column}-{word.text}")
        if value is None or key is None or key != shown[word.column].field:
            continue
        said = words.setdefault(word.column, {})
        if value == EMPTY_WORD:
            said[word.text] = ""
        elif value:
            canonical_form = canonical.read(schema[key], pl.Series([value]), today=date.max)
            if canonical_form.code[0] is not None:
                raise BadRequest("unknown value")
            said[word.text] = canonical_form.text[0]
    return words
