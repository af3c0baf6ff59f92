"""What an import did is found again: from a card to its row, from the import to all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kundekort.store import packages
from kundekort.store.models import Customer, Import
from tests.e2e.browser import pick
from tests.e2e.files import edited, register

Send = Callable[..., Page]


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(register(30))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def done(send: Send, ids: list[int]) -> Page:
    """The page of an import that changed three cards and made one, with two rows left out."""
    page = send(edited(ids))
    page.get_by_role("button", name="Utelat").click()
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    return page


def rows(page: Page) -> int:
    expect(page.locator(".kk-busy")).to_have_count(0)
    return page.locator("#grid tbody tr").count()


def test_it_leads_from_the_history_of_a_card_to_its_row(done: Page, ids: list[int]) -> None:
    done.get_by_role("link", name="Kari0 Nordmann").click()
    done.locator(".kk-time").get_by_role("link", name="kunder.csv").first.click()
    expect(done.get_by_text("Slik ble importen bekreftet.")).to_be_visible()
    expect(done.locator("#grid tbody tr")).to_have_count(1)
    panel = done.get_by_role("complementary")
    expect(panel.locator("del")).to_contain_text("kari0@example.com")
    expect(panel.locator("ins")).to_contain_text("ny0@example.com")
    panel.get_by_role("link", name=str(ids[0])).click()
    done.wait_for_url(f"**/customers/{ids[0]}/")


def test_it_shows_the_other_rows_when_asked(done: Page, ids: list[int]) -> None:
    imp = Import.objects.latest("pk")
    done.goto(f"/imports/{imp.pk}/confirmed/?row={ids[1]}")
    expect(done.locator("#grid tbody tr")).to_have_count(1)
    chip = done.get_by_role("button", name=f"Bare kunde {ids[1]}")
    expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(done.locator("#grid tbody tr")).to_have_count(6)
    expect(done.get_by_role("complementary")).to_be_hidden()
    chip.click()
    expect(done.get_by_role("complementary")).to_be_visible()
    pick(done, "Kolonner", "Email")
    expect(done.locator("#grid tbody tr")).to_have_count(2)
    expect(chip).to_have_attribute("aria-pressed", "false")


def test_it_leads_to_the_card_that_a_row_made(done: Page) -> None:
    new = Customer.objects.latest("pk").pk
    done.get_by_role("link", name="Se radene slik de ble bekreftet").click()
    expect(done.locator("[data-count]")).to_have_text("Rad 1–6 av 6")
    done.get_by_label("Søk i radene").fill(str(new))
    expect(done.locator("[data-count]")).to_have_text("Rad 1–1 av 1")
    expect(done.locator("#grid tbody tr")).to_contain_text("Nygård")
    done.locator("#grid [data-key=id]").get_by_role("link", name=str(new)).click()
    expect(done.get_by_role("heading", name="Åse Nygård")).to_be_visible()


def test_it_can_be_read_by_keyboard_when_the_plan_is_gone(done: Page, ids: list[int]) -> None:
    imp = Import.objects.latest("pk")
    shutil.rmtree(packages.plan_folder(imp.pk, imp.digest))
    done.goto(f"/imports/{imp.pk}/confirmed/")
    expect(done.get_by_text("Planen som ble bekreftet, finnes ikke lenger.")).to_be_visible()
    expect(done.locator("#grid tbody tr")).to_have_count(4)
    expect(done.get_by_role("columnheader", name="Linje")).to_have_count(0)
    for _ in range(5):
        done.keyboard.press("n")
    focused = done.locator("#grid td:focus")
    expect(focused).to_contain_text("Ny")
    done.keyboard.press("Enter")
    expect(done.get_by_role("heading", name=f"Kunde {Customer.objects.latest('pk').pk}")).to_be_visible()
