"""What an administrator says of an own field. Whether it can be so is the services' business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from kundekort import wording
from kundekort.engine.schema import Kind
from kundekort.languages import NAMES
from kundekort.services.fields import KINDS, Definition
from kundekort.services.refusals import ChoiceInUse, FieldInvalid
from kundekort.store.models import CustomField
from kundekort.web.forms.text import Text


@dataclass(frozen=True, slots=True)
class Language:
    """The two texts of a field in one language."""

    code: str
    name: str
    label: BoundField
    help: BoundField


class FieldForm(forms.Form):
    """An own field: a new one, or one that was `made` and keeps its kind."""

    header = Text()
    kind = forms.CharField(required=False)
    choices = Text()
    required = forms.BooleanField(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, made: CustomField | None = None) -> None:
        super().__init__(data, initial=_initial(made) if made else {"kind": Kind.TEXT})
        self.made = made
        for code in NAMES:
            self.fields[f"label-{code}"] = Text(initial=made.labels.get(code, "") if made else "")
            self.fields[f"help-{code}"] = Text(initial=made.help.get(code, "") if made else "")

    @property
    def languages(self) -> list[Language]:
        """What people see, language by language."""
        return [Language(code, name, self[f"label-{code}"], self[f"help-{code}"]) for code, name in NAMES.items()]

    def clean_kind(self) -> Kind:
        """The kind, which a field that there is keeps."""
        wish = self.made.kind if self.made else self.cleaned_data["kind"]
        if wish not in KINDS:
            raise forms.ValidationError(wording.column_fault("kind_unknown", {}))
        return Kind(wish)

    def definition(self) -> Definition:
        """What a valid form says."""
        said = self.cleaned_data
        return Definition(
            header=said["header"],
            kind=said["kind"],
            labels={code: said[f"label-{code}"] for code in NAMES},
            help={code: said[f"help-{code}"] for code in NAMES},
            required=said["required"],
            choices=said["choices"].splitlines(),
        )

    def refuse(self, refusal: FieldInvalid | ChoiceInUse) -> None:
        """Tell a refusal beside the part of the form that it is about."""
        if isinstance(refusal, ChoiceInUse):
            self.add_error("choices", wording.refusal(refusal.code, refusal.params))
            return
        reason = refusal.params["reason"]
        part = "choices" if reason.startswith("choices") else "kind" if reason == "kind_unknown" else "header"
        self.add_error(part, wording.column_fault(reason, refusal.params))


def _initial(made: CustomField) -> dict[str, Any]:
    return {
        "header": made.header,
        "kind": made.kind,
        "choices": "\n".join(made.choices),
        "required": made.required,
    }
