"""What is kept of the people who use the register, besides what Django keeps, and of what they did to it as a whole."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Profile(models.Model):
    """What is known of a user besides their account. A user without one is like one with an empty profile.

    `handed_over` is the hash of a password that somebody else has given them, '' for none or once they have chosen
    another, which they have to. It stays as it is when Django hashes their password anew.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="profile"
    )
    handed_over = models.TextField(default="", db_default="")

    def __str__(self) -> str:
        return str(self.pk)


class AuditEntry(models.Model):
    """Something that somebody did, or tried; added by `services.audit` alone. The database refuses to change one.

    `user` is their number, null for a command on the server or for somebody unknown; `address` the network address of
    their computer, '' for the server's own. An entry outlives whom it tells of, so that nothing refers to a table.
    """

    created_at = models.DateTimeField(db_default=Now())
    user = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    address = models.TextField()
    event = models.TextField()
    params = models.JSONField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at", "id"], name="audit_when"),
            models.Index(fields=["event", "created_at", "id"], name="audit_event"),
            models.Index(fields=["user", "created_at", "id"], name="audit_user"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at} {self.actor_name} {self.event}"
