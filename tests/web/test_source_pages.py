"""The pages of sources: made, shown with their files and faults, paused and deleted by administrators."""

from __future__ import annotations

from html import unescape
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from kundekort.services import source_runs
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Source, SourceFile
from tests.web.conftest import HEADER


def text(answer: HttpResponse) -> str:
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.KUNDEKORT_SOURCE_FOLDERS = [tmp_path]
    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    return tmp_path


@pytest.fixture
def sent(folder: Path, bob: Actor) -> dict[str, Any]:
    assert bob.user
    about = {"name": "Billett", "url": str(folder), "pattern": "*.csv", "minutes": "60", "most_cards": "5"}
    return about | {"owner": str(bob.user.pk), "notify": [str(bob.user.pk)], "confirms": "1"}


@pytest.fixture
def made(as_alice: Client, sent: dict[str, Any]) -> Source:
    answer = as_alice.post("/settings/sources/new/", sent, follow=True)
    assert "Kilden er klar" in text(answer)
    return Source.objects.get()


def look(source: Source) -> None:
    for _ in range(2):
        Source.objects.update(look_at=timezone.now())
        SourceFile.objects.update(seen_at=timezone.now() - source_runs.STILL)
        source_runs.look(source.pk)


def page(client: Client, source: Source) -> str:
    return text(client.get(f"/settings/sources/{source.pk}/"))


def test_a_source_is_made_and_shows_what_it_has_read(made: Source, as_alice: Client, folder: Path, bob: Actor) -> None:
    assert bob.user
    assert (made.owner_id, made.notify, made.confirms, made.most_cards) == (bob.user.pk, [bob.user.pk], True, 5)
    assert made.site == "http://testserver/"
    assert "Ingen fil er sett ennå" in page(as_alice, made)
    (folder / "ny.csv").write_text(HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    look(made)
    (folder / "feil.csv").write_text(HEADER + "0;Ola;Nordmann;;9\n")
    look(made)
    told = page(as_alice, made)
    assert Customer.objects.count() == 1
    assert "ny.csv" in told
    assert "Noen rader har feil." in told
    assert "Leses" in text(as_alice.get("/settings/sources/"))


def test_a_fault_is_told_in_words(made: Source, as_alice: Client, folder: Path) -> None:
    folder.rename(folder.parent / "away")
    look(made)
    for told in (page(as_alice, made), text(as_alice.get("/settings/sources/"))):
        assert "Kilden kunne ikke leses. Mappen eller filen finnes ikke." in told
    (folder.parent / "away").rename(folder)


def test_a_secret_is_kept_changed_forgotten_and_never_shown(
    as_alice: Client, sent: dict[str, Any], folder: Path
) -> None:
    web = sent | {"url": "http://127.0.0.1:9/x.csv", "username": "kari", "secret": "hemmelig ord"}
    as_alice.post("/settings/sources/new/", web)
    source = Source.objects.get()
    address = f"/settings/sources/{source.pk}/"
    assert "hemmelig ord" not in text(as_alice.get(address)) + str(list(Source.objects.values()))
    as_alice.post(address, web | {"secret": "", "name": "Ny"})
    kept = Source.objects.get()
    assert (kept.name, bool(kept.secret)) == ("Ny", True)
    moved = text(as_alice.post(address, web | {"secret": "", "url": "http://127.0.0.2/x.csv"}))
    assert "Adressen fører til en annen server" in moved
    as_alice.post(address, web | {"secret": "", "no_secret": "1"})
    assert Source.objects.get().secret == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Kilden har ikke noe navn"),
        ({"url": "/etc"}, "Filer leses bare fra mapper som KUNDEKORT_SOURCE_FOLDERS nevner: /"),
        ({"url": "https://10.0.0.1/x"}, "Serveren er ikke offentlig"),
        ({"url": "sftp://127.0.0.1/"}, "vil ha et brukernavn"),
        ({"url": "sftp://127.0.0.1/", "username": "a"}, "Serverens nøkkel mangler"),
        ({"most_cards": "mange"}, "Velg et helt tall fra 0 til"),
        ({"minutes": "7"}, "Det finnes ikke noe slikt tidsrom"),
        ({"owner": "0"}, "Filer kan ikke importeres på vegne av denne brukeren"),
    ],
)
def test_what_is_wrong_is_told_beside_it(
    as_alice: Client, sent: dict[str, Any], change: dict[str, str], words: str
) -> None:
    told = text(as_alice.post("/settings/sources/new/", sent | change))
    assert "Kilden ble ikke lagret" in told
    assert words in told
    assert not Source.objects.exists()


def test_it_is_looked_at_now_paused_and_deleted(made: Source, as_alice: Client) -> None:
    def act(what: str) -> str:
        return text(as_alice.post(f"/settings/sources/{made.pk}/act/", {"act": what}, follow=True))

    assert "ses på om et øyeblikk" in act("run")
    assert "På pause" in act("off")
    assert not Source.objects.get().active
    act("on")
    assert Source.objects.get().active
    assert "Kilden «Billett» ble slettet." in act("delete")
    assert not Source.objects.exists()
