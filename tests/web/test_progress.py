from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from kundekort.services import planning
from kundekort.store.models import Import
from kundekort.store.progress import Progress
from tests.web.conftest import HEADER, latest, send


def test_it_tells_phase_rows_and_seconds(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 120_000)
    imp = Import.objects.get()
    Import.objects.update(state=Import.State.CONFIRMING, progress=Progress("writing", 40_000, 120_000, seconds_left=12))
    part = as_bob.get(f"/imports/{imp.pk}/progress/").content.decode()
    assert 'value="33"' in part
    assert "40\xa0000 av 120\xa0000 rader" in part
    assert "omtrent 12 sekunder igjen" in part
    assert "<html" not in part


def test_it_leads_to_the_preview_once_it_is_made(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 120_000)
    planning.plan(latest().pk)
    answer = as_bob.get(f"/imports/{latest().pk}/progress/")
    assert answer["HX-Redirect"] == f"/imports/{latest().pk}/"


def test_it_can_be_cancelled_while_it_works(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 120_000)
    as_bob.post(f"/imports/{latest().pk}/cancel/")
    assert latest().state == Import.State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_it_is_told_while_a_first_load_has_the_customers_alone(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 120_000)
    number = latest().pk
    Import.objects.update(state=Import.State.CONFIRMING, progress=Progress("indexing", 0, 1))
    writer = connection.copy()
    with writer.cursor() as loading, connection.cursor() as cursor:
        loading.execute("BEGIN")
        loading.execute("LOCK kundekort_customer IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET lock_timeout = '1ms'")  # so a page that asked for customers would fail instead of waiting
        part = as_bob.get(f"/imports/{number}/progress/").content.decode()
        pages = [as_bob.get(page).status_code for page in ("/imports/", f"/imports/{number}/")]
        cursor.execute("RESET lock_timeout")
    writer.close()
    assert "Gjør kundene søkbare" in part
    assert "sekund" not in part
    assert pages == [200, 200]
