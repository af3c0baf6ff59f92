"""Which imports a person wants to see. Forms may not ask the register anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kundekort import wording
from kundekort.services.import_list import ImportFilter, Participant
from kundekort.services.imports import WAITING
from kundekort.store.models import Import
from kundekort.web.forms.text import Text

WAITS: Final = "waiting"
"""The answer that means all states in which an import waits for somebody."""


class ImportFilterForm(forms.Form):
    """Which imports to show, by one of the `people` among others. What cannot be understood narrows nothing."""

    file = Text()
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def __init__(self, data: Mapping[str, Any], *, people: Sequence[Participant]) -> None:
        super().__init__(data)
        self.people = people
        self.states = [(WAITS, _("Waiting for somebody")), *((s, wording.state(s)) for s in Import.State.values)]
        self.fields["who"] = forms.ChoiceField(choices=[(one.key, one.name) for one in people], required=False)
        self.fields["state"] = forms.ChoiceField(choices=self.states, required=False)

    def clean(self) -> None:
        """Days in their order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))

    def wanted(self) -> ImportFilter:
        """What the answers mean together."""
        self.is_valid()
        said = self.cleaned_data
        state = said.get("state")
        return ImportFilter(
            who=said.get("who") or "",
            states=WAITING if state == WAITS else (state,) if state else (),
            file=said.get("file") or "",
            since=said.get("since"),
            until=said.get("until"),
        )
