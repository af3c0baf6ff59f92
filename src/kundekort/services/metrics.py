"""The figures of the register for Prometheus: asked of the database when they are wanted, so that all hosts count in.

Numbers of things and seconds; nothing about anybody. Its library is loaded only where somebody may ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import Error, connection, transaction
from django.db.models import Count

from kundekort import version
from kundekort.services.heartbeats import workers_alive
from kundekort.store.models import Import, StepTotal

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

PATIENCE: Final = "3s"
"""How long one question may take."""

_JOBS: Final = """
    SELECT task_name, state, count(*), coalesce(extract(epoch FROM max(now() - since)), 0)::float8
    FROM (
        SELECT job.task_name,
            CASE WHEN status = 'todo' AND scheduled_at > now() THEN 'scheduled' ELSE status::text END AS state,
            coalesce(job.scheduled_at,
                (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred')) AS since
        FROM procrastinate_jobs job WHERE job.status IN ('todo', 'doing')
        UNION ALL
        SELECT task_name, 'failed', NULL FROM procrastinate_jobs WHERE status = 'failed'
    ) job
    GROUP BY task_name, state ORDER BY task_name, state
"""


@dataclass(frozen=True, slots=True)
class JobCount:
    """Jobs of one kind in one state (`todo`, `scheduled`, `doing`, `failed`), and how old the oldest is, in seconds."""

    task: str
    state: str
    count: int
    age: float


@dataclass(frozen=True, slots=True, eq=False)  # a registry keeps it under itself
class Figures:
    """What the database knows just now; `steps` are (step, times, rows, seconds), and `size` is in bytes."""

    imports: dict[str, int]
    steps: list[tuple[str, int, int, float]]
    jobs: list[JobCount]
    workers: int
    size: int

    def collect(self) -> Iterator[Metric]:
        """The same as Prometheus has it."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

        yield InfoMetricFamily("kundekort", "The version that is running.", value={"version": version()})
        yield _gauge("kundekort_imports", "Imports by state.", ("state",), [([s], n) for s, n in self.imports.items()])
        for name, told, of in (
            ("kundekort_step_runs", "Times that a step of an import was carried out (plan, write).", 1),
            ("kundekort_step_rows", "Rows that were planned, cards that were written.", 2),
            ("kundekort_step_seconds", "Seconds that it took; rows by seconds is how fast.", 3),
        ):
            counter = CounterMetricFamily(name, told, labels=("step",))
            for step in self.steps:
                counter.add_metric([step[0]], float(step[of]))
            yield counter
        jobs = [([job.task, job.state], job.count) for job in self.jobs]
        yield _gauge("kundekort_jobs", "Jobs by kind and state.", ("task", "state"), jobs)
        ages = [([job.task], job.age) for job in self.jobs if job.state == "todo"]
        told = "How long the oldest job of a kind that could be run has waited."
        yield _gauge("kundekort_job_age_seconds", told, ("task",), ages)
        yield GaugeMetricFamily("kundekort_workers", "Workers that have given a sign of life.", value=self.workers)
        yield GaugeMetricFamily("kundekort_database_bytes", "Size of the database on its disk.", value=self.size)


def figures() -> Figures | None:
    """The figures; None while the database does not answer."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            counted = Import.objects.order_by("state").values_list("state").annotate(Count("pk"))
            states = dict.fromkeys(Import.State.values, 0) | dict(counted)
            steps = list(StepTotal.objects.order_by("step").values_list("step", "times", "rows", "seconds"))
            cursor.execute(_JOBS)
            jobs = [JobCount(*row) for row in cursor.fetchall()]
            cursor.execute("SELECT pg_database_size(current_database())")
            return Figures(states, steps, jobs, workers_alive(), cursor.fetchone()[0])
    except Error:
        return None


def register(registry: CollectorRegistry, figures: Figures) -> None:
    """Have a registry tell these figures."""
    registry.register(figures)


def _gauge(name: str, told: str, labels: tuple[str, ...], values: Sequence[tuple[list[str], float]]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    gauge = GaugeMetricFamily(name, told, labels=labels)
    for label, value in values:
        gauge.add_metric(label, value)
    return gauge
