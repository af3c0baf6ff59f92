from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from kundekort.engine.schema import Kind, Schema
from kundekort.services import fields
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.store.models import Customer, CustomField, Import
from tests.web.conftest import send

SEAT = {
    "header": "Seat",
    "kind": "choice",
    "choices": "Sal\r\nBalkong\r\n",
    "label-nb": "Fast plass",
    "label-en": "Regular seat",
    "help-nb": "Der kunden helst sitter",
}


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.fixture
def seat(alice: Actor) -> CustomField:
    """A field of two choices."""
    definition = Definition(
        header="Seat",
        kind=Kind.CHOICE,
        choices=("Sal", "Balkong"),
        labels={"nb": "Fast plass"},
        help={"nb": "Der kunden helst sitter"},
    )
    return fields.create(definition, actor=alice)


def test_it_says_what_own_fields_are_for_when_there_are_none(as_alice: Client) -> None:
    assert "Det er ingen egne felt ennå" in text(as_alice, "/settings/fields/")


def test_it_makes_a_field_from_the_form(as_alice: Client) -> None:
    page = as_alice.post("/settings/fields/new/", SEAT, follow=True).content.decode()
    made = CustomField.objects.get()
    assert (made.kind, made.choices, made.labels) == (
        "choice",
        ["Sal", "Balkong"],
        {"nb": "Fast plass", "en": "Regular seat"},
    )
    assert "Fast plass" in page
    assert "Valg fra en liste" in page


def test_it_leaves_out_characters_that_nobody_writes(as_alice: Client) -> None:
    odd = {"header": "Se\0at", "choices": "Sa\0l\r\nBal\x1bkong", "label-nb": "Fast\0 plass", "help-nb": "Der\0"}
    as_alice.post("/settings/fields/new/", SEAT | odd)
    made = CustomField.objects.get()
    assert (made.header, made.choices, made.labels["nb"], made.help["nb"]) == (
        "Seat",
        ["Sal", "Balkong"],
        "Fast plass",
        "Der",
    )


@pytest.mark.parametrize(
    ("wrong", "part", "words"),
    [
        ({"header": " "}, "header", "Kolonnenavnet mangler"),
        ({"header": "E-post"}, "header", "«E-post» betyr allerede E-post i filer"),
        ({"choices": ""}, "choices", "Det er ingen valg"),
        ({"choices": "Sal\nsal"}, "choices", "To valg er like"),
        ({"kind": "poem"}, "kind", "Det finnes ingen slik felttype"),
    ],
)
def test_it_says_beside_the_part_what_is_wrong_and_keeps_the_rest(
    as_alice: Client, wrong: dict[str, str], part: str, words: str
) -> None:
    page = as_alice.post("/settings/fields/new/", SEAT | wrong).content.decode()
    assert words in page
    assert f'id="fault-{part}"' in page
    assert 'value="Der kunden helst sitter"' in page
    assert not CustomField.objects.exists()


def test_it_renames_a_field_and_goes_on_understanding_its_former_name(as_alice: Client, seat: CustomField) -> None:
    as_alice.post(f"/settings/fields/{seat.key}/", SEAT | {"header": "Place", "label-nb": "Plass"})
    seat.refresh_from_db()
    assert (seat.header, seat.labels["nb"]) == ("Place", "Plass")
    send(as_alice, "CustomerID;FirstName;Gender;Seat\n0;Kari;2;Sal\n")
    assert "Plass" in text(as_alice, "/imports/")
    assert Import.objects.get().recipe.columns[3].field == seat.key


def test_it_keeps_a_choice_that_cards_have(as_alice: Client, seat: CustomField, load: Callable[..., Import]) -> None:
    load("CustomerID;FirstName;Gender;Seat\n0;Kari;2;Sal\n")
    page = as_alice.post(f"/settings/fields/{seat.key}/", SEAT | {"choices": "Balkong"}).content.decode()
    assert "Valget «Sal» står på 1" in page
    assert 'id="fault-choices"' in page


def test_it_takes_a_field_out_of_use_and_back(as_alice: Client, seat: CustomField) -> None:
    address = f"/settings/fields/{seat.key}/retire/"
    page = as_alice.post(address, {"retired": "1"}, follow=True).content.decode()
    assert "Ikke lenger i bruk" in page
    assert f'href="/settings/fields/{seat.key}/"' in page
    as_alice.post(f"/settings/fields/{seat.key}/", SEAT | {"label-nb": "Plass"})
    assert "Plass" in text(as_alice, "/settings/fields/")
    assert "Seat" not in text(as_alice, "/imports/")
    as_alice.post(address, {"retired": "0"})
    assert ">Seat</th>" in text(as_alice, "/imports/")


def test_it_does_not_give_away_the_name_of_a_field_out_of_use(as_alice: Client, seat: CustomField) -> None:
    as_alice.post(f"/settings/fields/{seat.key}/retire/", {"retired": "1"})
    page = as_alice.post("/settings/fields/new/", SEAT).content.decode()
    assert "«Seat» betyr allerede" in page
    assert CustomField.objects.count() == 1


def test_it_puts_fields_in_another_order(as_alice: Client, seat: CustomField, alice: Actor) -> None:
    other = fields.create(Definition(header="Row", kind=Kind.NUMBER), actor=alice)
    as_alice.post(f"/settings/fields/{other.key}/move/", {"direction": "up"})
    as_alice.post(f"/settings/fields/{other.key}/move/", {"direction": "up"})
    assert [f.header for f in fields.list_custom(actor=alice)] == ["Row", "Seat"]
    as_alice.post(f"/settings/fields/{other.key}/move/", {"direction": "down"})
    assert [f.header for f in fields.list_custom(actor=alice)] == ["Seat", "Row"]


def test_it_shows_an_own_field_wherever_fields_are_shown(
    as_alice: Client, seat: CustomField, load: Callable[..., Import]
) -> None:
    load("CustomerID;FirstName;Gender;Seat\n0;Kari;2;Sal\n")
    number = Customer.objects.get().pk
    preview = send(as_alice, f"CustomerID;FirstName;Gender;Seat\n{number};Kari;2;Balkong\n").content.decode()
    assert '"kind": "choice"' in preview
    assert "<span>Seat</span>" in preview
    imp = Import.objects.latest("pk")
    rows = as_alice.get(f"/imports/{imp.pk}/rows/").json()["rows"]
    assert rows[0]["cells"][seat.key] == "Balkong"
    as_alice.post(f"/imports/{imp.pk}/confirm/", {"digest": imp.digest})
    card = text(as_alice, f"/customers/{number}/")
    assert "Fast plass" in card
    assert "Balkong" in card
    assert "<del>Sal</del>" in card
    as_alice.post(f"/settings/fields/{seat.key}/retire/", {"retired": "1"})
    assert "Fast plass:" in text(as_alice, f"/customers/{number}/")


def test_it_names_an_own_field_in_what_is_wrong_with_a_cell(as_alice: Client, seat: CustomField) -> None:
    send(as_alice, "CustomerID;FirstName;Gender;Seat\n0;Kari;2;Taket\n0;Ola;1;Sal\n")
    rows = as_alice.get(f"/imports/{Import.objects.get().pk}/rows/").json()["rows"]
    assert "«Taket» er ikke et av valgene for Seat" in rows[0]["problems"][0]["text"]


def test_it_offers_own_fields_on_the_mapping_page(as_alice: Client, seat: CustomField) -> None:
    page = send(as_alice, "CustomerID;FirstName;Gender;Sitteplass\n0;Kari;2;Sal\n").content.decode()
    assert "Fast plass (Seat)" in page
    imp = Import.objects.get()
    answer = {f"column-{n}": key for n, key in enumerate(("id", "first_name", "gender", seat.key))}
    as_alice.post(f"/imports/{imp.pk}/columns/", answer | {"match": "id", "empty_cells": "overwrite"})
    imp.refresh_from_db()
    assert imp.recipe.columns[3].field == seat.key


@pytest.mark.parametrize("address", ["/settings/fields/", "/settings/fields/new/", "/settings/layouts/"])
def test_it_keeps_settings_from_importers(as_bob: Client, address: str) -> None:
    assert as_bob.get(address).status_code == 403
    assert "/settings/" not in text(as_bob, "/imports/")


def test_it_asks_for_the_fields_once_for_a_page(
    as_alice: Client, seat: CustomField, load: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def schema(*, retired: bool = False) -> Schema:
        asked.append(retired)
        return whole(retired=retired)

    load("CustomerID;FirstName;Gender;Seat\n0;Åse;2;Sal\n")
    whole = fields.schema
    monkeypatch.setattr("kundekort.web.middleware.fields", SimpleNamespace(schema=schema, once=fields.once))
    page = text(as_alice, f"/customers/{Customer.objects.get().pk}/")
    assert page.count("Fast plass") == 1
    assert "Fornavn" in page
    assert asked == [True]
