"""Jobs whose worker has died, or has lost its database: put back for others, and in the end given up.

A job at which a worker died may be why it died. So it is put behind all others, by its priority, which counts the
deaths: apart from attempts, of which a job may have many. Jobs of a worker that is still there count none.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from django.db import connection, transaction

from kundekort.services import exports, job_failures
from kundekort.services.heartbeats import DEAD_AFTER
from kundekort.services.refusals import WorkerDied

logger = logging.getLogger(__name__)

MOST_DEATHS: Final = 3
"""Workers that die at a job before it has failed."""

_STALLED: Final = """
    SELECT job.id, job.priority, job.args ->> 'import_id', job.args ->> 'export_id'
    FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
    FOR UPDATE OF job SKIP LOCKED
"""
_LOST: Final = """
    SELECT id, priority FROM procrastinate_jobs
    WHERE status = 'doing' AND id = ANY(%s) AND (worker_id IS NULL OR worker_id = ANY(%s))
    FOR UPDATE SKIP LOCKED
"""
_PUT_BACK: Final = "SELECT procrastinate_retry_job_v2(%s, NULL, %s, NULL, NULL)"
_GIVE_UP: Final = "SELECT procrastinate_finish_job_v1(%s, 'failed', false)"


def put_back() -> None:
    """Put the jobs of dead workers back, and let nobody wait for one at which worker after worker died."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STALLED, [DEAD_AFTER])
        for job, priority, import_id, export_id in cursor.fetchall():
            deaths = 1 - priority
            if deaths < MOST_DEATHS:
                logger.warning("A worker died at job %s; it is put back.", job)
                cursor.execute(_PUT_BACK, [job, -deaths])
            else:
                logger.error("Worker after worker died at job %s; it has failed.", job)
                cursor.execute(_GIVE_UP, [job])
                if import_id:
                    job_failures.fail_import(int(import_id), WorkerDied.code)
                if export_id:
                    exports.fail(int(export_id), WorkerDied.code)


def put_back_lost(jobs: Collection[int], workers: Collection[int]) -> None:
    """Put jobs back whose workers, by these numbers, are there and could not tell the database how they ended."""
    if not jobs:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOST, [list(jobs), list(workers)])
        for job, priority in cursor.fetchall():
            cursor.execute(_PUT_BACK, [job, priority])
