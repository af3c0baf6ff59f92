"""What somebody says of a token for a program. Whether it can be so is the services' business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services.tokens import LONGEST_DAYS, LONGEST_NAME, Scope

DAYS: Final = (30, 90, 180, LONGEST_DAYS)
"""After how many days a token can expire."""


class TokenForm(forms.Form):
    """A new token: what it is called, what it may, and for how long."""

    def __init__(self, data: QueryDict | None = None, *, scopes: Iterable[Scope]) -> None:
        super().__init__(data, initial={"days": DAYS[1]})
        fault = {"required": wording.token_fault("token_name_missing", {})}
        too_long = wording.token_fault("token_name_too_long", {"limit": LONGEST_NAME})
        self.fields["name"] = forms.CharField(max_length=LONGEST_NAME, error_messages=fault | {"max_length": too_long})
        choices = [(scope.value, str(wording.SCOPES[scope])) for scope in scopes]
        fault = {"required": wording.token_fault("scopes_missing", {})}
        self.fields["scopes"] = forms.MultipleChoiceField(choices=choices, error_messages=fault)
        fault = dict.fromkeys(("required", "invalid_choice"), wording.token_fault("token_days", {"limit": DAYS[-1]}))
        days = [(day, day) for day in DAYS]
        self.fields["days"] = forms.TypedChoiceField(choices=days, coerce=int, error_messages=fault)
