"""The long steps as Procrastinate jobs; `services.worker` runs them.

A job can be run again at any time: each leaves alone what is planned, applied or written already. So a job whose
worker was stopped or killed, or whose database went away, is simply put back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from kundekort.engine.facts import Question, QuestionKind
from kundekort.services import confirming, exports, imports, planning, upkeep
from kundekort.services.database import is_unreachable
from kundekort.services.progress import Cancelled, ProgressWriter, Report
from kundekort.services.refusals import Failed, PlanDamaged, Refusal, StalePlan
from kundekort.store import packages
from kundekort.store.models import Export, Import

logger = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 20
"""Attempts after which a job has failed that was always stopped, or never had a database for long enough."""
LONGEST_REST: Final = 60
"""Seconds that lie at most between two attempts; the first is repeated after one, each next after twice as long."""


class _Again(BaseRetryStrategy):
    """A job that a stopping worker gave back, or that lost its database, is run again; one that failed is not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= MOST_ATTEMPTS:
            return None
        if isinstance(exception, JobAborted):
            return RetryDecision()
        if is_unreachable(exception):
            return RetryDecision(retry_in={"seconds": min(LONGEST_REST, 2**job.attempts)})
        return None


AGAIN: Final = _Again()


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
        except PlanDamaged as damaged:
            logger.error("The plan of import %s is damaged.", import_id)
            _refuse(import_id, damaged.code, state=Import.State.CONFIRMING)
        except Refusal as refusal:
            logger.warning("Import %s is not applied: %s.", import_id, refusal.code)
            _release(import_id, refusal.code)


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
        except Exception as error:
            if not (is_unreachable(error) and context.job.attempts < MOST_ATTEMPTS):
                failed(number)
            raise


def _failed(import_id: int) -> None:
    """Let nobody wait for an import whose job has failed: a plan that was not made is refused, one that was is back."""
    _refuse(import_id, Failed.code, state=Import.State.RECEIVED)
    _release(import_id, Failed.code)


def _release(import_id: int, code: str) -> None:
    """Let nobody wait for an import that was confirmed and cannot be written: its preview is back."""
    confirmed = Import.objects.filter(pk=import_id, state=Import.State.CONFIRMING)
    confirmed.update(state=Import.State.PREVIEW, notice=code, progress=None, confirmed_by=None, confirmer_name="")


def _refuse(import_id: int, code: str, *, state: Import.State) -> None:
    """Let nobody wait for an import in a state from which no way leads on."""
    question = Question(QuestionKind.REFUSED, code)
    waiting = Import.objects.filter(pk=import_id, state=state)
    if waiting.update(state=Import.State.REFUSED, question=question, progress=None):
        packages.remove(import_id)


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
