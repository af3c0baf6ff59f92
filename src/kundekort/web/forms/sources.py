"""What an administrator says of a source. Whether it can be so is the services' business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services import sources
from kundekort.services.refusals import NotReached, Refusal, SourceInvalid
from kundekort.services.sources import Description
from kundekort.store.models import Source

_TEXTS: Final = ("name", "url", "pattern", "username", "host_key")
_PARTS: Final = {"secret_anew": "secret", "username_missing": "username", "host_key_missing": "host_key"}
"""Beside which part of the form a reason is told that does not begin with the name of one."""


class SourceForm(forms.Form):
    """A new source, or one that there is, whose secret is not shown again."""

    name = forms.CharField(required=False, strip=False)
    url = forms.CharField(required=False, strip=False)
    pattern = forms.CharField(required=False)
    username = forms.CharField(required=False)
    secret = forms.CharField(required=False, strip=False)
    no_secret = forms.BooleanField(required=False)
    host_key = forms.CharField(required=False)
    keeps_empty = forms.BooleanField(required=False)
    confirms = forms.BooleanField(required=False)

    def __init__(
        self, data: QueryDict | None = None, *, people: Mapping[int, str], own: int, made: Source | None = None
    ) -> None:
        usual = {"pattern": "*.csv, *.txt, *.xlsx", "minutes": 60, "most_cards": 100, "owner": own, "notify": [own]}
        known = (*_TEXTS, "minutes", "keeps_empty", "confirms", "most_cards", "notify")
        there = {name: getattr(made, name) for name in known} | {"owner": made.owner_id} if made else usual
        super().__init__(data, initial=there)
        self.people, self.made = people, made
        wrong = {"most_cards": ("most_cards_wrong", {"limit": sources.MOST_CARDS}), "minutes": ("minutes_unknown", {})}
        for name, (reason, params) in wrong.items():
            faults = dict.fromkeys(("required", "invalid"), wording.source_fault(reason, params))
            self.fields[name] = forms.IntegerField(error_messages=faults)
        faults = dict.fromkeys(("required", "invalid"), wording.source_fault("owner_wrong", {}))
        self.fields["owner"] = forms.IntegerField(error_messages=faults)
        self.fields["notify"] = forms.TypedMultipleChoiceField(
            required=False, coerce=int, choices=[(number, name) for number, name in people.items()]
        )

    def owners(self) -> list[tuple[int, str, bool]]:
        """Everybody who may be the owner, and whether they are."""
        return [(number, name, str(number) == str(self["owner"].value())) for number, name in self.people.items()]

    def told(self) -> list[tuple[int, str, bool]]:
        """Everybody who may be told of what waits, and whether they are."""
        chosen = {str(number) for number in self["notify"].value() or []}
        return [(number, name, str(number) in chosen) for number, name in self.people.items()]

    def intervals(self) -> list[tuple[int, str, bool]]:
        """The intervals with their words, and whether each is chosen."""
        chosen = str(self["minutes"].value())
        return [(minutes, wording.interval(minutes), str(minutes) == chosen) for minutes in sources.MINUTES]

    def said(self, *, site: str) -> Description:
        """What a valid form says."""
        told: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "no_secret"}
        if not told["secret"]:
            told["secret"] = "" if self.cleaned_data["no_secret"] or self.made is None else None
        return Description(**told, site=site)

    def refuse(self, refusal: Refusal) -> None:
        """Tell a refusal beside the part of the form that it is about."""
        if isinstance(refusal, NotReached):
            self.add_error("url", wording.server_fault(refusal.params["reason"], refusal.params))
        elif isinstance(refusal, SourceInvalid):
            reason = refusal.params["reason"]
            part = _PARTS.get(reason) or next((name for name in self.fields if reason.startswith(f"{name}_")), None)
            self.add_error(part, wording.source_fault(reason, refusal.params))
