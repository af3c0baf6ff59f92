"""The tables of webhooks: who is told what, and how each telling went. Part of `models`."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

FAILING: Final = Q(active=True, failing_since__isnull=False) | Q(active=False) & ~Q(notice="")
"""Receivers that are not reached, or were switched off because of that."""


class Webhook(models.Model):
    """A receiver of events: `url` is asked with each of the `events` it wants, one after the other.

    `secret` is encrypted (`services.encryption`). `position` is that of the change feed up to which there are
    deliveries. While it fails it has `failing_since`, and nothing is sent
    before `retry_at`. `notice` says why it was switched off if nobody did: failing, or gone.
    """

    name = models.TextField(unique=True)
    url = models.TextField()
    events = ArrayField(models.TextField())
    values = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    secret = models.TextField()
    position = models.BigIntegerField()
    failing_since = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    notice = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one receiver: what is sent is made of the log each time, so that nothing of it stands here.

    `position` is that of the revision in the change feed, null for a test. `status` is the last answer's, null without
    one; then `fault` is the code of what went wrong. `milliseconds` is how long the last attempt took.
    """

    class State(models.TextChoices):
        """Where a delivery is on its way."""

        WAITING = "waiting"
        DELIVERED = "delivered"
        SKIPPED = "skipped"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.TextField()
    type = models.TextField()
    position = models.BigIntegerField(null=True)
    state = models.TextField(choices=State, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    status = models.IntegerField(null=True)
    fault = models.TextField(default="", blank=True)
    milliseconds = models.IntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    attempted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["webhook", "id"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["created_at"], name="delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"
