"""Having sources looked at by a job, one look at a time for each."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kundekort.services.webhook_queue import OUTSIDE


def look(source_id: int) -> None:
    """Have a source looked at once the transaction ends; once, if several ask for it."""
    transaction.on_commit(lambda: _queue(source_id))


def _queue(source_id: int) -> None:
    name = f"source {source_id}"
    with suppress(AlreadyEnqueued):
        task = app.configure_task("look_at_source", queue=OUTSIDE, lock=name, queueing_lock=name)
        task.defer(source_id=source_id)
