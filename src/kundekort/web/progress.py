"""How far a job has come, as the page that waits for it shows it. It may not ask the job."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kundekort import wording
from kundekort.services import wait_reasons
from kundekort.store.models import Export, Import
from kundekort.store.progress import Progress


def import_progress(imp: Import) -> dict[str, Any]:
    """What the progress bar needs of the work on an import."""
    writer = None if (hint := _no_worker(imp)) else wait_reasons.writer_before(imp)
    if writer is not None:
        words = wording.writer(writer.kind, writer.name, writer.since)
        hint = " ".join((words, _("Your import is written as soon as that is done.")))
    poll = reverse("import-progress", args=[imp.pk])
    return progress_context(imp.progress, poll=poll) | {"hint": hint, "stuck": hint and writer is None}


def export_progress(export: Export) -> dict[str, Any]:
    """What the progress bar needs of the writing of a list."""
    hint = _no_worker(export)
    poll = reverse("export-progress", args=[export.pk])
    return progress_context(export.progress, poll=poll) | {"hint": hint, "stuck": hint}


def progress_context(progress: Progress | None, *, poll: str) -> dict[str, Any]:
    """What the progress bar needs of a step; `poll` is the address to ask again at."""
    return {
        "poll": poll,
        "progress": progress,
        "percent": str(round(progress.fraction * 100)) if progress else None,
    }


def _no_worker(about: Import | Export) -> str:
    """What to do when nothing goes on because no worker is there; '' when one is."""
    if not wait_reasons.no_worker(about):
        return ""
    return _(
        "No worker is running, so this waits. Whoever runs Kundekort can start one with “kundekort worker” "
        "or “kundekort serve”; then it goes on by itself."
    )
