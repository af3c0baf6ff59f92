"""Whether anybody is there to run jobs: workers give a sign of life in the database every few seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateWorker

SIGN_OF_LIFE: Final = 3
"""Seconds between two signs of life of a worker."""
DEAD_AFTER: Final = 15
"""Seconds without one after which a worker is taken for dead, and its jobs are given to others."""


QUEUES: Final = 2
"""Queues of which every worker takes jobs; it gives a sign of life for each."""


def workers_alive() -> int:
    """How many workers there are that have given a sign of life of late, by the clock of the database."""
    signs = ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - timedelta(seconds=DEAD_AFTER)).count()
    return -(-signs // QUEUES)
