"""From where on a column of a file is a finding, as an administrator chooses it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services.refusals import SettingInvalid
from kundekort.services.settings import LIMITS, Settings

NAMES: Final = ("finding_cards", "changed_percent", "emptied_percent", "alike_percent")


class LimitsForm(forms.Form):
    """The choices as they are, or as they were sent; each from the least to the most that it can be."""

    def __init__(self, data: QueryDict | None = None, *, current: Settings) -> None:
        super().__init__(data, initial=asdict(current))
        for name in NAMES:
            least, most = LIMITS[name]
            fault = wording.refusal(SettingInvalid.code, {"least": least, "most": most})
            faults = dict.fromkeys(("required", "invalid", "min_value", "max_value"), fault)
            self.fields[name] = forms.IntegerField(min_value=least, max_value=most, error_messages=faults)

    def chosen(self) -> dict[str, Any]:
        """What was chosen in a valid form."""
        return {name: self.cleaned_data[name] for name in NAMES}
