"""What all processes of all hosts know for a while, such as who has to wait: the table of Django's cache."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CacheEntry(models.Model):
    """A value under a key until a moment; only Django's database cache reads and writes it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField()

    class Meta:
        db_table = "kundekort_cache"
        indexes: ClassVar = [models.Index(fields=["expires"], name="cache_expires")]

    def __str__(self) -> str:
        return self.cache_key
