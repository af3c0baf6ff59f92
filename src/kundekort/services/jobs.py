"""The long steps as Procrastinate jobs, and the worker that runs them.

A job can be run again at any time: each leaves alone what is planned, applied or written already. So a job whose
worker was stopped or killed is simply put back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, JobAborted

from kundekort.engine.facts import Question, QuestionKind
from kundekort.services import confirming, exports, imports, planning
from kundekort.services.progress import Cancelled, ProgressWriter, Report
from kundekort.services.refusals import Failed, Refusal, StalePlan
from kundekort.store.models import Export, Import

logger = logging.getLogger(__name__)

SIGN_OF_LIFE: Final = 3
"""Seconds between two signs of life of a worker."""
DEAD_AFTER: Final = 15
"""Seconds without one after which a worker's jobs are given to others."""

AGAIN: Final = RetryStrategy(max_attempts=20, retry_exceptions=[JobAborted])
"""A job that a stopping worker gave back is run by the next one; one that failed is not."""


@app.task(name="plan_import", retry=AGAIN, pass_context=True)
def plan_import(context: JobContext, import_id: int) -> None:
    """Plan a received import; nothing to do when somebody has, or when it was cancelled."""
    with _watched(context, Import, import_id, _failed) as report:
        planning.plan(import_id, report=report)


@app.task(name="apply_import", retry=AGAIN, pass_context=True)
def apply_import(context: JobContext, import_id: int, digest: str) -> None:
    """Apply a confirmed import, or make its preview anew when the register has moved."""
    with _watched(context, Import, import_id, _failed) as report:
        try:
            confirming.apply(import_id, digest=digest, report=report)
        except StalePlan:
            planning.plan(import_id, report=report)
        except Refusal as refusal:
            logger.warning("Import %s is not applied: %s.", import_id, refusal.code)


@app.task(name="make_export", retry=AGAIN, pass_context=True)
def make_export(context: JobContext, export_id: int) -> None:
    """Write the file of an export; nothing to do when it is written, or was cancelled."""
    with _watched(context, Export, export_id, exports.fail) as report:
        try:
            exports.make(export_id, report=report)
        except Refusal as refusal:
            exports.fail(export_id)
            logger.warning("Export %s is not written: %s.", export_id, refusal.code)


@contextmanager
def _watched(
    context: JobContext, model: type[Import | Export], number: int, failed: Callable[[int], None]
) -> Iterator[Report]:
    """The outermost frame of a job about a row: where cancelling, stopping and failing end."""
    with ProgressWriter(model, number) as watched:

        def report(phase: str, done: int, total: int) -> None:
            if context.should_abort():
                raise JobAborted
            watched(phase, done, total)

        try:
            yield report
        except Cancelled:
            logger.info("%s %s was cancelled while it was worked on.", model.__name__, number)
        except JobAborted:
            raise
        except Exception:
            failed(number)
            raise


def _failed(import_id: int) -> None:
    """Let nobody wait for an import whose job has failed: a plan that was not made is refused, one that was is back."""
    failed = Question(QuestionKind.REFUSED, Failed.code)
    waiting = Import.objects.filter(pk=import_id)
    waiting.filter(state=Import.State.RECEIVED).update(state=Import.State.REFUSED, question=failed, progress=None)
    waiting.filter(state=Import.State.CONFIRMING).update(state=Import.State.PREVIEW, notice=Failed.code, progress=None)


@app.periodic(cron="17 3 * * *")
@app.task(name="remove_old_exports")
def remove_old_exports(timestamp: int) -> None:
    """Remove lists of customers that were fetched days ago."""
    exports.remove_old()


@app.periodic(cron="37 3 * * *")
@app.task(name="cancel_abandoned_imports")
def cancel_abandoned_imports(timestamp: int) -> None:
    """Cancel previews to which nobody has come back for days."""
    imports.cancel_abandoned()


def work() -> None:
    """Run jobs until SIGINT or SIGTERM; a job that cannot be finished within a few seconds is given back."""

    async def run() -> None:
        async with app.open_async():
            looking = asyncio.create_task(_put_back_stalled())
            try:
                await app.run_worker_async(
                    concurrency=1,
                    delete_jobs="successful",
                    update_heartbeat_interval=SIGN_OF_LIFE,
                    stalled_worker_timeout=DEAD_AFTER,
                    shutdown_graceful_timeout=3,
                )
            finally:
                looking.cancel()

    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]  # of PostgreSQL
        asyncio.run(run())


async def _put_back_stalled() -> None:
    """Put back the jobs of workers that have died, again and again."""
    while True:
        with suppress(ConnectorException):  # another worker was first, or the database is away; the next look tells
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                await app.job_manager.retry_job(job)
        await asyncio.sleep(SIGN_OF_LIFE)
