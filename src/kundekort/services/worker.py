"""The worker: runs the jobs, and goes on whatever ends under it, another worker or the database.

What a job is, says `services.jobs`. Whoever has work done may not know how many workers there are, nor where.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import Error, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker
from psycopg.errors import ForeignKeyViolation

from kundekort import logs, telemetry
from kundekort.services import (
    jobs,  # noqa: F401 - they are known once it is loaded; whoever only queues one names it
    stalled_jobs,
    upkeep,
)
from kundekort.services.database import cause_of, is_unreachable
from kundekort.services.heartbeats import DEAD_AFTER, SIGN_OF_LIFE
from kundekort.services.webhook_queue import OUTSIDE

logger = logging.getLogger(__name__)

POLL_EVERY: Final = 1
"""Seconds between two looks for jobs. The database tells of new ones too, but not through every connection pooler."""
LOOK_EVERY: Final = 0.2
"""Seconds between two looks at whether to stop."""
TIDY_EVERY: Final = 60 * 60
"""Seconds between two times that a worker removes files which are kept no longer; the first is when it starts."""
LANES: Final = {"default": 1, OUTSIDE: 4}
"""How many jobs of each queue a worker runs at once: one that uses this machine, beside some that wait for others."""
REST: Final = 1
"""Seconds after which a worker that has lost its database begins anew."""


def work(*, keep: Callable[[], None] = lambda: None) -> None:
    """Run jobs until SIGINT or SIGTERM; a job that cannot be finished within a few seconds is given back.

    When the database goes away the worker begins anew until it is back; `keep` is called again and again to keep it up.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: stop.set())
    lost = _Lost()
    while not stop.is_set():
        try:
            _ask(stalled_jobs.put_back_lost, lost.jobs, lost.workers)
            lost = _Lost()
            _ask(upkeep.look_after)
            asyncio.run(_run(stop, keep, lost))
        except Exception as error:
            # A worker that was taken for dead has no number in the database any more, under which to take a job.
            if not (is_unreachable(error) or isinstance(cause_of(error), ForeignKeyViolation)):
                raise
        if not stop.is_set():
            logger.warning("The database does not answer, or took this worker for dead; the worker begins anew.")
            keep()
            stop.wait(REST)


def _ask(act: Callable[..., None], *arguments: Any) -> None:
    """Do something with a connection that is not kept: it would be dead with the database when it is wanted again."""
    try:
        act(*arguments)
    finally:
        connection.close()


@dataclass
class _Lost:
    """The jobs whose end could not be told to the database, and under which numbers they were worked on."""

    jobs: set[int] = field(default_factory=set)
    workers: set[int] = field(default_factory=set)


class _Connector(PsycopgConnector):
    """Remembers that the database did not take what it was told: then this worker is not what is known of it there.

    A job would stay its own for ever whose end could not be told.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.lost = False
        self.untold: set[int] = set()

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except ConnectorException as error:
            if is_unreachable(error):
                self.lost = True
                self.untold |= {arguments["job_id"]} if "job_id" in arguments else set()
            raise


def monitored(call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """Run a job, told of in the log and in the traces by its kind and number; what it is about may be somebody."""
    job, began = context.job, time.perf_counter()
    with (
        logs.bound(task=job.task_name, job=job.id),
        telemetry.span(job.task_name, kind="consumer", kundekort__job=job.id, kundekort__attempt=job.attempts),
    ):
        outcome = "failed"
        try:
            result = call_next()
            outcome = "done"
            return result
        finally:
            seconds = time.perf_counter() - began
            logger.info("job", extra={logs.FIELDS: {"outcome": outcome, "milliseconds": round(seconds * 1000, 1)}})


async def _run(stop: threading.Event, keep: Callable[[], None], lost: _Lost) -> None:
    """Work until somebody says stop or the database is lost; then no job is worked on any more."""
    connector = _Connector(kwargs=connector_params())
    lanes = [_lane(queue, jobs_at_once) for queue, jobs_at_once in LANES.items()]
    with app.replace_connector(connector):
        async with app.open_async():
            work = [asyncio.create_task(lane.run()) for lane in lanes]  # type: ignore[no-untyped-call]
            beside = [asyncio.create_task(_look(keep)), asyncio.create_task(_tidy_up())]
            while not (stop.is_set() or connector.lost or any(task.done() for task in work)):
                await asyncio.sleep(LOOK_EVERY)
                lost.workers |= {lane.worker_id for lane in lanes if lane.worker_id is not None}
            for task in (*beside, *work):
                task.cancel()
            ends = await asyncio.gather(*work, return_exceptions=True)
            lost.jobs |= connector.untold
            for end in ends:
                if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                    raise end


def _lane(queue: str, jobs_at_once: int) -> Worker:
    """One of the workers of this process, as the queue knows it."""
    return Worker(
        app=app,
        queues=[queue],
        concurrency=jobs_at_once,
        delete_jobs="successful",
        install_signal_handlers=False,
        fetch_job_polling_interval=POLL_EVERY,
        abort_job_polling_interval=POLL_EVERY,
        update_heartbeat_interval=SIGN_OF_LIFE,
        stalled_worker_timeout=DEAD_AFTER,
        shutdown_graceful_timeout=3,
        task_middleware=[monitored],
    )


async def _look(keep: Callable[[], None]) -> None:
    """Keep the database up, and put back the jobs of workers that have died, again and again."""
    while True:
        await asyncio.to_thread(keep)
        with suppress(ConnectorException, Error):  # the database is away; the next look tells
            if await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                await asyncio.to_thread(_ask, stalled_jobs.put_back)
        await asyncio.sleep(SIGN_OF_LIFE)


async def _tidy_up() -> None:
    """Remove files that are kept no longer, again and again; every host has some that no other sees."""
    while True:
        await asyncio.sleep(TIDY_EVERY)
        with suppress(Error):  # the database is away, which others notice too
            await asyncio.to_thread(_ask, upkeep.tidy_up)
