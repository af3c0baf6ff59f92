"""What is kept of programs that use the register: their tokens, and the keys by which they have named requests."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class ApiToken(models.Model):
    """A secret by which a program acts for a person, as far as its `scopes` go.

    `digest` is the SHA-256 of the secret in hexadecimal digits, `hint` its first characters, by which people know it
    again. `minute` and `calls` count its requests: so many within the minute that began then.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.TextField()
    scopes = ArrayField(models.TextField())
    digest = models.TextField(unique=True)
    hint = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    minute = models.DateTimeField(null=True)
    calls = models.IntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"


class IdempotencyKey(models.Model):
    """A request that a program has named by a key, so that sending it again does nothing again.

    `fingerprint` is the SHA-256 of what was sent in hexadecimal digits; `result` the number of what it has made, null
    while it is being made. Nothing of what was sent or answered is kept: it may be about a customer.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    fingerprint = models.TextField()
    result = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_key_created")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"
