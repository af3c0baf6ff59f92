"""The long steps as Procrastinate jobs; `services.worker` runs them.

A job can be run again at any time: each leaves alone what is planned, applied or written already. So a job whose
worker was stopped or killed, or whose database went away, is simply put back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from kundekort.services import (
    anonymising,
    clearing,
    confirming,
    deliveries,
    exports,
    imports,
    job_failures,
    password_reset,
    planning,
    preview,
    register_figures,
    source_queue,
    source_runs,
    upkeep,
)
from kundekort.services.progress import Cancelled, ProgressWriter, Report
from kundekort.services.refusals import NotCleared, PlanDamaged, Refusal, RegisterBusy, StalePlan
from kundekort.services.webhook_queue import OUTSIDE
from kundekort.store.models import Anonymisation, Export, Import

logger = logging.getLogger(__name__)

LONGEST_REST: Final = 60
"""Seconds that lie at most between two attempts; the first is repeated after one, each next after twice as long."""


class _Again(BaseRetryStrategy):
    """A job that a stopping worker gave back is run again, and one that ended with an error that may pass by itself."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, JobAborted):
            return RetryDecision() if job.attempts < job_failures.MOST_ATTEMPTS else None
        if job.attempts < job_failures.most_attempts(exception):
            return RetryDecision(retry_in={"seconds": min(LONGEST_REST, 2**job.attempts)})
        return None


AGAIN: Final = _Again()


@app.task(name="plan_import", retry=AGAIN, pass_context=True)
def plan_import(context: JobContext, import_id: int) -> None:
    """Plan a received import; nothing to do when somebody has, or when it was cancelled."""
    with _watched(context, Import, import_id, Import.State.RECEIVED, job_failures.fail_import) as report:
        planned = planning.plan(import_id, report=report)
    if planned.state == Import.State.PREVIEW:
        preview.prepare_search(planned)


@app.task(name="apply_import", retry=AGAIN, pass_context=True)
def apply_import(context: JobContext, import_id: int, digest: str) -> None:
    """Apply a confirmed import, or make its preview anew when the register has moved."""
    moved = False
    with _watched(context, Import, import_id, Import.State.CONFIRMING, job_failures.fail_import) as report:
        try:
            confirming.apply(import_id, digest=digest, report=report)
        except StalePlan:
            moved = True
        except PlanDamaged as damaged:
            logger.error("The plan of import %s is damaged.", import_id)
            job_failures.refuse(import_id, damaged.code)
        except RegisterBusy:
            raise
        except Refusal as refusal:
            logger.warning("Import %s is not applied: %s.", import_id, refusal.code)
            job_failures.release(import_id, refusal.code)
    if moved:
        plan_import(context, import_id)


@app.task(name="make_export", retry=AGAIN, pass_context=True)
def make_export(context: JobContext, export_id: int) -> None:
    """Write the file of an export; nothing to do when it is written, or was cancelled."""
    with _watched(context, Export, export_id, Export.State.WAITING, exports.fail) as report:
        try:
            exports.make(export_id, report=report)
        except Refusal as refusal:
            exports.fail(export_id, refusal.code)
            logger.warning("Export %s is not written: %s.", export_id, refusal.code)


@app.task(name="send_password_link", retry=AGAIN)
def send_password_link(email: str, page: str, language: str) -> None:
    """Send a link for a new password to an address, if it is somebody's."""
    password_reset.send(email, page=page, language=language)


@app.task(name="anonymise", retry=AGAIN, pass_context=True)
def anonymise(context: JobContext, anonymisation_id: int) -> None:
    """Anonymise customers as it was decided; nothing to do when that is done."""
    waiting = Anonymisation.State.WAITING
    with _watched(context, Anonymisation, anonymisation_id, waiting, anonymising.fail) as report:
        anonymising.write(anonymisation_id, report=report)


@app.task(name="clear", retry=AGAIN, pass_context=True)
def clear(context: JobContext, anonymisation_id: int) -> None:
    """Remove what is left of anonymised customers on the disk; `queue_forgotten` sees to it that it is done."""
    try:
        clearing.clear(anonymisation_id)
    except NotCleared as refusal:
        logger.info("Anonymisation %s is cleared from the disk later: %s.", anonymisation_id, refusal.params["reason"])


@app.task(name="tell_webhooks", queue=OUTSIDE)
def tell_webhooks() -> None:
    """Have each receiver told of what it has not been told of."""
    for number in deliveries.due():
        app.configure_task("tell_webhook", queue=OUTSIDE).defer(webhook_id=number)


@app.task(name="tell_webhook", queue=OUTSIDE)
def tell_webhook(webhook_id: int) -> None:
    """Send a receiver what waits for it, and go on later where it did not take something."""
    try:
        rest = deliveries.send(webhook_id)
        if rest is not None:
            again = app.configure_task("tell_webhook", queue=OUTSIDE, schedule_in={"seconds": rest})
            again.defer(webhook_id=webhook_id)
    finally:
        connection.close()  # each thread of the queue would keep one


@app.task(name="look_at_source", queue=OUTSIDE, retry=AGAIN, pass_context=True)
def look_at_source(context: JobContext, source_id: int) -> None:
    """Import what is new at a source; nothing to do when it was looked at just now."""

    def stopped() -> None:
        if context.should_abort():
            raise JobAborted

    try:
        source_runs.look(source_id, stopped=stopped)
    finally:
        connection.close()


@contextmanager
def _watched(
    context: JobContext,
    model: type[Import | Export | Anonymisation],
    number: int,
    state: str,
    failed: Callable[[int, str], None],
) -> Iterator[Report]:
    """The outermost frame of a job about a row in a state: where cancelling, stopping and failing end."""
    with ProgressWriter(model, number, state) as watched:

        def report(phase: str, done: int, total: int) -> None:
            if context.should_abort():
                raise JobAborted
            watched(phase, done, total)

        try:
            yield report
        except Cancelled:
            logger.info("%s %s is not %s any more; the work on it ends.", model.__name__, number, state)
        except JobAborted:
            raise
        except Exception as error:
            connection.close_if_unusable_or_obsolete()  # the database may have ended it
            if context.job.attempts >= job_failures.most_attempts(error) and _is_ours(context.job):
                failed(number, job_failures.code(error))
            raise


def _is_ours(job: Job) -> bool:
    """Whether a job has not been given to another worker meanwhile, because this one was taken for dead."""
    doing = ProcrastinateJob.objects.filter(pk=job.id, status="doing", worker=job.worker_id)
    return doing.exists()


@app.periodic(cron="37 3 * * *")
@app.task(name="cancel_abandoned_imports")
def cancel_abandoned_imports(timestamp: int) -> None:
    """Cancel previews to which nobody has come back for days."""
    imports.cancel_abandoned()


@app.periodic(cron="* * * * *")
@app.task(name="queue_forgotten")
def queue_forgotten(timestamp: int) -> None:
    """Have no import and no export wait for a job that there is not."""
    upkeep.queue_forgotten()


@app.periodic(cron="* * * * *")
@app.task(name="count_register")
def count_register(timestamp: int) -> None:
    """Have the figures of the home page follow the register."""
    register_figures.refresh()


@app.periodic(cron="* * * * *")
@app.task(name="tell_webhooks_again", queue=OUTSIDE)
def tell_webhooks_again(timestamp: int) -> None:
    """Have no receiver wait because a job was lost."""
    tell_webhooks()


@app.periodic(cron="* * * * *")
@app.task(name="look_at_sources", queue=OUTSIDE)
def look_at_sources(timestamp: int) -> None:
    """Have each source looked at whose time has come."""
    for number in source_runs.due():
        source_queue.look(number)
