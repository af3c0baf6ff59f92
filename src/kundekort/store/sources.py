"""The tables of watched sources: from where files are read by themselves, and which have been. Part of `models`."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

UNREADABLE: Final = Q(active=True) & ~Q(fault="")
"""Sources that could not be read when somebody last looked."""


class Source(models.Model):
    """A place that is looked at every so many `minutes` for files whose names fit a `pattern`.

    `owner` is on whose behalf they are imported, `notify` the numbers of the users who are told of what waits. `secret`
    is encrypted (`services.encryption`), `host_key` the public key of an SFTP server. With `confirms` an import of at
    most `most_cards` cards of which nobody need decide anything is confirmed at once. `fault` is the code of why the
    last look failed, with what its words need; `etag` is what a server called the file that it gave last; `site` is the
    address of the website, for letters.
    """

    name = models.TextField(unique=True)
    url = models.TextField()
    pattern = models.TextField(default="*")
    username = models.TextField(default="", blank=True)
    secret = models.TextField(default="", blank=True)
    host_key = models.TextField(default="", blank=True)
    minutes = models.IntegerField(default=60)
    keeps_empty = models.BooleanField(default=False)
    confirms = models.BooleanField(default=False)
    most_cards = models.IntegerField(default=100)
    active = models.BooleanField(default=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notify = ArrayField(models.BigIntegerField(), default=list)
    etag = models.TextField(default="", blank=True)
    site = models.TextField(default="", blank=True)
    look_at = models.DateTimeField(db_default=Now())
    looked_at = models.DateTimeField(null=True)
    fault = models.TextField(default="", blank=True)
    fault_params = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class SourceFile(models.Model):
    """A file as a source had it once: `mark` tells it from what it was before and will be after.

    It is read once its mark has been the same for a while, and imported unless its bytes (`sha256`) have been already:
    then it has an import. `waits_for` are the codes of why that was not confirmed by itself, once that is known.
    """

    class State(models.TextChoices):
        """How far it is: seen and perhaps still being written; imported; or read and nothing new."""

        SEEN = "seen"
        IMPORTED = "imported"
        KNOWN = "known"
        REFUSED = "refused"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="files")
    name = models.TextField()
    mark = models.TextField()
    size = models.BigIntegerField(null=True)
    sha256 = models.TextField(default="", blank=True)
    state = models.TextField(choices=State, default=State.SEEN)
    imp = models.OneToOneField(
        "kundekort.Import", null=True, on_delete=models.SET_NULL, related_name="source_file", db_column="import_id"
    )
    judged = models.BooleanField(default=False)
    waits_for = ArrayField(models.TextField(), default=list)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "name", "mark"], name="source_file_mark"),
            models.UniqueConstraint(
                fields=["source", "sha256"], condition=Q(state="imported"), name="source_file_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source"], condition=Q(judged=False, state="imported"), name="source_file_unjudged"),
        ]

    def __str__(self) -> str:
        return self.name
