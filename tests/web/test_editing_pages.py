from __future__ import annotations

import re

import pytest
from django.test import Client

from kundekort.engine.schema import Kind
from kundekort.services import customers, editing, fields
from kundekort.services.accounts import Actor
from kundekort.services.fields import Definition
from kundekort.store.models import Customer, Revision


def form(page: str) -> dict[str, str]:
    """What a browser would send of the form on a page."""
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or " checked" in tag:
            sent[attributes.get("name", "")] = attributes.get("value", "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL):
        sent[name] = text
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option(?: value="(?P<code>[^"]*)")? selected>(?P<name>.*?)</option>', options)
        sent[name] = (chosen["code"] or chosen["name"]) if chosen else ""
    return {name: text for name, text in sent.items() if name.startswith(("field-", "version", "whose-", "asked-"))}


@pytest.fixture
def kari(alice: Actor) -> int:
    """A customer with something of every kind."""
    values = {
        "first_name": "Kari",
        "last_name": "Nordmann",
        "email": "kari@example.com",
        "gender": "2",
        "date_of_birth": "1984-05-17",
        "email_consent": "1",
        "tags": "Premiere|Venn",
        "internal_note": "Sitter\nhelst foran",
        "address": "Storgata 1\nOppgang B",
        "mobile": "+4791234567",
        "country": "NO",
        "language": "nb",
    }
    return editing.create(values, actor=alice)


def open_form(client: Client, number: int) -> dict[str, str]:
    return form(client.get(f"/customers/{number}/edit/").content.decode())


def test_it_makes_a_customer(as_bob: Client) -> None:
    empty = form(as_bob.get("/customers/new/").content.decode())
    answer = as_bob.post(
        "/customers/new/",
        empty | {"field-first_name": " Åse ", "field-mobile": "912 34 567", "field-date_of_birth": "17.5.1984"},
        follow=True,
    )
    made = Customer.objects.get()
    assert (made.first_name, made.mobile, str(made.date_of_birth), made.gender) == (
        "Åse",
        "+4791234567",
        "1984-05-17",
        0,
    )
    assert answer.redirect_chain[-1][0] == f"/customers/{made.pk}/"
    assert Revision.objects.get().kind == "edit"


def test_it_says_beside_each_field_what_is_wrong_and_keeps_what_was_written(as_bob: Client) -> None:
    page = as_bob.post("/customers/new/", {"field-email": "ikke <en> adresse", "field-gender": "2"}).content.decode()
    assert 'value="ikke &lt;en&gt; adresse"' in page
    assert 'id="fault-email"' in page
    assert "er ikke en e-postadresse" in page
    assert not Customer.objects.exists()


def test_it_says_what_is_wrong_with_the_whole_card(as_bob: Client) -> None:
    page = as_bob.post("/customers/new/", {"field-city": "Oslo", "field-gender": "2"}).content.decode()
    assert "Kunden har ikke noe navn" in page


def test_it_changes_nothing_when_nothing_was_written(as_bob: Client, kari: int) -> None:
    page = as_bob.post(f"/customers/{kari}/edit/", open_form(as_bob, kari), follow=True).content.decode()
    assert "Ingenting ble endret" in page
    assert Customer.objects.get().version == 1


def test_it_changes_only_what_was_written(as_bob: Client, kari: int) -> None:
    sent = open_form(as_bob, kari)
    assert sent["field-date_of_birth"] == "17.05.1984"
    sent |= {"field-tags": "Venn|Abonnent", "field-date_of_birth": "18.05.1984", "field-email_consent": "0"}
    page = as_bob.post(f"/customers/{kari}/edit/", sent, follow=True).content.decode()
    assert "3 felt ble endret" in page
    made = Customer.objects.get()
    assert (made.tags, str(made.date_of_birth), made.email_consent) == (["Abonnent", "Venn"], "1984-05-18", False)
    assert made.address == "Storgata 1\nOppgang B"
    assert "på kortet" in page


def test_it_keeps_what_somebody_else_wrote_elsewhere(as_bob: Client, kari: int, alice: Actor) -> None:
    sent = open_form(as_bob, kari)
    editing.edit(kari, version=1, values={"city": "Bergen"}, actor=alice)
    as_bob.post(f"/customers/{kari}/edit/", sent | {"field-first_name": "Karin"})
    made = Customer.objects.get()
    assert (made.first_name, made.city) == ("Karin", "Bergen")


@pytest.mark.parametrize(("whose", "city"), [("mine", "Oslo"), ("theirs", "Bergen")])
def test_it_asks_whose_value_stays_when_two_change_the_same(
    as_bob: Client, kari: int, alice: Actor, whose: str, city: str
) -> None:
    sent = open_form(as_bob, kari)
    editing.edit(kari, version=1, values={"city": "Bergen", "company": "Firma"}, actor=alice)
    page = as_bob.post(
        f"/customers/{kari}/edit/", sent | {"field-city": "Oslo", "field-first_name": "Karin"}
    ).content.decode()
    assert "Alice Ås endret dette også" in page
    assert "<strong>Oslo</strong>" in page
    assert "<strong>Bergen</strong>" in page
    assert Customer.objects.get().first_name == "Kari"
    as_bob.post(f"/customers/{kari}/edit/", form(page) | {"whose-city": whose})
    made = Customer.objects.get()
    assert (made.first_name, made.city, made.company) == ("Karin", city, "Firma")


def test_it_asks_again_rather_than_choose_by_itself(as_bob: Client, kari: int, alice: Actor) -> None:
    sent = open_form(as_bob, kari)
    editing.edit(kari, version=1, values={"city": "Bergen", "company": "Firma", "email": "k@example.com"}, actor=alice)
    address = f"/customers/{kari}/edit/"
    mine = {"field-city": "Oslo", "field-company": "Teater", "field-email": "o@o.no"}
    page = as_bob.post(address, sent | mine).content.decode()
    assert page.count(" required") == 6
    assert page.count(" autofocus") == 1
    assert not any(name.startswith("whose-") for name in form(page))
    page = as_bob.post(address, form(page)).content.decode()
    assert page.count("Velg én av de to.") == 3
    page = as_bob.post(address, form(page) | {"whose-city": "mine", "whose-email": "theirs"}).content.decode()
    assert page.count("Velg én av de to.") == 1
    made = Customer.objects.get()
    assert (made.city, made.company, made.email) == ("Bergen", "Firma", "k@example.com")
    assert form(page)["whose-city"] == "mine"
    as_bob.post(address, form(page) | {"whose-company": "mine"})
    made = Customer.objects.get()
    assert (made.city, made.company, made.email) == ("Oslo", "Teater", "k@example.com")


def test_it_does_not_take_an_answer_for_one_to_what_a_third_wrote(as_bob: Client, kari: int, alice: Actor) -> None:
    sent = open_form(as_bob, kari)
    address = f"/customers/{kari}/edit/"
    editing.edit(kari, version=1, values={"city": "Bergen", "company": "Firma"}, actor=alice)
    page = as_bob.post(address, sent | {"field-city": "Oslo", "field-company": "Teater"}).content.decode()
    editing.edit(kari, version=2, values={"city": "Tromsø"}, actor=alice)
    page = as_bob.post(address, form(page) | {"whose-city": "mine"}).content.decode()
    assert "<strong>Tromsø</strong>" in page
    assert not any(name.startswith("whose-") for name in form(page))


def test_it_has_fitting_inputs_and_help_for_own_fields(as_bob: Client, kari: int, alice: Actor) -> None:
    choice = Definition(header="Seat", kind=Kind.CHOICE, choices=("Sal", "Balkong"), help={"nb": "Der kunden sitter"})
    seat = fields.create(choice, actor=alice).key
    member = fields.create(Definition(header="Member", kind=Kind.YES_NO), actor=alice).key
    page = as_bob.get(f"/customers/{kari}/edit/").content.decode()
    assert "Der kunden sitter" in page
    as_bob.post(f"/customers/{kari}/edit/", form(page) | {f"field-{seat}": "Balkong", f"field-{member}": "0"})
    card = customers.card(kari, actor=alice)
    assert (card[seat], card[member]) == ("Balkong", "0")


def test_it_tells_where_a_consent_comes_from(as_bob: Client, kari: int) -> None:
    page = as_bob.get(f"/customers/{kari}/").content.decode()
    assert "av Alice Ås" in page


def test_it_refuses_a_form_without_a_version(as_bob: Client, kari: int) -> None:
    assert as_bob.post(f"/customers/{kari}/edit/", {"field-city": "Oslo"}).status_code == 400


def test_it_keeps_editing_from_readers(client: Client, kari: int) -> None:
    from kundekort.services.accounts import Role, create_user

    client.force_login(create_user(username="rita", password="theatre-doors", role=Role.READER))
    assert client.get(f"/customers/{kari}/edit/").status_code == 403
    assert client.post(f"/customers/{kari}/edit/", {"version": "1"}).status_code == 403
    assert client.get("/customers/new/").status_code == 403
    assert "/edit/" not in client.get(f"/customers/{kari}/").content.decode()


@pytest.mark.parametrize(
    ("language", "written"), [("nb", "17.05.1984"), ("en", "1984-05-17"), ("sv", "1984-05-17"), ("da", "17.05.1984")]
)
def test_it_writes_a_date_as_it_can_be_read_again(as_bob: Client, kari: int, language: str, written: str) -> None:
    as_bob.post("/language/", {"language": language})
    address = f"/customers/{kari}/edit/"
    sent = form(as_bob.get(address).content.decode())
    assert sent["field-date_of_birth"] == written
    as_bob.post(address, sent)
    assert Customer.objects.get(pk=kari).version == 1


def test_it_offers_countries_and_languages_by_name_and_keeps_codes(as_bob: Client, kari: int) -> None:
    page = as_bob.get(f"/customers/{kari}/edit/").content.decode()
    assert '<option value="NO" selected>Norge</option>' in page
    assert 'value="+47 912 34 567"' in page
    as_bob.post(f"/customers/{kari}/edit/", form(page) | {"field-country": "SE", "field-language": "sv"})
    made = Customer.objects.get()
    assert (made.country, made.language, made.mobile, made.version) == ("SE", "sv", "+4791234567", 2)
    card = as_bob.get(f"/customers/{kari}/").content.decode()
    assert [words for words in ("Sverige", "Svensk", "+47 912 34 567") if words not in card] == []
