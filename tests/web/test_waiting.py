"""The pages on which somebody waits say why it takes so long, and have a way back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from kundekort.services import exports, planning, writers
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import Export, Import
from tests.web.conftest import HEADER, latest, send

NOBODY = "Ingen arbeidsprosess er i gang"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_workers(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


def worker(seconds: int = 0) -> None:
    """A worker that gave its last sign of life so many seconds ago."""
    with connection.cursor() as cursor:
        age = "now() - make_interval(secs => %s)"
        cursor.execute(f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({age})", [seconds])


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.fixture
def planned(as_bob: Client) -> str:
    """The address of a file that is to be planned by a job."""
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 120_000)
    return f"/imports/{latest().pk}/"


def test_it_says_that_no_worker_is_there_until_one_is(as_bob: Client, planned: str) -> None:
    assert NOBODY in text(as_bob, planned)
    assert "kundekort worker" in text(as_bob, planned + "progress/")
    worker(60)
    assert NOBODY in text(as_bob, planned + "progress/")
    worker()
    assert NOBODY not in text(as_bob, planned + "progress/")


def test_it_does_not_say_so_of_what_is_to_wait(as_bob: Client, planned: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 minute'")
    assert NOBODY not in text(as_bob, planned)


def test_it_says_so_of_lists_too(as_alice: Client, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", -1)
    export = exports.start(what=exports.Selection(), form=FileFormat.CSV, actor=alice)
    assert NOBODY in text(as_alice, f"/exports/{export.pk}/")
    worker()
    assert NOBODY not in text(as_alice, f"/exports/{export.pk}/progress/")
    exports.fail(export.pk, "disk_full")
    assert "Disken på serveren er full" in text(as_alice, f"/exports/{export.pk}/")
    Export.objects.filter(pk=export.pk).update(notice="")
    assert "Feilen står i loggen" in text(as_alice, f"/exports/{export.pk}/")


@pytest.mark.django_db(transaction=True)
def test_it_says_whose_import_is_written_before(as_bob: Client, alice: Actor, planned: str) -> None:
    worker()
    before = Import.objects.create(filename="a.csv", size=0, actor_name="Kari Ås", state=Import.State.CONFIRMING)
    Import.objects.exclude(pk=before.pk).update(state=Import.State.CONFIRMING)
    beside = connection.copy()
    beside.set_autocommit(False)
    beside.ensure_connection()
    for kind, number, words in (
        (writers.IMPORT, before.pk, "Importen til Kari Ås skrives nå, siden "),
        (writers.MERGE, alice.user.pk if alice.user else 0, "Alice Ås slår sammen kunder nå, siden "),
        (writers.MERGE, 0, "Noen andre skriver til registeret akkurat nå."),
    ):
        writers.lock(beside.connection, kind, number)
        assert words in text(as_bob, planned + "progress/")
        beside.rollback()
    assert "akkurat nå" not in text(as_bob, planned + "progress/")
    beside.close()


def test_it_gives_the_preview_back_of_what_is_confirmed(as_bob: Client, planned: str) -> None:
    imp = planning.plan(latest().pk)
    Import.objects.filter(pk=imp.pk).update(state=Import.State.CONFIRMING, confirmer_name="bob")
    assert "Tilbake til forhåndsvisningen" in text(as_bob, planned)
    answer = as_bob.post(planned + "take-back/", follow=True)
    assert "Ingenting ble skrevet. Importen venter på bekreftelse igjen." in answer.content.decode()
    assert latest().state == Import.State.PREVIEW
    Import.objects.filter(pk=imp.pk).update(state=Import.State.DONE)
    assert "allerede skrevet" in as_bob.post(planned + "take-back/", follow=True).content.decode()


def test_it_tries_again_what_failed(as_bob: Client, planned: str) -> None:
    Import.objects.update(notice="worker_died")
    assert "døde av dette tre ganger" in text(as_bob, planned)
    assert "kunne ikke leses; prøv igjen" in text(as_bob, "/imports/list/")
    assert as_bob.get(planned + "progress/")["HX-Redirect"] == planned
    as_bob.post(planned + "again/")
    assert (latest().state, latest().notice) == (Import.State.RECEIVED, "")
    assert "Filen leses og sammenlignes" in text(as_bob, planned)
