"""What an administrator says of a webhook. Whether it can be so is the services' business."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from kundekort import wording
from kundekort.services import webhook_events
from kundekort.services.refusals import NotReached, Refusal, WebhookInvalid
from kundekort.services.webhooks import Description
from kundekort.store.models import Webhook


class WebhookForm(forms.Form):
    """A new webhook, or one that there is."""

    name = forms.CharField(required=False, strip=False)
    url = forms.CharField(required=False, strip=False)
    events = forms.MultipleChoiceField(required=False, choices=[(kind, "") for kind in webhook_events.EVENTS])
    values = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict | None = None, *, made: Webhook | None = None) -> None:
        known = ("name", "url", "events", "values")
        initial = {name: getattr(made, name) for name in known} if made else {"events": list(webhook_events.EVENTS)}
        super().__init__(data, initial=initial)

    def choices(self) -> list[tuple[str, str, bool]]:
        """Each event with its words, and whether it is chosen."""
        chosen = self["events"].value() or []
        return [(kind, wording.webhook_event(kind), kind in chosen) for kind in webhook_events.EVENTS]

    def said(self) -> Description:
        """What a valid form says."""
        return Description(**self.cleaned_data)

    def refuse(self, refusal: Refusal) -> None:
        """Tell a refusal beside the part of the form that it is about."""
        if isinstance(refusal, NotReached):
            self.add_error("url", wording.server_fault(refusal.params["reason"], refusal.params))
        elif isinstance(refusal, WebhookInvalid):
            reason = refusal.params["reason"]
            part = "events" if reason.startswith("events") else "name"
            self.add_error(part, wording.webhook_fault(reason, refusal.params))
