"""The worker: runs the jobs, and goes on whatever ends under it, another worker or the database.

What a job is, says `services.jobs`. Whoever has work done may not know how many workers there are, nor where.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from django.db import DatabaseError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from kundekort.services import upkeep
from kundekort.services.database import is_unreachable

logger = logging.getLogger(__name__)

SIGN_OF_LIFE: Final = 3
"""Seconds between two signs of life of a worker."""
DEAD_AFTER: Final = 15
"""Seconds without one after which a worker's jobs are given to others."""
LOOK_EVERY: Final = 0.2
"""Seconds between two looks at whether to stop."""
TIDY_EVERY: Final = 60 * 60
"""Seconds between two times that a worker removes files which are kept no longer; the first is when it starts."""
REST: Final = 1
"""Seconds after which a worker that has lost its database begins anew."""


def work(*, keep: Callable[[], None] = lambda: None) -> None:
    """Run jobs until SIGINT or SIGTERM; a job that cannot be finished within a few seconds is given back.

    When the database goes away the worker begins anew until it is back; `keep` is called again and again to keep it up.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: stop.set())
    while not stop.is_set():
        try:
            _with_own_connection(upkeep.look_after)
            asyncio.run(_run(stop, keep))
        except Exception as error:
            if not is_unreachable(error):
                raise
        if not stop.is_set():
            logger.warning("The database does not answer; the worker begins anew.")
            keep()
            stop.wait(REST)


class _Connector(PsycopgConnector):
    """Remembers that the database did not take what it was told: then this worker is not what is known of it there.

    A job would stay its own for ever whose end could not be told.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.lost = False

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except ConnectorException as error:
            self.lost = self.lost or is_unreachable(error)
            raise


async def _run(stop: threading.Event, keep: Callable[[], None]) -> None:
    """Work until somebody says stop or the database is lost."""
    connector = _Connector(kwargs=connector_params())
    with app.replace_connector(connector):
        async with app.open_async():
            work = asyncio.create_task(
                app.run_worker_async(
                    concurrency=1,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    update_heartbeat_interval=SIGN_OF_LIFE,
                    stalled_worker_timeout=DEAD_AFTER,
                    shutdown_graceful_timeout=3,
                )
            )
            beside = [asyncio.create_task(_look(keep)), asyncio.create_task(_tidy_up())]
            while not (stop.is_set() or connector.lost or work.done()):
                await asyncio.sleep(LOOK_EVERY)
            for task in beside:
                task.cancel()
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


async def _look(keep: Callable[[], None]) -> None:
    """Keep the database up, and put back the jobs of workers that have died, again and again."""
    while True:
        await asyncio.to_thread(keep)
        with suppress(ConnectorException):  # another worker was first, or the database is away; the next look tells
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                await app.job_manager.retry_job(job)
        await asyncio.sleep(SIGN_OF_LIFE)


async def _tidy_up() -> None:
    """Remove files that are kept no longer, again and again; every host has some that no other sees."""
    while True:
        await asyncio.sleep(TIDY_EVERY)
        with suppress(DatabaseError):  # it is away, which others notice too
            await asyncio.to_thread(_with_own_connection, upkeep.tidy_up)


def _with_own_connection(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connection.close()  # jobs have their own; this one would be as dead as the database when it is wanted again
