"""What has to be looked after however processes end: work that waits for no job, and files that nobody knows.

Every worker does both when it starts, and from time to time. Nothing here writes customers.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kundekort.services import clearing, deliveries, exports, idempotency, imports, planning, retention, sessions
from kundekort.store.models import Anonymisation, CacheEntry, Export, Import

logger = logging.getLogger(__name__)

LIVE: Final = ("todo", "doing")
"""The states of jobs that will be run, or are."""


def look_after() -> None:
    """Do all that there is to do."""
    queue_forgotten()
    tidy_up()


def tidy_up() -> None:
    """Remove sessions that have ended, keys of requests, and files that are kept no longer.

    What goes wrong with files is logged and keeps nobody from working.
    """
    sessions.remove_expired()
    idempotency.remove_old()
    CacheEntry.objects.filter(expires__lt=timezone.now()).delete()
    deliveries.forget_old()
    try:
        retention.remove_leftovers()
        retention.remove_old()
        clearing.forget_copies()
    except OSError:
        logger.exception("Files that are kept no longer could not be removed.")


def queue_forgotten() -> None:
    """Queue a job for each import, export and anonymisation that waits for one although there is none.

    So it is when a process was killed between saying what is to be done and queueing it, or a job failed for want of a
    database that could be told. What somebody may be doing this very moment is queued for later.
    """
    plan = Q(task_name="plan_import", status__in=LIVE) | Q(task_name="apply_import", status="doing")
    received = Import.objects.filter(state=Import.State.RECEIVED).exclude(notice__in=imports.FAILURES)
    for number in _without_job("import_id", plan, received):
        logger.warning("Import %s waited to be planned without a job.", number)
        planning.queue_fallback(number)
    write = Q(task_name="apply_import", status__in=LIVE)
    for number in _without_job("import_id", write, Import.objects.filter(state=Import.State.CONFIRMING)):
        logger.warning("Import %s waited to be written without a job.", number)
        digest = Import.objects.get(pk=number).digest
        app.configure_task("apply_import").defer(import_id=number, digest=digest)
    make = Q(task_name="make_export", status__in=LIVE)
    for number in _without_job("export_id", make, Export.objects.filter(state=Export.State.WAITING)):
        logger.warning("Export %s waited to be written without a job.", number)
        exports.queue_fallback(number)
    for task, state in (("anonymise", Anonymisation.State.WAITING), ("clear", Anonymisation.State.CLEARING)):
        jobs = Q(task_name=task, status__in=LIVE)
        for number in _without_job("anonymisation_id", jobs, Anonymisation.objects.filter(state=state)):
            app.configure_task(task).defer(anonymisation_id=number)


def _without_job(key: str, jobs: Q, working: QuerySet[Any]) -> list[int]:
    """The numbers of those imports or exports about which there is no such job."""
    about = ProcrastinateJob.objects.annotate(about=KeyTextTransform(key, "args")).filter(jobs)
    number = Cast(OuterRef("pk"), TextField())
    return list(working.filter(~Exists(about.filter(about=number))).values_list("pk", flat=True))
