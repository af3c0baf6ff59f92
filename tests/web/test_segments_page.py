"""Segmentation as the server shows it; putting rules together is driven in a browser by tests/e2e."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from kundekort.engine.schema import Kind
from kundekort.engine.segments.condition import from_json
from kundekort.services import accounts, fields, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.fields import Definition
from kundekort.services.segments import SavedSegment
from kundekort.store.models import Import, Segment

NORDMANN = {"all": [{"field": "last_name", "operator": "is", "values": ["nordmann"]}]}


@pytest.fixture
def nordmann(bob: Actor) -> SavedSegment:
    return segments.save("Nordmann", condition=from_json(NORDMANN), description="Alle som heter det", actor=bob)


def ask(client: Client, rules: object) -> str:
    return client.post("/segments/result/", {"condition": json.dumps(rules)}).content.decode()


def save(client: Client, path: str, rules: object, **named: str) -> str:
    return client.post(path, {"condition": json.dumps(rules), **named}, follow=True).content.decode()


def test_it_says_what_to_do_first(as_bob: Client) -> None:
    page = as_bob.get("/segments/").content.decode()
    assert "Ingen segmenter ennå" in page
    assert "/segments/new/" in page


def test_it_leaves_out_characters_that_nobody_writes(as_bob: Client) -> None:
    save(as_bob, "/segments/new/", NORDMANN, name="Nord\0menn", description="Alle\0")
    made = Segment.objects.get()
    assert (made.name, made.description) == ("Nordmenn", "Alle")
    half = {"all": [{"field": "last_name", "operator": "is", "values": ["\ud800"]}]}
    assert as_bob.post("/segments/new/", {"condition": json.dumps(half), "name": "x"}).status_code == 400


def test_it_lists_segments_and_counts_them_afterwards(as_bob: Client, nordmann: SavedSegment, three: list[int]) -> None:
    page = as_bob.get("/segments/").content.decode()
    assert "Alle som heter det" in page
    assert f'hx-get="/segments/{nordmann.id}/count/"' in page
    assert as_bob.get(f"/segments/{nordmann.id}/count/").content.decode().strip() == "2"


def test_it_counts_while_one_builds_and_shows_the_first(as_bob: Client, three: list[int]) -> None:
    part = ask(as_bob, NORDMANN)
    assert "<strong>2</strong> kunder oppfyller reglene" in part
    assert "kari@example.com" in part
    assert "ase@example.com" not in part
    assert "<html" not in part


def test_it_says_beside_which_rule_something_is_wrong(as_bob: Client) -> None:
    wrong = {"field": "date_of_birth", "operator": "before", "values": ["i går"]}
    part = ask(as_bob, {"all": [*NORDMANN["all"], {"any": [wrong]}]})
    assert 'data-path="1.0" data-waiting=""' in part
    assert "«i går»" in part
    assert "<strong>" not in part


def test_it_waits_for_a_value_without_calling_it_wrong(as_bob: Client) -> None:
    assert 'data-path="0" data-waiting="1"' in ask(as_bob, {"all": [{"field": "city", "operator": "is"}]})


def test_it_tells_of_rules_that_are_too_many(as_bob: Client) -> None:
    assert "200" in ask(as_bob, {"all": NORDMANN["all"] * 201})


@pytest.mark.parametrize("sent", ["", "{", "[" * 100_000])
def test_it_refuses_what_the_page_could_not_have_sent(as_bob: Client, sent: str) -> None:
    assert as_bob.post("/segments/result/", {"condition": sent}).status_code == 400
    assert as_bob.post("/segments/new/", {"condition": sent, "name": "x"}).status_code == 400


@pytest.mark.parametrize("values", [5, "12", [["x"]], [None], {"a": 1}])
def test_it_refuses_values_of_another_shape_in_words(as_bob: Client, values: object) -> None:
    rules = {"all": [{"field": "created_by_import", "operator": "is", "values": values}]}
    assert 'role="alert"' in save(as_bob, "/segments/new/", rules, name="Feil")


@pytest.mark.parametrize("field", [["x"], {"a": 1}, 5])
def test_it_refuses_a_field_of_another_shape_in_words(as_bob: Client, field: object) -> None:
    assert 'role="alert"' in save(as_bob, "/segments/new/", {"all": [{"field": field}]}, name="Feil")


def test_it_saves_a_new_segment(as_bob: Client) -> None:
    page = save(as_bob, "/segments/new/", NORDMANN, name=" Alle  Nordmann ", description="Til julebrevet")
    assert "Segmentet «Alle Nordmann» er lagret" in page
    made = Segment.objects.get()
    assert (made.name, made.description, made.condition) == ("Alle Nordmann", "Til julebrevet", NORDMANN)


def test_it_keeps_what_was_written_when_the_name_is_taken(as_bob: Client, nordmann: SavedSegment) -> None:
    rules = {"any": [{"field": "city", "operator": "is", "values": ["Bodø"]}]}
    page = save(as_bob, "/segments/new/", rules, name="Nordmann", description="en annen")
    assert "Det finnes allerede et segment" in page
    assert "Bodø" in page
    assert "en annen" in page
    assert Segment.objects.count() == 1


def test_it_does_not_save_rules_that_cannot_be_understood(as_bob: Client) -> None:
    rules = {"all": [{"field": "gender", "operator": "is", "values": ["9"]}]}
    assert 'role="alert"' in save(as_bob, "/segments/new/", rules, name="Feil")
    assert not Segment.objects.exists()


def test_it_changes_a_segment_and_its_name(as_bob: Client, nordmann: SavedSegment) -> None:
    rules = {"all": [{"field": "city", "operator": "is", "values": ["Oslo"]}]}
    save(as_bob, f"/segments/{nordmann.id}/", rules, name="Osloboere", description="")
    made = Segment.objects.get()
    assert (made.name, made.description, made.condition) == ("Osloboere", "", rules)


def test_it_goes_from_saving_to_exporting_what_was_saved(as_bob: Client, three: list[int]) -> None:
    page = save(as_bob, "/segments/new/", NORDMANN, name="Å & Co #1?", then="export")
    assert "Eksport: Å &amp; Co #1?" in page
    assert "2 kunder, med alle felt" in page


def test_it_offers_the_tags_of_the_register(as_bob: Client, load: Callable[..., Import]) -> None:
    load("CustomerID;FirstName;Gender;Tags\n0;Kari;2;Premiere|Venner\n0;Ola;1;Venner\n0;Åse;2;\n")
    page = as_bob.get("/segments/new/").content.decode()
    assert re.findall(r'<option value="([^"]*)"></option>', page) == ["Premiere", "Venner"]


def test_it_copies_under_a_name_of_its_own(as_bob: Client, nordmann: SavedSegment) -> None:
    for name in ("Kopi av Nordmann", "Kopi av Nordmann 2"):
        assert name in as_bob.post(f"/segments/{nordmann.id}/copy/", follow=True).content.decode()
    assert set(Segment.objects.values_list("name", flat=True)) == {"Nordmann", "Kopi av Nordmann", "Kopi av Nordmann 2"}


def test_it_deletes_only_after_asking(as_bob: Client, nordmann: SavedSegment) -> None:
    assert "Slett segmentet" in as_bob.get(f"/segments/{nordmann.id}/delete/").content.decode()
    assert Segment.objects.exists()
    assert "er slettet" in as_bob.post(f"/segments/{nordmann.id}/delete/", follow=True).content.decode()
    assert not Segment.objects.exists()


def test_it_shows_a_rule_whose_field_is_no_longer_in_use(as_bob: Client, alice: Actor, bob: Actor) -> None:
    made = fields.create(Definition(header="Sesongkort", kind=Kind.TEXT, labels={"nb": "Sesongkort"}), actor=alice)
    rule = {"field": made.key, "operator": "is", "values": ["A"]}
    dead = segments.save("Sesong", condition=from_json({"all": [rule]}), actor=bob)
    assert f'<option value="{made.key}">Sesongkort</option>' in as_bob.get("/segments/new/").content.decode()
    fields.retire(made.key, actor=alice)
    assert "må rettes før segmentet kan brukes" in as_bob.get("/segments/").content.decode()
    page = as_bob.get(f"/segments/{dead.id}/").content.decode()
    assert f'"dead": {{"{made.key}": "Sesongkort"}}' in page
    assert f'<option value="{made.key}">' not in page
    assert "ikke lenger i bruk" in ask(as_bob, {"all": [rule]})


def test_it_is_for_those_who_import(client: Client, charlie: Actor, nordmann: SavedSegment) -> None:
    client.force_login(charlie.user)
    for path in ("", "new/", f"{nordmann.id}/", f"{nordmann.id}/count/", f"{nordmann.id}/delete/"):
        assert client.get(f"/segments/{path}").status_code == 403, path
    assert client.post(f"/segments/{nordmann.id}/copy/").status_code == 403
    assert client.post(f"/segments/{nordmann.id}/delete/").status_code == 403
    assert client.post("/segments/result/", {"condition": json.dumps(NORDMANN)}).status_code == 403
    assert Segment.objects.count() == 1


def test_it_lets_readers_look_but_not_touch(client: Client, nordmann: SavedSegment, three: list[int]) -> None:
    client.force_login(accounts.create_user(username="rita", password="theatre-doors", role=Role.READER))
    page = client.get("/segments/").content.decode()
    assert "Nordmann" in page
    assert client.get(f"/segments/{nordmann.id}/count/").content.decode().strip() == "2"
    for way in ("/segments/new/", f"/segments/{nordmann.id}/", "/exports/"):
        assert way not in page.replace(f"/segments/{nordmann.id}/count/", "")
        assert client.get(way).status_code == 403, way
    assert client.post(f"/segments/{nordmann.id}/delete/").status_code == 403
    assert "Eksporter" not in client.get("/customers/", {"q": "kari"}).content.decode()


def test_it_does_not_write_over_what_somebody_saved_meanwhile(as_bob: Client, nordmann: SavedSegment) -> None:
    path = f"/segments/{nordmann.id}/"

    def seen() -> str:
        return re.findall(r'name="seen" value="([^"]+)"', as_bob.get(path).content.decode())[0]

    first = seen()
    save(as_bob, path, NORDMANN, name="Nordmann", description="A", seen=first)
    page = save(as_bob, path, NORDMANN, name="Nordmann", description="B", seen=first)
    assert "har endret segmentet" in page
    assert Segment.objects.get().description == "A"
    save(as_bob, path, NORDMANN, name="Nordmann", description="B", seen=seen())
    assert Segment.objects.get().description == "B"
