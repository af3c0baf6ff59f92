"""What has to be looked after however processes end: work that waits for no job, and files that nobody knows.

Every worker does both when it starts, and jobs do from time to time. Nothing here writes customers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kundekort.services import exports, imports, planning
from kundekort.store import packages
from kundekort.store.models import Export, Import

logger = logging.getLogger(__name__)

UNTOUCHED: Final = 24 * 60 * 60
"""Seconds after which a file that nobody knows belongs to nobody who is still at work on it."""
LIVE: Final = ("todo", "doing")
"""The states of jobs that will be run, or are."""
GONE: Final = (Import.State.CANCELLED, Import.State.REFUSED)
"""The states of imports whose packages are forgotten."""
EXPORT_KEPT: Final = Q(state=Export.State.WAITING) | Q(state=Export.State.DONE, size__isnull=False)
"""The exports that may have a file."""
AT_A_TIME: Final = 1_000
"""Packages whose imports are asked for at a time."""


def look_after() -> None:
    """Do all that there is to do. What goes wrong with files is logged and keeps nobody from working."""
    queue_forgotten()
    try:
        remove_leftovers()
    except OSError:
        logger.exception("Files that nobody knows could not be removed.")


def queue_forgotten() -> None:
    """Queue a job for each import and export that waits for one although there is none.

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


def remove_leftovers() -> None:
    """Remove what killed processes have left: files of imports and exports that nobody will ever ask for.

    Nothing that anybody has written to for the last day is touched.
    """
    before = time.time() - UNTOUCHED
    packages.remove_unfinished_exports(before=before)
    for number in _unknown(packages.exports(), Export, EXPORT_KEPT):
        packages.remove_stale_export(number, before=before)
    for number in _unknown(packages.imports(), Import, ~Q(state__in=GONE)):
        packages.remove_stale(number, before=before)
    for number, digest, state in Import.objects.exclude(state__in=GONE).values_list("pk", "digest", "state"):
        packages.remove_stale_plans(number, digest, before=before)
        if state == Import.State.DONE:
            packages.forget_drafts(number, digest)


def _without_job(key: str, jobs: Q, working: QuerySet[Any]) -> list[int]:
    """The numbers of those imports or exports about which there is no such job."""
    about = ProcrastinateJob.objects.annotate(about=KeyTextTransform(key, "args")).filter(jobs)
    number = Cast(OuterRef("pk"), TextField())
    return list(working.filter(~Exists(about.filter(about=number))).values_list("pk", flat=True))


def _unknown(numbers: Iterable[int], model: type[Import | Export], known: Q) -> list[int]:
    """Those of the numbers that are none of the known ones.

    A number that this database has not given out yet may be that of another one, which is to be restored here.
    """
    last = _last_number(model)
    given = [number for number in numbers if number <= last]
    found: list[int] = []
    for start in range(0, len(given), AT_A_TIME):
        some = given[start : start + AT_A_TIME]
        found += set(some) - set(model.objects.filter(known, pk__in=some).values_list("pk", flat=True))
    return found


def _last_number(model: type[Model]) -> int:
    """The highest number that a table has ever given out."""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)", [table])
        return int(cursor.fetchone()[0] or 0)
