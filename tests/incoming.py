"""Sources for tests: a folder that may be read, a source of it, and looking at it as when the time has come."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils import timezone

from kundekort.services import source_runs
from kundekort.services.source_runs import Look
from kundekort.store.models import Source, SourceFile

HEADER = "CustomerID;FirstName;LastName;Gender\n"
KARI, OLA = HEADER + "0;Kari;Moe;2\n", HEADER + "0;Ola;Moe;1\n"


def put(folder: Path, name: str, text: str | bytes, *, minutes_old: int = 0) -> Path:
    """Write a file as somebody else did some time ago."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    when = timezone.now().timestamp() - minutes_old * 60
    os.utime(file, (when, when))
    return file


def look(source: Source) -> Look:
    """Look as when the time has come, long after the last look."""
    Source.objects.filter(pk=source.pk).update(look_at=timezone.now())
    SourceFile.objects.update(seen_at=timezone.now() - source_runs.STILL)
    return source_runs.look(source.pk)


def again(source: Source) -> Source:
    return Source.objects.get(pk=source.pk)
