"""Why somebody waits for an import or an export: because nobody runs jobs, or because others are writing."""

from __future__ import annotations

from django.db.models import TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now
from procrastinate.contrib.django.models import ProcrastinateJob

from kundekort.services import heartbeats, writers
from kundekort.services.writers import Writer
from kundekort.store.models import Export, Import


def no_worker(about: Import | Export) -> bool:
    """Whether nothing goes on because no worker is there; not so while a job is to wait for another reason."""
    if heartbeats.workers_alive():
        return False
    key = "import_id" if isinstance(about, Import) else "export_id"
    jobs = ProcrastinateJob.objects.annotate(about=Cast(KeyTextTransform(key, "args"), TextField()))
    return not jobs.filter(about=str(about.pk), status="todo", scheduled_at__gt=Now()).exists()


def writer_before(imp: Import) -> Writer | None:
    """Who has the register while an import waits for it; None when nobody does, or it does not wait."""
    waits = imp.state == Import.State.CONFIRMING and (imp.progress is None or imp.progress.phase == "waiting")
    writer = writers.current() if waits else None
    return None if writer is None or writer.writes(imp) else writer
