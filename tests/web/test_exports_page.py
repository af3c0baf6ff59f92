"""Lists of customers as the pages give them: who may take which, at once or after waiting, and who took them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kundekort.engine.reading import reader
from kundekort.engine.recipe import EmptyCells
from kundekort.engine.segments.condition import from_json
from kundekort.services import exports, layouts, segments
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import Export
from kundekort.store.progress import Progress
from kundekort.store.selection import Selection
from tests.web.conftest import send

ORDER = "/exports/new/?segment=Nordmann"


@pytest.fixture(autouse=True)
def nordmann(three: list[int], bob: Actor) -> None:
    rules = {"all": [{"field": "last_name", "operator": "is", "values": ["Nordmann"]}]}
    segments.save("Nordmann", condition=from_json(rules), actor=bob)


@pytest.fixture
def as_alice(client: Client, alice: Actor) -> Client:
    """The site as Alice, an administrator, sees it."""
    client.force_login(alice.user)
    return client


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of more than one customer are long ones."""
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", 1)


def content(client: Client, export: Export) -> bytes:
    return b"".join(client.get(f"/exports/{export.pk}/file/").streaming_content)


def test_it_asks_for_the_form_and_says_how_many(as_bob: Client) -> None:
    page = as_bob.get(ORDER).content.decode()
    assert "2 kunder, med alle felt" in page
    assert "Last ned med all kundedata" in page
    assert page.count('name="form"') == 3
    assert 'name="layout"' not in page


@pytest.mark.parametrize("form", FileFormat)
def test_it_gives_a_short_list_at_once(as_bob: Client, form: FileFormat) -> None:
    answer = as_bob.post(ORDER, {"form": form}, follow=True)
    export = Export.objects.get()
    address = f"/exports/{export.pk}/file/"
    assert f'content="0; url={address}"' in answer.content.decode()
    file = as_bob.get(address)
    assert file["Content-Disposition"].startswith('attachment; filename="kunder-nordmann-')
    assert file["Content-Type"] == form.media_type
    assert file["Cache-Control"] == "private, no-store"
    table = reader.read(b"".join(file.streaming_content), known=lambda header: header == "CustomerID")
    assert table.cells.height == 2


def test_it_begins_the_download_only_once(as_bob: Client) -> None:
    as_bob.post(ORDER, {"form": "csv"})
    page = as_bob.get(f"/exports/{Export.objects.get().pk}/").content.decode()
    assert 'http-equiv="refresh"' not in page
    assert "tas vare på i 7 dager" in page


def test_it_gives_what_a_search_finds(as_bob: Client) -> None:
    assert "/exports/new/?search=%C3%A5s" in as_bob.get("/customers/", {"q": "ås"}).content.decode()
    as_bob.post("/exports/new/?search=%C3%A5s", {"form": "plain"})
    export = Export.objects.get()
    assert export.selection.search == "ås"
    assert b"ase@example.com" in content(as_bob, export)
    assert b"kari@example.com" not in content(as_bob, export)


def test_it_gives_the_complete_list_to_administrators_only(as_bob: Client, alice: Actor) -> None:
    assert "Eksporter hele listen" not in as_bob.get("/segments/").content.decode()
    assert as_bob.get("/exports/new/").status_code == 403
    assert as_bob.post("/exports/new/?search=+", {"form": "csv"}).status_code == 403
    taken = exports.start(what=Selection(), form=FileFormat.CSV, actor=alice)
    assert as_bob.get(f"/exports/{taken.pk}/").status_code == 403
    assert as_bob.get(f"/exports/{taken.pk}/file/").status_code == 403
    listed = as_bob.get("/exports/").content.decode()
    assert "Hele listen" in listed
    assert f'href="/exports/{taken.pk}/"' not in listed


def test_it_lets_an_administrator_take_it(as_alice: Client) -> None:
    assert "Eksporter hele listen" in as_alice.get("/segments/").content.decode()
    page = as_alice.post("/exports/new/", {"form": "csv"}, follow=True).content.decode()
    assert "Listen med 3 kunder er klar" in page
    assert "Hele listen" in as_alice.get("/exports/").content.decode()


def test_it_offers_the_layouts_there_are(as_bob: Client, alice: Actor) -> None:
    columns = [("id", "CustomerID"), ("email", "Epost")]
    layouts.save("Nyhetsbrev", columns=columns, empty_cells=EmptyCells.KEEP, is_default=False, actor=alice)
    assert '<option value="Nyhetsbrev">' in as_bob.get(ORDER).content.decode()
    as_bob.post(ORDER, {"form": "plain", "layout": "Nyhetsbrev"})
    assert content(as_bob, Export.objects.get()).startswith("\ufeffCustomerID;Epost;Version".encode())


def test_it_shows_progress_and_then_the_way_to_the_file(as_bob: Client, long: None) -> None:
    page = as_bob.post(ORDER, {"form": "csv"}, follow=True).content.decode()
    export = Export.objects.get()
    progress = f"/exports/{export.pk}/progress/"
    assert f'hx-get="{progress}"' in page
    assert "Venter på tur" in as_bob.get(progress).content.decode()
    Export.objects.update(progress=Progress("exporting", 1, 2, seconds_left=3))
    assert 'value="50"' in as_bob.get(progress).content.decode()
    exports.make(export.pk)
    assert as_bob.get(progress)["HX-Redirect"] == f"/exports/{export.pk}/?take=1"


def test_it_cancels_a_list_that_is_not_written_yet(as_bob: Client, long: None) -> None:
    as_bob.post(ORDER, {"form": "csv"})
    path = f"/exports/{Export.objects.get().pk}/"
    assert "Eksporten ble annullert" in as_bob.post(f"{path}cancel/", follow=True).content.decode()
    again = as_bob.post(f"{path}cancel/", follow=True).content.decode()
    assert 'role="alert"' in again
    assert "Eksporten ble annullert" in again
    assert as_bob.get(f"{path}file/").status_code == 404


def test_it_says_so_when_a_file_is_gone(as_bob: Client) -> None:
    as_bob.post(ORDER, {"form": "csv"})
    Export.objects.update(size=None)
    page = as_bob.get(f"/exports/{Export.objects.get().pk}/").content.decode()
    assert "ikke lenger lagret" in page
    assert ORDER in page


def test_it_does_not_export_a_segment_that_must_be_mended(as_bob: Client) -> None:
    from kundekort.store.models import Segment

    Segment.objects.update(condition={"all": [{"field": "own_gone", "operator": "is", "values": ["A"]}]})
    page = as_bob.get(ORDER).content.decode()
    assert 'role="alert"' in page
    assert 'name="form"' not in page
    assert 'role="alert"' in as_bob.post(ORDER, {"form": "csv"}).content.decode()
    assert not Export.objects.exists()


def test_it_tells_a_list_that_was_never_kept_from_one_that_was_removed(as_bob: Client, bob: Actor) -> None:
    b"".join(exports.stream(what=Selection(segment="Nordmann"), form=FileFormat.CSV, actor=bob))
    straight = Export.objects.get()
    page = as_bob.get("/exports/").content.decode()
    assert "Hentet fra kommandolinjen" in page
    assert "Ikke lenger lagret" not in page
    assert "Denne listen ble hentet fra kommandolinjen" in as_bob.get(f"/exports/{straight.pk}/").content.decode()
    kept = exports.start(what=Selection(segment="Nordmann"), form=FileFormat.CSV, actor=bob)
    Export.objects.filter(pk=kept.pk).update(created_at=timezone.now() - timedelta(days=exports.KEPT_DAYS + 1))
    exports.remove_old()
    assert "Ikke lenger lagret" in as_bob.get("/exports/").content.decode()
    assert "Denne listen er ikke lenger lagret" in as_bob.get(f"/exports/{kept.pk}/").content.decode()


def test_it_closes_the_round(as_bob: Client) -> None:
    as_bob.post(ORDER, {"form": "xlsx"})
    page = send(as_bob, content(as_bob, Export.objects.get()), name="kunder.xlsx").content.decode()
    assert "0 Customers updated" in page
    assert "Alle 2 rader sier det registeret allerede sier" in page


def test_it_leads_from_the_import_to_a_list_to_edit(as_bob: Client) -> None:
    page = as_bob.get("/imports/").content.decode()
    assert "Hent kundeliste å redigere" in page
    assert 'href="/segments/"' in page


def test_it_refuses_what_the_page_could_not_have_sent(as_bob: Client) -> None:
    assert as_bob.post(ORDER, {"form": "pdf"}).status_code == 400
    assert as_bob.post(ORDER, {"form": "csv", "layout": "finnes ikke"}).status_code == 404
    assert as_bob.get("/exports/new/?segment=finnes+ikke").status_code == 404
    assert not Export.objects.exists()


def test_it_gives_nothing_to_readers(client: Client, charlie: Actor, bob: Actor) -> None:
    taken = exports.start(what=Selection(segment="Nordmann"), form=FileFormat.CSV, actor=bob)
    client.force_login(charlie.user)
    paths = ("", "new/?segment=Nordmann", f"{taken.pk}/", f"{taken.pk}/file/", f"{taken.pk}/progress/")
    assert {path: client.get(f"/exports/{path}").status_code for path in paths} == dict.fromkeys(paths, 403)
    assert client.post("/exports/new/?segment=Nordmann", {"form": "csv"}).status_code == 403
    assert Export.objects.count() == 1
