"""A decision about cells, rows or a finding, checked. Forms may not ask the register anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import BadRequest

from kundekort.engine.decisions import Action, Decision, Rows

TAKEN: Final = tuple(action for action in Action if action is not Action.MEND)
"""What a page may decide; a mended file comes another way."""


class DecisionForm(forms.Form):
    """What is done, and where: rows by their numbers, separated by commas; `text` counts where it was sent, also ''."""

    action = forms.ChoiceField(choices=[(a, a) for a in TAKEN])
    value = forms.CharField(required=False, max_length=10_000)
    field = forms.SlugField(required=False)
    rows = forms.RegexField(regex=r"^\d{1,9}(,\d{1,9})*$", required=False)
    text = forms.CharField(required=False, max_length=10_000)
    code = forms.SlugField(required=False)
    kind = forms.ChoiceField(choices=[(k, k) for k in Rows], required=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Decision:
        """The decision in a posted form. BadRequest for what the page could not have sent."""
        form = cls(data)
        if not form.is_valid():
            raise BadRequest(form.errors.as_json())
        said = form.cleaned_data
        rows = tuple(sorted({int(row) for row in said["rows"].split(",")})) if said["rows"] else None
        return Decision(
            Action(said["action"]),
            said["value"],
            field=said["field"] or None,
            rows=rows,
            text=said["text"] if "text" in data else None,
            code=said["code"] or None,
            kind=Rows(said["kind"]) if said["kind"] else None,
        )
