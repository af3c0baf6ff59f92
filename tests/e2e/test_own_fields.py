from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from kundekort.services import customers, fields, layouts
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import


def test_it_makes_a_field_and_uses_it_at_once(in_charge: Page, alice: Actor, load: Callable[..., Import]) -> None:
    page = in_charge
    page.get_by_role("link", name="Egne felt").click()
    page.get_by_role("link", name="Nytt felt").first.click()
    page.get_by_label("Kolonnenavn i filer").fill("Seat")
    expect(page.get_by_label("Valg, ett på hver linje")).to_be_hidden()
    page.get_by_label("Type").select_option(label="Valg fra en liste")
    page.get_by_role("group", name="Norsk", exact=True).get_by_label("Navn").fill("Fast plass")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Det er ingen valg. Skriv minst ett")).to_be_visible()
    page.get_by_label("Valg, ett på hver linje").fill("Sal\nBalkong")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_role("link", name="Fast plass")).to_be_visible()
    assert fields.list_custom(actor=alice)[0].labels == {"nb": "Fast plass"}

    load("CustomerID;FirstName;Gender;Seat\n0;Kari;2;Sal\n")
    number = Customer.objects.get().pk
    page.goto(f"/customers/{number}/")
    page.get_by_role("link", name="Rediger").click()
    page.get_by_label("Fast plass").select_option("Balkong")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("1 felt ble endret.")).to_be_visible()
    key = fields.list_custom(actor=alice)[0].key
    assert customers.card(number, actor=alice)[key] == "Balkong"


def test_it_arranges_a_layout_by_keyboard_and_by_dragging(in_charge: Page) -> None:
    page = in_charge
    page.get_by_role("link", name="Kolonneoppsett").click()
    page.get_by_role("link", name="Nytt oppsett").click()
    page.get_by_label("Navn på oppsettet").fill("Til luken")
    for name in ("Firma", "Adresse", "Adresse 2", "Land", "Kjønn"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    expect(page.get_by_text("15 av 20 valgt")).to_be_visible()
    page.get_by_label("Kolonnenavn for Etternavn").fill("Slekt")
    up = page.get_by_role("button", name="Flytt Etternavn opp")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Etternavn er nå på plass 1")).to_be_attached()
    page.locator("tr[data-name=Mobil] .kk-handle").drag_to(page.locator("tr[data-name=Fornavn]"))
    page.get_by_role("checkbox", name="Standardoppsettet for registeret").check()
    page.get_by_role("radio", name="Den endrer ingenting").check()
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Oppsettet «Til luken» ble lagret.")).to_be_visible()
    made = layouts.get()
    assert made.name == "Til luken"
    assert made.headers[0] == "Slekt"
    assert made.headers[1:4] in (("CustomerID", "Mobile", "FirstName"), ("CustomerID", "FirstName", "Mobile"))
    assert len(made.headers) == 15
    page.goto("/imports/")
    expect(page.get_by_role("columnheader", name="Slekt")).to_be_visible()
    page.get_by_label("Kolonneoppsett", exact=True).select_option(label="Alle kolonner")
    expect(page.get_by_role("columnheader", name="LastName")).to_be_visible()
