"""Waking whoever tells receivers of events. What they are told is found in the log, however often they are woken."""

from __future__ import annotations

from typing import Final

from procrastinate.contrib.django import app

from kundekort.store.models import Webhook

OUTSIDE: Final = "outside"
"""The queue of jobs that wait for other servers, which nobody waits for who has the register to be written."""


def wake() -> None:
    """Have receivers told of what is in the register when the transaction ends, if there are any."""
    if Webhook.objects.filter(active=True).exists():
        app.configure_task("tell_webhooks", queue=OUTSIDE).defer()
