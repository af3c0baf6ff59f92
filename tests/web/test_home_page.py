"""The home page: each picture leads to what it shows, and an empty one says what to do first."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kundekort.services import accounts, register_figures
from kundekort.services.accounts import Actor, Role
from kundekort.store.models import Customer, Import, Source, Webhook
from tests.web.conftest import HEADER

pytestmark = pytest.mark.django_db

SIX = (
    "CustomerID;FirstName;LastName;Email;Mobile;Gender;EmailConsent\n"
    "0;Kari;Nordmann;kari@example.com;91234567;2;1\n"
    "0;Karin;Nordmann;kari@example.com;91234567;2;1\n"
    "0;Ola;Nordmann;;;1;0\n"
    "0;Per;Ås;per@example.com;;1;\n"
    "0;Siv;Ås;siv@example.com;;2;1\n"
    "0;Ida;Ås;ida@example.com;;2;\n"
)


@pytest.fixture
def as_rita(client: Client, db: None) -> Client:
    """The site as Rita, a reader, sees it."""
    client.force_login(accounts.create_user(username="rita", password="theatre-doors", role=Role.READER))
    return client


def shown(client: Client) -> str:
    page = client.get("/")
    assert page.status_code == 200
    return unescape(page.content.decode())


def links(page: str) -> dict[str, str]:
    """The addresses of the pictures, by what stands at them."""
    main = page[page.index("<main") :]
    found = re.findall(r'<a href="([^"]*)">(.*?)</a>', main, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]*>", " ", words).split()): address for address, words in found}


def rows(client: Client, address: str) -> int:
    """How many customers the customer list has under an address."""
    page = client.get(address)
    assert page.context["faults"] == []
    return len(page.context["page"].rows)


def test_each_figure_leads_to_exactly_those_customers(as_bob: Client, load: Callable[..., Import]) -> None:
    load(SIX)
    found = links(shown(as_bob))
    assert rows(as_bob, found["Uten e-postadresse 1"]) == 1
    assert rows(as_bob, found["Uten telefonnummer 4"]) == 4
    assert rows(as_bob, found["Samtykke e-post"]) == 3
    for name, groups in {"Grupper med samme e-postadresse 1": 1, "Grupper med samme mobilnummer 1": 1}.items():
        assert f"Gruppe 1 av {groups}" in as_bob.get(found[name]).content.decode()


def test_what_no_filter_can_ask_leads_to_a_segment(as_bob: Client, three: list[int]) -> None:
    Customer.objects.filter(pk=three[0]).update(email="kari hos teateret")
    address = links(shown(as_bob))["Med en e-postadresse som ikke kan være riktig 1"]
    builder = as_bob.get(address)
    found = as_bob.post("/segments/result/", {"condition": builder.context["condition"]})
    assert [row["id"] for row in found.context["page"].rows] == [three[0]]


def test_it_says_what_waits_and_shows_what_was_imported(
    as_bob: Client, three: list[int], upload: Callable[..., Import]
) -> None:
    imp = upload(HEADER + "0;Per;Ås;nonsense;1\n", filename="feil.csv")
    page = shown(as_bob)
    assert any(address == f"/imports/{imp.pk}/" and "1 rad har feil" in name for name, address in links(page).items())
    assert "De siste 30 dagene" in page


def test_an_empty_register_says_what_to_do_first(as_bob: Client) -> None:
    page = shown(as_bob)
    assert "Det er ingen kunder i registeret ennå." in page
    assert 'href="/imports/"' in page[page.index("<main") :]


def test_where_nothing_waits_it_says_so(as_bob: Client, three: list[int]) -> None:
    assert "Ingenting venter på deg." in shown(as_bob)


def test_readers_see_the_register_and_no_way_to_import(as_rita: Client, load: Callable[..., Import]) -> None:
    assert "En som kan importere, begynner med en fil" in shown(as_rita)
    load(SIX)
    page = shown(as_rita)
    assert "/imports/" not in page
    assert "/customers/duplicates/" not in page
    assert rows(as_rita, links(page)["Uten e-postadresse 1"]) == 1


def test_administrators_see_what_cannot_be_read_or_reached(as_alice: Client, alice: Actor, three: list[int]) -> None:
    source = Source.objects.create(name="Billettsystemet", url="/srv", fault="source_unreachable", owner=alice.user)
    sent = {"url": "https://example.com", "events": [], "secret": "x", "position": 0, "actor_name": "alice"}
    webhook = Webhook.objects.create(name="Nettbutikken", failing_since=timezone.now(), **sent)
    found = {address: words for words, address in links(shown(as_alice)).items()}
    assert "Billettsystemet" in found[f"/settings/sources/{source.pk}/"]
    assert "Nettbutikken" in found[f"/settings/webhooks/{webhook.pk}/"]


def test_until_a_job_has_counted_a_large_register_it_says_so(
    as_bob: Client, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_figures, "SMALL", 2)
    assert "Registeret telles opp" in shown(as_bob)
    register_figures.refresh()
    assert "3 kunder" in shown(as_bob)


def test_it_asks_no_more_of_a_register_that_is_counted(
    as_bob: Client, three: list[int], upload: Callable[..., Import]
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(as_bob)
        return len(queries)

    shown(as_bob)
    upload(HEADER + "0;Per;Ås;per@example.com;1\n")
    one = asked()
    for _ in range(5):
        upload(HEADER + "0;Per;Ås;per@example.com;1\n")
    assert asked() == one <= 25
