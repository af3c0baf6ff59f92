"""After how long customers are proposed for anonymising, as an administrator chooses it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services import inactivity
from kundekort.services.refusals import SettingInvalid
from kundekort.services.settings import LIMITS, Settings


class RetentionForm(forms.Form):
    """The rule as it is, or as it was sent."""

    def __init__(self, data: QueryDict | None = None, *, current: Settings) -> None:
        super().__init__(data, initial=asdict(current))
        least, most = LIMITS["retention_months"]
        fault = wording.refusal(SettingInvalid.code, {"least": least, "most": most})
        faults = dict.fromkeys(("required", "invalid", "min_value", "max_value"), fault)
        self.fields["retention_months"] = forms.IntegerField(min_value=least, max_value=most, error_messages=faults)
        self.dates = [(key, wording.field(key)) for key in inactivity.date_fields()]
        self.fields["retention_field"] = forms.ChoiceField(choices=[("", ""), *self.dates], required=False)
        self.fields["retention_consent"] = forms.BooleanField(required=False)

    def chosen(self) -> dict[str, Any]:
        """What was chosen in a valid form."""
        return dict(self.cleaned_data)
