"""The tables about columns of files: how they are laid out, and what their names have meant. Part of `models`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kundekort.engine.header_mapping import HeaderMapping
from kundekort.store.values import ValueField


class ColumnLayout(models.Model):
    """Which columns files have, in which order and under which names: `columns` is a list of {field, header}."""

    name = models.TextField(unique=True)
    columns = models.JSONField()
    empty_cells = models.TextField(default="overwrite")
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_layout"),
        ]

    def __str__(self) -> str:
        return self.name


class HeaderAlias(models.Model):
    """A column name that some layout or own field has had: files that use it go on meaning that field."""

    name = models.TextField(primary_key=True)
    field = models.TextField()

    def __str__(self) -> str:
        return f"{self.name} → {self.field}"


class ColumnMapping(models.Model):
    """What a person said the columns of a file are: by name, or without one for the next file with the same headers.

    `fingerprint` is that of the headers (`engine.header_mapping`).
    """

    fingerprint = models.TextField()
    name = models.TextField(default="")
    mapping = ValueField(HeaderMapping)
    changed_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fingerprint"], condition=Q(name=""), name="one_mapping_of_headers"),
            models.UniqueConstraint(fields=["name"], condition=~Q(name=""), name="one_mapping_of_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.fingerprint[:8]
