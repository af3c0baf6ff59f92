"""What machines ask who watch the site, whoever they are and by whichever name they come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from prometheus_client.parser import text_string_to_metric_families

from kundekort.services import installation, readiness
from kundekort.store import storage
from kundekort.store.models import Import
from kundekort.web.probes import PATHS
from tests.services.workers import ask, forget_jobs

TOKEN = "between-the-scenes"


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_last", (float("-inf"), {}))


@pytest.fixture
def met(transactional_db: None) -> None:
    """A database and a storage that have met, as they have wherever something was started."""
    (storage.current().root / installation.MARK).unlink(missing_ok=True)
    installation.check()


def figures(client: Client) -> dict[tuple[str, ...], float]:
    """The figures by name and labels."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_it_lives_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize("path", sorted(PATHS - {"/metrics"}))
def test_nothing_stands_in_the_way_of_a_probe(met: None, client: Client, settings: Any, path: str) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["kunder.example.no"], True
    answer = client.get(path, headers={"Host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert not answer.cookies
    assert client.get("/login/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


def test_it_is_ready_when_all_it_needs_is_there(met: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    everything = {"database": "ok", "migrations": "ok", "storage": "ok"}
    assert answer.json() == {"status": "ready", "checks": everything}


def test_it_is_not_ready_without_its_storage_and_says_no_more(
    met: None, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path / "elsewhere"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "storage": "failed"}
    assert "elsewhere" not in answer.content.decode()


def test_it_is_not_ready_for_a_database_of_an_older_version(met: None, client: Client) -> None:
    [row] = ask("DELETE FROM django_migrations WHERE app = 'kundekort' AND name LIKE '0018%%' RETURNING name, applied")
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "failed")
    finally:
        ask("INSERT INTO django_migrations (app, name, applied) VALUES ('kundekort', %s, %s)", *row)


def test_it_does_not_wait_for_what_never_answers(met: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "SECONDS", 0.2)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        try:
            answer = client.get("/readyz")
        finally:
            cursor.execute("ROLLBACK")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "timeout")


def test_it_asks_the_database_once_for_many_who_ask(met: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "HOLDS_SECONDS", float("inf"))
    looks: list[int] = []
    look = readiness.look
    monkeypatch.setattr(readiness, "look", lambda: looks.append(1) or look())
    monkeypatch.setattr(readiness, "_last", (float("-inf"), {}))
    answers = [readiness.current() for _ in range(5)]
    assert len(looks) == 1
    assert answers == answers[:1] * 5


def test_the_figures_are_for_those_who_have_the_token(client: Client, settings: Any) -> None:
    settings.KUNDEKORT_METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.KUNDEKORT_METRICS_TOKEN = TOKEN
    for said in ({}, {"Authorization": "Bearer Ærlig"}, {"Authorization": TOKEN}):
        refused = client.get("/metrics", headers=said)
        assert (refused.status_code, refused.headers["WWW-Authenticate"], refused.content) == (401, "Bearer", b"")


def test_the_figures_tell_how_imports_fare_and_how_fast(
    load: Callable[..., Import], client: Client, settings: Any
) -> None:
    settings.KUNDEKORT_METRICS_TOKEN = TOKEN
    before = figures(client)
    load("CustomerID;FirstName;Gender\n0;Kari;2\n0;Ola;1\n")
    after = figures(client)
    gained = {key: after[key] - before.get(key, 0) for key in after}
    assert gained["kundekort_imports", "done"] == 1
    assert (gained["kundekort_step_runs_total", "plan"], gained["kundekort_step_rows_total", "plan"]) == (1, 2)
    assert (gained["kundekort_step_runs_total", "write"], gained["kundekort_step_rows_total", "write"]) == (1, 2)
    assert gained["kundekort_step_seconds_total", "write"] > 0
    assert after["kundekort_database_bytes",] > 1_000_000
    assert after["kundekort_imports", "refused"] == before["kundekort_imports", "refused"]


def test_the_figures_tell_what_waits_in_the_queue_and_for_how_long(
    transactional_db: None, client: Client, settings: Any
) -> None:
    settings.KUNDEKORT_METRICS_TOKEN = TOKEN
    forget_jobs()
    app.configure_task("plan_import").defer(import_id=1)
    app.configure_task("plan_import").defer(import_id=2)
    app.configure_task("plan_import", schedule_in={"hours": 1}).defer(import_id=3)
    ask(
        "UPDATE procrastinate_events SET at = now() - interval '1 hour'"
        " WHERE job_id = (SELECT min(id) FROM procrastinate_jobs)"
    )
    ask("INSERT INTO procrastinate_workers DEFAULT VALUES")
    try:
        told = figures(client)
    finally:
        forget_jobs()
    jobs = {key[1:]: value for key, value in told.items() if key[0] == "kundekort_jobs"}
    assert jobs == {("todo", "plan_import"): 2, ("scheduled", "plan_import"): 1}
    assert told["kundekort_job_age_seconds", "plan_import"] >= 3600
    assert told["kundekort_workers",] == 1
