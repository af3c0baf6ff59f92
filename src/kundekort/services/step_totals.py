"""How many rows the steps of imports have gone through, and in how many seconds: the database counts for all hosts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final

from django.db import Error, connection

from kundekort import telemetry
from kundekort.store.models import StepTotal


class Step(StrEnum):
    """What is measured."""

    PLAN = "plan"
    WRITE = "write"


_ADD: Final = f"""
    INSERT INTO {StepTotal._meta.db_table} AS total (step, times, rows, seconds) VALUES (%s, 1, %s, %s)
    ON CONFLICT (step) DO UPDATE SET times = total.times + 1, rows = total.rows + excluded.rows,
        seconds = total.seconds + excluded.seconds
"""  # noqa: S608 - a name of our own


@contextmanager
def measured(step: Step, import_id: int) -> Iterator[Callable[[int], None]]:
    """A block that is a step of an import, traced; call what it gives with the rows that were gone through, if any.

    To be used outside transactions that last: whoever counts the same step waits for them.
    """
    rows: list[int] = []
    began = time.perf_counter()
    with telemetry.span(f"import.{step}", kundekort__import=import_id) as span:
        yield rows.append
        span.say(kundekort__rows=sum(rows))
    if rows:
        with suppress(Error), connection.cursor() as cursor:  # what is done is done, counted or not
            cursor.execute(_ADD, [step.value, sum(rows), time.perf_counter() - began])
