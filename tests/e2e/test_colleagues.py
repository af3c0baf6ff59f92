"""A manager adds a colleague, who begins with a password of their own; two people agree on what reaches far."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kundekort.services import settings
from kundekort.services.accounts import Actor
from kundekort.store.models import AuditEntry, Customer

ROWS = "CustomerID;FirstName;LastName;Gender\n0;Ola;Nordmann;1\n0;Kari;Nordmann;2\n"
OWN = "gangsti over fjellet"


@pytest.fixture
def elsewhere(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page at another computer, where nobody is logged in."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def log_in(page: Page, username: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("Brukernavn").fill(username)
    page.get_by_label("Passord").fill(password)
    page.get_by_role("button", name="Logg inn", exact=True).click()


def test_it_takes_a_colleague_in_and_lets_two_agree(
    in_charge: Page, alice: Actor, elsewhere: Page, axe: Callable[[Page], list[str]]
) -> None:
    manager = in_charge
    manager.get_by_role("link", name="Brukere").click()
    manager.get_by_role("link", name="Ny bruker").click()
    manager.get_by_label("Brukernavn").fill("kari")
    manager.get_by_label("Fullt navn").fill("Kari Moe")
    assert axe(manager) == []
    manager.get_by_role("button", name="Legg til brukeren").click()
    expect(manager.get_by_text("Kari Moe er lagt til")).to_be_visible()
    assert axe(manager) == []
    password = manager.locator(".kk-password").inner_text()
    manager.get_by_role("link", name="Jeg har gitt det videre").click()
    expect(manager.get_by_role("row", name="Kari Moe")).to_contain_text("Må velge passord")
    assert axe(manager) == []
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=1)

    log_in(elsewhere, "kari", password)
    elsewhere.wait_for_url("**/account/password/")
    for field, text in zip(elsewhere.locator("input[type=password]").all(), (password, OWN, OWN), strict=True):
        field.fill(text)
    elsewhere.locator("main form").first.locator("button[type=submit]").click()
    elsewhere.get_by_role("link", name="Importer / oppdater").first.click()
    elsewhere.wait_for_url("**/imports/")
    sheet = {"name": "kunder.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    elsewhere.locator("input[type=file]").set_input_files(sheet)
    elsewhere.get_by_role("button", name="Last opp").click()
    expect(elsewhere.get_by_text("En annen må bekrefte dette.")).to_be_visible()
    expect(elsewhere.get_by_role("button", name="Bekreft:")).to_have_count(0)
    expect(elsewhere.get_by_role("gridcell", name="Nordmann").first).to_be_visible()
    assert axe(elsewhere) == []

    manager.get_by_role("link", name="Alle importer").click()
    expect(manager.get_by_role("row", name="kunder.csv")).to_contain_text("Venter på en annen person")
    manager.get_by_role("link", name="kunder.csv").click()
    expect(manager.get_by_text("Den kommer fra Kari Moe.")).to_be_visible()
    manager.get_by_role("button", name="Bekreft: opprette 2 kunder").click()
    expect(manager.get_by_text("Lastet opp av Kari Moe")).to_contain_text("bekreftet av Alice Ås")
    assert Customer.objects.count() == 2

    manager.get_by_role("link", name="Hendelseslogg").click()
    expect(manager.get_by_role("row", name="lastet opp av Kari Moe")).to_contain_text("Alice Ås")
    manager.get_by_label("Hva som skjedde").select_option("Bruker lagt til")
    manager.get_by_role("button", name="Vis").click()
    expect(manager.get_by_role("row", name="La til kari")).to_be_visible()
    expect(manager.get_by_role("row", name="lastet opp av Kari Moe")).to_have_count(0)
    assert axe(manager) == []
    assert AuditEntry.objects.filter(event="confirmation").count() == 1
