"""Which imports two persons have to agree on, as an administrator chooses it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services.refusals import SettingInvalid
from kundekort.services.settings import LIMITS, Settings

NUMBERS: Final = ("four_eyes_cards", "four_eyes_emptied")


class FourEyesForm(forms.Form):
    """The choices as they are, or as they were sent."""

    four_eyes = forms.BooleanField(required=False)
    four_eyes_consents = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict | None = None, *, current: Settings) -> None:
        super().__init__(data, initial=asdict(current))
        for name in NUMBERS:
            least, most = LIMITS[name]
            fault = wording.refusal(SettingInvalid.code, {"least": least, "most": most})
            faults = dict.fromkeys(("required", "invalid", "min_value", "max_value"), fault)
            self.fields[name] = forms.IntegerField(min_value=least, max_value=most, error_messages=faults)

    def chosen(self) -> dict[str, Any]:
        """What was chosen in a valid form."""
        return dict(self.cleaned_data)
