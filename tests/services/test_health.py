"""What `doctor` finds in a database that answers."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from kundekort.services import health
from kundekort.services.accounts import Actor
from kundekort.services.health_result import HealthResult, Mark
from kundekort.store.models import Import, Source, Webhook

pytestmark = pytest.mark.django_db(transaction=True)


def found(check: str) -> HealthResult:
    return next(finding for finding in health.examine() if finding.check == check)


def execute(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query)


def test_it_finds_an_import_that_is_stuck(upload: Callable[..., Import]) -> None:
    imp = upload("CustomerID;FirstName;Gender\n0;Kari;2\n")
    Import.objects.update(state=Import.State.RECEIVED)
    assert found("imports").mark is Mark.OK
    Import.objects.update(touched_at=timezone.now() - timedelta(minutes=health.STUCK_MINUTES + 1))
    assert (found("imports").code, found("imports").params["ids"]) == ("imports_stuck", [imp.pk])


def test_it_names_sources_that_cannot_be_read_and_receivers_that_are_not_reached(bob: Actor) -> None:
    source = Source.objects.create(name="Billett", url="/lists", owner=bob.user)
    here: dict[str, Any] = {"url": "https://a.example", "events": [], "position": 0, "actor_name": "bob"}
    receiver = Webhook.objects.create(name="Kasse", **here)
    Webhook.objects.create(name="Av", active=False, **here)
    assert (found("sources").mark, found("webhooks").mark) == (Mark.OK, Mark.OK)
    Source.objects.update(fault="source_unreachable")
    assert (found("sources").code, found("sources").params["names"]) == ("sources_unreadable", [source.name])
    Webhook.objects.filter(pk=receiver.pk).update(failing_since=timezone.now())
    assert (found("webhooks").code, found("webhooks").params["names"]) == ("webhooks_failing", [receiver.name])
    Webhook.objects.filter(pk=receiver.pk).update(failing_since=None, active=False, notice="switched_off")
    assert found("webhooks").mark is Mark.WARNING
    Source.objects.update(active=False)
    assert found("sources").mark is Mark.OK, "somebody has switched it off"


def test_it_tells_jobs_that_wait_from_those_that_wait_for_long_and_those_that_failed() -> None:
    execute("DELETE FROM procrastinate_jobs")  # of other tests
    app.configure_task("plan_import").defer(import_id=1)
    assert (found("jobs").mark, found("jobs").params["count"]) == (Mark.OK, 1)
    execute("UPDATE procrastinate_events SET at = at - interval '1 day'")
    assert (found("jobs").mark, found("jobs").code) == (Mark.FAULT, "jobs_wait")
    execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    assert found("jobs").mark is Mark.OK
    execute("UPDATE procrastinate_jobs SET scheduled_at = NULL, status = 'doing'")
    execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert (found("jobs").mark, found("jobs").params["failed"]) == (Mark.WARNING, 1)
    execute("UPDATE procrastinate_events SET at = at - interval '30 days'")
    assert found("jobs").mark is Mark.OK


def test_it_notices_a_clock_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("clock").mark is Mark.OK
    really = time.time
    monkeypatch.setattr(health.time, "time", lambda: really() + 3600)
    assert (found("clock").code, round(found("clock").params["seconds"], -2)) == ("clock_differs", 3600)


@pytest.mark.parametrize(("free", "mark"), [(2**40, Mark.OK), (2**30, Mark.WARNING), (2**20, Mark.FAULT)])
def test_it_notices_a_disk_that_is_nearly_full(free: int, mark: Mark, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(free))
    assert found("disk").mark is mark


def test_it_notices_tables_of_another_version() -> None:
    assert found("migrations").code == "migrated"
    execute("INSERT INTO django_migrations (app, name, applied) VALUES ('kundekort', '9999_later', now())")
    assert found("migrations").code == "register_newer"
    execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    try:
        assert (found("migrations").code, found("migrations").params["count"]) == ("migrations_missing", 1)
    finally:
        execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', now())")
