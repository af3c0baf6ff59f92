from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kundekort.services import editing, settings
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import, RemovedCard, Revision

HEADER = "CustomerID;FirstName;LastName;Email;Mobile;City;Gender;Tags\n"
WALK = "/customers/duplicates/"


@pytest.fixture
def twins(load: Callable[..., Import]) -> list[int]:
    """Two cards of one person and two of another, and one of somebody else; their numbers."""
    load(
        HEADER
        + "0;Kari;Nordmann;kari@example.com;+4791111111;Oslo;2;Venn\n"
        + "0;Karin;Nordmann;KARI@example.com;;Bergen;2;Premiere\n"
        + "0;Ola;Hansen;ola@example.com;+4792222222;;1;\n"
        + "0;Ola;Hansen;ola@example.com;+4792222222;Bodø;1;\n"
        + "0;Åse;Ås;ase@example.com;;;2;\n"
    )
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def answer(page: str) -> dict[str, str | list[str]]:
    """What a browser would send of the form that merges."""
    part = page[page.index('id="merge"') : page.index("</form>", page.index('id="merge"'))]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", part):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") not in ("radio", "checkbox") or " checked" in tag:
            sent.setdefault(attributes["name"], []).append(attributes["value"])
    return dict(sent)


def walk(client: Client, **query: str) -> str:
    return client.get(WALK, query).content.decode()


def test_it_shows_alike_cards_side_by_side(as_bob: Client, twins: list[int]) -> None:
    page = walk(as_bob)
    assert "Gruppe 1 av 2" in page
    assert "Kari Nordmann" in page
    assert "Karin Nordmann" in page
    assert "Bergen" in page
    assert "Ola" not in page
    assert "Gruppe 1 av 1" in walk(as_bob, by="mobile")


def test_it_keeps_a_long_note_from_filling_the_page(as_bob: Client, twins: list[int]) -> None:
    tall = f'<span class="kk-tall" tabindex="0" role="group" aria-label="Internt notat">{"x" * 32_000}</span>'
    Customer.objects.filter(pk=twins[0]).update(internal_note="x" * 32_000)
    assert tall in as_bob.get(WALK).content.decode()
    assert tall in as_bob.get(f"/customers/{twins[0]}/").content.decode()
    Customer.objects.filter(pk=twins[0]).update(internal_note="short")
    assert "kk-tall" not in as_bob.get(WALK).content.decode()


def test_it_says_so_when_nobody_is_alike(as_bob: Client, three: list[int]) -> None:
    assert "Ingen kunder har samme e-post" in walk(as_bob)


def test_it_merges_with_the_values_that_were_chosen(as_bob: Client, twins: list[int]) -> None:
    sent = answer(walk(as_bob)) | {"value-first_name": str(twins[1]), "value-city": str(twins[1])}
    page = as_bob.post(WALK + "merge/", sent, follow=True).content.decode()
    made = Customer.objects.get(pk=twins[0])
    assert (made.first_name, made.city, made.mobile) == ("Karin", "Bergen", "+4791111111")
    assert made.tags == ["Premiere", "Venn"]
    assert not Customer.objects.filter(pk=twins[1]).exists()
    assert f"Kundene er nå én, med nummer {twins[0]}" in page
    assert "Ola" in page


def test_it_keeps_the_number_that_was_chosen(as_bob: Client, twins: list[int]) -> None:
    as_bob.post(WALK + "merge/", answer(walk(as_bob)) | {"master": str(twins[1])})
    assert RemovedCard.objects.get().pk == twins[0]
    assert Customer.objects.get(pk=twins[1]).first_name == "Kari"


def test_it_leads_from_a_merged_number_to_the_card(as_bob: Client, twins: list[int]) -> None:
    as_bob.post(WALK + "merge/", answer(walk(as_bob)))
    for address in (f"/customers/{twins[1]}/", f"/customers/{twins[1]}/edit/"):
        page = as_bob.get(address, follow=True)
        assert page.redirect_chain[-1][0] == f"/customers/{twins[0]}/"
        assert f"Kunde {twins[1]} er slått sammen med {twins[0]}" in page.content.decode()


def test_it_undoes_a_merge_from_the_history(as_bob: Client, twins: list[int]) -> None:
    as_bob.post(WALK + "merge/", answer(walk(as_bob)))
    revision = Revision.objects.latest("pk")
    card = as_bob.get(f"/customers/{twins[0]}/").content.decode()
    assert "En annen kunde ble slått sammen med denne" in card
    undo = f"/revisions/{revision.pk}/undo/"
    assert undo in card
    page = as_bob.post(undo, follow=True).content.decode()
    assert "hente tilbake 1 kunde" in page
    assert not Customer.objects.filter(pk=twins[1]).exists()
    imp = Import.objects.latest("pk")
    page = as_bob.post(f"/imports/{imp.pk}/confirm/", {"digest": imp.digest}, follow=True).content.decode()
    assert "Det er angret." in page
    assert Customer.objects.filter(pk=twins[1], first_name="Karin").exists()
    card = as_bob.get(f"/customers/{twins[0]}/").content.decode()
    assert "Sammenslåingen ble angret" in card
    assert undo not in card
    again = as_bob.post(undo, follow=True).content.decode()
    assert "Dette er allerede angret" in again


def test_it_shows_what_was_changed_since_a_merge_before_it_undoes_it(
    as_bob: Client, twins: list[int], alice: Actor
) -> None:
    as_bob.post(WALK + "merge/", answer(walk(as_bob)) | {"value-city": str(twins[1])})
    revision = Revision.objects.latest("pk")
    version = Customer.objects.get(pk=twins[0]).version
    editing.edit(twins[0], version=version, values={"city": "Voss"}, actor=alice)
    page = as_bob.post(f"/revisions/{revision.pk}/undo/", follow=True).content.decode()
    assert "1 kort er redigert siden." in page
    imp = Import.objects.latest("pk")
    row = as_bob.get(f"/imports/{imp.pk}/rows/?box=conflicts").json()["rows"][0]
    assert [(c["field"], c["theirs"], c["by"][:8]) for c in row["conflicts"]] == [("city", "Voss", "Alice Ås")]
    as_bob.post(f"/imports/{imp.pk}/confirm/", {"digest": imp.digest})
    assert Customer.objects.get(pk=twins[0]).city == "Voss"
    assert Customer.objects.filter(pk=twins[1]).exists()


def test_it_writes_nothing_when_a_card_was_changed_meanwhile(as_bob: Client, twins: list[int], alice: Actor) -> None:
    sent = answer(walk(as_bob))
    editing.edit(twins[1], version=1, values={"city": "Voss"}, actor=alice)
    page = as_bob.post(WALK + "merge/", sent, follow=True).content.decode()
    assert "Noen har endret disse kundene" in page
    assert Customer.objects.count() == 5


def test_it_remembers_that_cards_are_different_people(as_bob: Client, twins: list[int]) -> None:
    as_bob.post(WALK + "dismiss/", {"id": twins[:2]})
    assert "Kari" not in walk(as_bob)
    dismissed = walk(as_bob, dismissed="1")
    assert "Kari" in dismissed
    assert "Slå sammen til én kunde" not in dismissed
    as_bob.post(WALK + "dismiss/", {"id": twins[:2], "reconsider": "1"})
    assert "Kari" in walk(as_bob)


def test_it_goes_on_to_the_next_group_and_back(as_bob: Client, twins: list[int]) -> None:
    assert "at=1" in walk(as_bob)
    page = walk(as_bob, at="1")
    assert "Gruppe 2 av 2" in page
    assert "at=0" in page
    assert "Gruppe 1 av 2" in walk(as_bob, at="7")


def test_it_merges_only_the_cards_that_were_taken(as_bob: Client, load: Callable[..., Import]) -> None:
    load(HEADER + "".join(f"0;K{n};Klubb;klubb@example.com;;;0;\n" for n in range(6)))
    numbers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    sent = answer(walk(as_bob))
    assert sent["taken"] == [str(n) for n in numbers[:2]]
    as_bob.post(WALK + "merge/", sent | {"taken": [str(numbers[0]), str(numbers[3])], "value-first_name": numbers[5]})
    assert sorted(set(numbers) - set(Customer.objects.values_list("pk", flat=True))) == [numbers[3]]
    assert Customer.objects.get(pk=numbers[0]).first_name == "K0"


def test_it_proposes_anew_for_other_cards(as_bob: Client, load: Callable[..., Import]) -> None:
    load(HEADER + "".join(f"0;Kari;K;k@example.com;;;0;T{n}\n" for n in range(3)))
    numbers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    assert "T0 · T1 · T2" in walk(as_bob)
    chosen = {"taken": [str(numbers[1]), str(numbers[2])], "master": str(numbers[2])}
    page = as_bob.get(WALK, chosen).content.decode()
    assert "T1 · T2" in page
    assert "T0 · T1" not in page
    sent = answer(page)
    assert (sent["taken"], sent["master"]) == ([str(n) for n in numbers[1:]], [str(numbers[2])])
    as_bob.post(WALK + "merge/", sent)
    assert Customer.objects.get(pk=numbers[2]).tags == ["T1", "T2"]
    assert RemovedCard.objects.get().pk == numbers[1]


def test_it_merges_nothing_while_that_is_switched_off(as_alice: Client, twins: list[int]) -> None:
    sent = answer(walk(as_alice))
    as_alice.post(WALK + "allow/", {})
    assert not settings.current().allow_merge
    page = walk(as_alice)
    assert "Sammenslåing er slått av" in page
    assert "Slå sammen til én kunde" not in page
    as_alice.post(WALK + "merge/", sent)
    assert Customer.objects.count() == 5
    as_alice.post(WALK + "allow/", {"allow_merge": "1"})
    assert settings.current().allow_merge


def test_it_lets_only_administrators_switch_and_only_importers_look(as_bob: Client, twins: list[int]) -> None:
    assert as_bob.post(WALK + "allow/", {}).status_code == 403
    assert settings.current().allow_merge


def test_it_keeps_duplicates_from_people_without_a_role(as_charlie: Client) -> None:
    assert as_charlie.get(WALK).status_code == 403
    assert as_charlie.post(WALK + "dismiss/", {"id": ["1", "2"]}).status_code == 403


def test_it_shows_what_the_one_card_will_have_and_which_letters_differ(as_bob: Client, twins: list[int]) -> None:
    page = walk(as_bob)
    assert '<span data-result="first_name">Kari</span>' in page
    assert "Kari<mark>n</mark>" in page
    assert re.search(r'data-result="tags">\s*Premiere · Venn', page)


def test_it_merges_the_ticked_groups_by_a_rule_after_showing_what_that_comes_to(
    as_bob: Client, twins: list[int]
) -> None:
    several = WALK + "several/"
    assert f"{several}?by=email" in walk(as_bob)
    page = as_bob.get(several, {"by": "email"}).content.decode()
    assert "ulike navn" in page
    assert "1 gruppe blir slått sammen" in page
    page = as_bob.get(several, {"by": "email", "rule": "newest"}).content.decode()
    assert "2 grupper blir slått sammen" in page
    ticked = re.findall(r'name="group" value="([^"]+)"', page)
    sent = {"by": "email", "rule": "newest", "group": ticked[1:]}
    page = as_bob.post(several, sent, follow=True).content.decode()
    assert "1 gruppe ble slått sammen" in page
    assert f"/revisions/{Revision.objects.latest('pk').pk}/undo/" in page
    assert set(RemovedCard.objects.values_list("pk", flat=True)) == {twins[3]}
    assert "Angre sammenslåingen" in as_bob.get(f"/customers/{twins[2]}/").content.decode()
    assert Customer.objects.get(pk=twins[2]).city == "Bodø"
    page = as_bob.post(several, sent | {"group": [f"{twins[0]}-somethingelse"]}, follow=True).content.decode()
    assert "Noen har endret noen av disse kundene" in page
    assert Customer.objects.count() == 4


def test_it_says_that_groups_merged_at_once_are_taken_back_at_once(as_bob: Client, twins: list[int]) -> None:
    several, said = WALK + "several/", {"by": "email", "rule": "newest"}
    ticked = re.findall(r'name="group" value="([^"]+)"', as_bob.get(several, said).content.decode())
    page = as_bob.post(several, said | {"group": ticked}, follow=True).content.decode()
    assert "Angre alle 2 sammenslåingene" in page
    for number in (twins[0], twins[2]):
        page = as_bob.get(f"/customers/{number}/").content.decode()
        assert "Angre denne og alle sammenslåingene som ble gjort samtidig" in page
