"""Which entries of the audit log an administrator wants to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundekort import wording
from kundekort.services.audit import Event
from kundekort.services.audit_log import GROUPS, NOBODY, SERVER, AuditFilter


class AuditFilterForm(forms.Form):
    """Which entries to show, of one of the `people` (key and name) among others.

    What cannot be understood narrows nothing.
    """

    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def __init__(self, data: Mapping[str, Any], *, people: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.people = [*people, (SERVER, _("A command on the server")), (NOBODY, _("Nobody who was logged in"))]
        self.events = [
            (wording.AUDIT_GROUPS[group], [(event.value, wording.AUDIT_NAMES[event]) for event in events])
            for group, events in GROUPS.items()
        ]
        self.fields["who"] = forms.ChoiceField(choices=self.people, required=False)
        self.fields["event"] = forms.ChoiceField(choices=[(event.value, "") for event in Event], required=False)

    def clean(self) -> None:
        """Days in their order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))

    def wanted(self) -> AuditFilter:
        """What the answers mean together."""
        self.is_valid()
        said = self.cleaned_data
        event = said.get("event")
        return AuditFilter(
            who=said.get("who") or "",
            event=Event(event) if event else None,
            since=said.get("since"),
            until=said.get("until"),
        )
