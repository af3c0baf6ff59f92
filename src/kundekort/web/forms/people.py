"""What an administrator says of a colleague. Whether it can be so is the services' business."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services.accounts import Role
from kundekort.services.people import Person
from kundekort.services.refusals import NameTaken, PersonInvalid, Refusal

FIELDS: Final = ("username", "full_name", "email", "role")


class RawText(forms.CharField):
    """A text as it was sent: what is wrong with it is told rather than taken away."""

    def __init__(self) -> None:
        super().__init__(required=False, strip=False)


class PersonForm(forms.Form):
    """A new colleague, or one that there is (`person`), who keeps their user name."""

    username = RawText()
    full_name = RawText()
    email = RawText()

    def __init__(self, data: QueryDict | None = None, *, person: Person | None = None) -> None:
        super().__init__(data, initial=_initial(person) if person else {"role": Role.IMPORTER.value})
        self.person = person
        self.roles = [(role.value, wording.role(role), wording.role_help(role)) for role in Role]
        fault = wording.person_fault("role_missing", {})
        faults = dict.fromkeys(("required", "invalid_choice"), fault)
        self.fields["role"] = forms.ChoiceField(choices=[(role.value, "") for role in Role], error_messages=faults)
        if person:
            del self.fields["username"]

    def said(self) -> dict[str, Any]:
        """What a valid form says."""
        return self.cleaned_data | {"role": Role(self.cleaned_data["role"])}

    def refuse(self, refusal: Refusal) -> None:
        """Tell a refusal beside the part of the form that it is about, or above it."""
        if isinstance(refusal, PersonInvalid):
            reason = refusal.params["reason"]
            part = next((name for name in FIELDS if reason.startswith(name)), None)
            self.add_error(part, wording.person_fault(reason, refusal.params))
            return
        part = "username" if isinstance(refusal, NameTaken) else None
        self.add_error(part, wording.refusal(refusal.code, refusal.params))


def _initial(person: Person) -> dict[str, Any]:
    role = person.role.value if person.role else ""
    return {"full_name": person.full_name, "email": person.email, "role": role}
