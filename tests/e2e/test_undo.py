"""The way back: a list that went stale, an import that is undone, and the undoing that is taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kundekort.services import editing, exports
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Import
from kundekort.store.selection import Selection

PEOPLE = (
    "CustomerID;FirstName;LastName;Email;City;Gender\n"
    "0;Kari;Nordmann;kari@example.no;Oslo;2\n0;Ola;Nordmann;ola@example.no;Oslo;1\n0;Åse;Ås;ase@example.no;Oslo;2\n"
)


@pytest.fixture
def stale(load: Callable[..., Import], alice: Actor) -> str:
    """A list of three customers, exported before Alice edited two of them."""
    load(PEOPLE)
    text = b"".join(exports.stream(what=Selection(), form=FileFormat.PLAIN, actor=alice)).decode()
    kari, ola, _ = Customer.objects.order_by("pk").values_list("pk", flat=True)
    editing.edit(kari, version=1, values={"city": "Bergen", "email": "kari.ny@example.no"}, actor=alice)
    editing.edit(ola, version=1, values={"city": "Voss"}, actor=alice)
    return text


def customer(first_name: str) -> Customer:
    return Customer.objects.get(first_name=first_name)


def box(page: Page, words: str) -> str:
    return page.locator(".kk-box", has_text=words).locator("strong").inner_text()


def test_it_asks_whose_value_stays_and_keeps_what_only_others_changed(
    send: Callable[..., Page], stale: str, axe: Callable[[Page], list[str]]
) -> None:
    mine = stale.replace("kari@example.no", "kari2@example.no").replace(";Åse;", ";Åsa;")
    mine = re.sub(r"(ola@example\.no.*)", lambda row: row.group(1), mine).replace("ola@example.no", "ola2@example.no")
    page = send(mine)
    page.get_by_role("button", name="1 funn å besvare · 2 i alt").click()
    expect(page.get_by_text("2 nyere verdier i registeret beholdes")).to_be_visible()
    assert (box(page, "må avgjøres"), box(page, "kundekort endres")) == ("1", "2")
    cell = page.locator("td.kk-cell-conflict")
    expect(cell).to_contain_text("kari.ny@example.no")
    expect(cell).to_contain_text("kari2@example.no")
    confirm = page.locator(".kk-confirm")
    expect(confirm).to_have_attribute("aria-disabled", "true")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Alice Ås endret dette også")
    assert axe(page) == []

    panel.get_by_role("button", name="Listen: kari2@example.no").click()
    expect(page.locator("#panel .kk-choice-of[aria-pressed=true]")).to_have_count(0)  # opens where a choice is open
    expect(page.locator(".kk-confirm")).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator("td.kk-cell-conflict")).to_contain_text("kari2@example.no")
    page.get_by_role("button", name="Behold verdiene i registeret").click()
    expect(page.locator("td.kk-cell-conflict ins")).to_have_count(0)
    page.get_by_role("button", name="Bruk verdiene fra listen").click()
    expect(page.locator("td.kk-cell-conflict ins")).to_have_count(1)
    page.get_by_role("button", name="Bekreft: endre 3 kunder").click()
    expect(page.locator("h2", has_text="Customer successfully imported!")).to_be_visible()
    kari, ola = customer("Kari"), customer("Ola")
    assert (kari.city, kari.email, ola.city, ola.email) == ("Bergen", "kari2@example.no", "Voss", "ola2@example.no")
    assert customer("Åsa").city == "Oslo"


def test_it_undoes_an_import_and_takes_the_undoing_back(
    send: Callable[..., Page], load: Callable[..., Import], alice: Actor, axe: Callable[[Page], list[str]]
) -> None:
    load(PEOPLE)
    kari, ola, ase = Customer.objects.order_by("pk").values_list("pk", flat=True)
    rows = f"{kari};Karin;Oslo\n{ola};Ola;Molde\n{ase};Åse;Oslo\n"
    page = send("CustomerID;FirstName;City;Gender\n".replace(";Gender", "") + rows)
    page.locator(".kk-confirm").click()
    expect(page.get_by_text("Angrer du nå, blir 2 kundekort gjenopprettet.")).to_be_visible()
    editing.edit(ola, version=2, values={"city": "Voss"}, actor=alice)
    page.reload()
    expect(page.get_by_text("1 er redigert siden")).to_be_visible()
    page.get_by_role("button", name="Angre importen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Angre: kunder.csv")
    assert [box(page, words) for words in ("får gamle verdier tilbake", "fjernes", "er redigert av andre")] == list(
        "101"
    )
    expect(page.locator("td.kk-cell-changed")).to_have_count(1)
    page.locator(".kk-box-conflicts").click()
    expect(page.locator("td.kk-cell-conflict")).to_contain_text("Voss")
    assert axe(page) == []
    page.get_by_role("button", name="Bekreft: gjenopprette 1 kunde").click()
    expect(page.locator("h2", has_text="Det er angret.")).to_be_visible()
    assert (Customer.objects.get(pk=kari).first_name, Customer.objects.get(pk=ola).city) == ("Kari", "Voss")

    page.get_by_role("button", name="Gjør om angringen").click()
    page.locator(".kk-confirm").click()
    expect(page.locator("h2", has_text="Det er angret.")).to_be_visible()
    assert Customer.objects.get(pk=kari).first_name == "Karin"


def test_it_finds_and_undoes_last_weeks_import(at_work: Page, load: Callable[..., Import]) -> None:
    """Somebody who has never seen it: by way of the list, and from a card that the import has created."""
    load(PEOPLE, filename="forrige-uke.csv")
    number = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    at_work.goto(f"/customers/{number}/")
    at_work.get_by_role("button", name="Angre hele importen").click()
    expect(at_work.get_by_role("heading", level=1)).to_have_text("Angre: forrige-uke.csv")
    expect(at_work.locator("tr.kk-row-removed")).to_have_count(3)
    expect(at_work.locator("tr.kk-row-removed").first).to_contain_text("Kari")
    at_work.get_by_role("button", name="Bekreft: fjerne 3 kunder").click()
    expect(at_work.locator("h2", has_text="Det er angret.")).to_be_visible()
    assert not Customer.objects.exists()
    at_work.goto(f"/customers/{number}/")
    expect(at_work.get_by_text(f"Kunde {number} ble fjernet")).to_be_visible()
    expect(at_work.locator("tr.kk-row-removed")).to_contain_text("Kari")
