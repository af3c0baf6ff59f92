"""What a person says of a segment: its name, and the rules as JSON. What they mean is the services' business."""

from __future__ import annotations

import json
from typing import Any, Final

from django import forms
from django.core.exceptions import BadRequest

from kundekort import wording
from kundekort.services.refusals import SegmentInvalid
from kundekort.web.forms.text import Text

NAMELESS: Final = ("name_missing", "name_taken")
"""What can be wrong with the name; everything else is about the rules."""


class RulesForm(forms.Form):
    """The rules that are put together just now."""

    condition = forms.CharField(required=False)

    def clean_condition(self) -> Any:
        """The JSON of the rules. BadRequest for what the page could not have sent."""
        try:
            rules = json.loads(self.cleaned_data["condition"])
            json.dumps(rules, ensure_ascii=False).encode()  # halves of characters are JSON too, but no text
        except (ValueError, RecursionError) as error:
            raise BadRequest("condition is not JSON") from error
        return rules

    def rules(self) -> Any:
        """The rules as they were sent. BadRequest for what the page could not have sent."""
        if not self.is_valid():
            raise BadRequest(self.errors.as_json())
        return self.cleaned_data["condition"]


class SegmentForm(RulesForm):
    """A segment to keep: `seen` is the time of the change that was looked at, `then` what comes after saving."""

    name = Text()
    description = Text()
    seen = forms.CharField(required=False, empty_value=None)
    then = forms.CharField(required=False)

    def refuse(self, refusal: SegmentInvalid) -> None:
        """Tell a refusal beside the name or the rules."""
        reason, params = refusal.params["reason"], refusal.params
        words = wording.segment_fault(reason, params["path"], params)
        self.add_error("name" if reason in NAMELESS else "condition", words)
