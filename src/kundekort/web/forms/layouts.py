"""How an administrator arranges a column layout. Whether it can be so is the services' business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from kundekort import wording
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.schema import Field, Kind
from kundekort.services.layouts import Layout
from kundekort.services.refusals import LayoutInvalid
from kundekort.web.forms.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One field as the page shows it: whether it is a column of the layout, and under which header."""

    field: Field
    chosen: BoundField
    header: BoundField

    @property
    def fixed(self) -> bool:
        """Whether every layout must have it."""
        return self.field.kind is Kind.ID


class LayoutForm(forms.Form):
    """A layout over the `offered` fields: first the columns of a pattern, or of what was sent, then what it leaves out.

    `fault` is what a refusal says, wherever it stands in the form.
    """

    former = Text()
    name = Text()
    empty_cells = forms.CharField(required=False)
    is_default = forms.BooleanField(required=False)
    fault = ""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        offered: Sequence[Field],
        pattern: Layout | None = None,
        name: str = "",
        former: str = "",
    ) -> None:
        columns = {c.field.key: c.header for c in pattern.columns} if pattern else {}
        order = data.getlist("field") if data is not None else list(columns)
        fields = {f.key: f for f in offered}
        self._fields = [fields.pop(key) for key in dict.fromkeys(order) if key in fields] + list(fields.values())
        if data is not None:
            data = data.copy()
            for field in fields.values():  # made meanwhile
                data.setdefault(f"header-{field.key}", field.header)
        initial: dict[str, Any] = {"former": former, "name": name}
        if pattern:
            initial |= {"empty_cells": pattern.empty_cells, "is_default": bool(former) and pattern.is_default}
        super().__init__(data, initial=initial)
        for field in self._fields:
            header = columns.get(field.key)
            self.fields[f"chosen-{field.key}"] = forms.BooleanField(required=False, initial=header is not None)
            self.fields[f"header-{field.key}"] = Text(initial=field.header if header is None else header)

    @property
    def lines(self) -> list[Line]:
        """Every field in its order."""
        return [Line(f, chosen=self[f"chosen-{f.key}"], header=self[f"header-{f.key}"]) for f in self._fields]

    def clean_empty_cells(self) -> EmptyCells:
        """What an empty cell does; without a clear answer the file is the truth."""
        return EmptyCells.KEEP if self.cleaned_data["empty_cells"] == EmptyCells.KEEP else EmptyCells.OVERWRITE

    def columns(self) -> list[tuple[str, str]]:
        """The columns of a valid form, each as field key and header."""
        said = self.cleaned_data
        return [(f.key, said[f"header-{f.key}"]) for f in self._fields if said[f"chosen-{f.key}"]]

    def refuse(self, refusal: LayoutInvalid) -> None:
        """Tell a refusal beside the name or the columns that it is about."""
        reason, params = refusal.params["reason"], refusal.params
        self.fault = wording.column_fault(reason, params)
        about = [f"header-{key}" for key, header in self.columns() if _is_about(params, key, header)]
        for place in ("name",) if reason.startswith("name") else about or (None,):
            self.add_error(place, self.fault)


def _is_about(params: dict[str, str], key: str, header: str) -> bool:
    """Whether a refusal is about a column: by its header, which its `field` has already, or else by its field."""
    if "header" not in params:
        return key == params.get("field")
    return " ".join(header.split()).casefold() == params["header"].casefold() and key != params.get("field")
