from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kundekort.store.models import Customer, Import, Revision
from tests.e2e.browser import pick
from tests.e2e.files import edited, register

Send = Callable[..., Page]


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(register(30))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def rows(page: Page) -> int:
    expect(page.locator(".kk-busy")).to_have_count(0)
    return page.locator("#grid tbody tr").count()


def test_it_goes_from_a_file_to_changed_cards_with_their_history(send: Send, ids: list[int]) -> None:
    page = send(edited(ids))
    expect(page.locator("[data-box=all] strong")).to_have_text("31")
    expect(page.locator("[data-box=changed] strong")).to_have_text("3")
    expect(page.locator("[data-box=unchanged] strong")).to_have_text("25")
    expect(page.locator("[data-box=new] strong")).to_have_text("1")
    expect(page.locator("[data-box=errors] strong")).to_have_text("2")
    expect(page.locator("#grid tbody tr")).to_have_count(6)

    changed = page.locator(".kk-cell-changed[data-key=email]").first
    expect(changed.locator("del")).to_contain_text("kari0@example.com")
    expect(changed.locator("ins")).to_contain_text("ny0@example.com")

    page.get_by_role("button", name="Bekreft").click(force=True)  # it is grey, tells why, and leads there
    expect(page.locator("[data-box=errors]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#grid tbody tr")).to_have_count(2)
    assert Customer.objects.count() == 30

    page.get_by_role("button", name="Utelat 2 rader med feil").click()
    expect(page.get_by_text("2 rader blir ikke importert.")).to_be_visible()
    page.get_by_role("button", name="Bekreft: endre 3 og opprette 1 kunde").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    expect(page.get_by_text("2 rader ble utelatt")).to_be_visible()
    assert Customer.objects.count() == 31
    assert Customer.objects.get(pk=ids[0]).email == "ny0@example.com"
    assert Customer.objects.get(pk=ids[3]).gender == 2

    page.get_by_role("link", name="Kari0 Nordmann").click()
    expect(page.get_by_text("ny0@example.com").first).to_be_visible()
    expect(page.locator(".kk-time del").first).to_contain_text("kari0@example.com")
    page.get_by_role("link", name="kunder.csv").first.click()
    expect(page.get_by_text("Slik ble importen bekreftet.")).to_be_visible()


def test_it_shows_the_rows_of_a_box_a_column_a_fault_or_a_search(send: Send, ids: list[int]) -> None:
    page = send(edited(ids))
    box = page.locator("[data-box=unchanged]")
    box.click()
    expect(page.locator("#grid tbody tr")).to_have_count(25)
    expect(box).to_have_attribute("aria-pressed", "true")
    box.click()
    expect(page.locator("#grid tbody tr")).to_have_count(6)
    pick(page, "Kolonner", "City")
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    expect(page.locator("th.kk-column-on")).to_have_text("City")
    pick(page, "Feil", "Gender")
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    expect(page.locator(".kk-told")).to_contain_text("«7» er ikke et kjønn")
    page.get_by_role("button", name="Vis alle igjen").click()
    expect(page.locator("#grid tbody tr")).to_have_count(6)
    pick(page, "Feil", "Gender")
    page.get_by_label("Bare endringer").uncheck()
    expect(page.locator("[data-count]")).to_have_text("Rad 1–31 av 31")
    page.get_by_label("Søk i radene").fill("sæther")
    expect(page.locator("[data-count]")).to_have_text("Rad 1–1 av 1")
    page.get_by_label("Søk i radene").fill("finnes ikke")
    expect(page.get_by_text("Ingen rader å vise her")).to_be_visible()


def test_it_can_be_read_by_keyboard(send: Send, ids: list[int]) -> None:
    page = send(edited(ids))
    expect(page.locator("#grid tbody tr")).to_have_count(6)
    focused = page.locator("#grid td:focus")
    seen = []
    for _ in range(6):
        page.keyboard.press("n")
        seen.append(focused.get_attribute("data-key"))
    assert seen == ["gender", "email", "email", "email", "city", "last_name"]
    page.keyboard.press("e")
    expect(page.locator("#grid td:focus")).to_have_attribute("data-key", "gender")
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("Linje 5 i filen")
    page.keyboard.press("e")
    expect(panel).to_contain_text("Linje 6 i filen")
    expect(panel).to_contain_text("ikke en adresse")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("p")
    assert focused.get_attribute("data-key") == "gender"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Home")
    assert focused.inner_text() == "5"
    page.keyboard.press("Control+End")
    page.keyboard.press("n")
    expect(page.get_by_text("Ingen flere endringer i denne retningen.")).to_be_visible()


def test_it_copies_a_range_as_a_spreadsheet_takes_it(send: Send, ids: list[int]) -> None:
    page = send(edited(ids))
    expect(page.locator("#grid tbody tr")).to_have_count(6)
    page.locator("#grid tbody tr").first.locator("td").nth(2).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+c")
    copied = f"{ids[3]}\tKari3 Nordmann\tkari3@example.com\n{ids[4]}\tKari4 Nordmann\tikke en adresse"
    page.wait_for_function("text => navigator.clipboard.readText().then(copied => copied === text)", arg=copied)


def test_it_turns_pages_and_finds_the_next_change_on_the_next_page(send: Send, load: Callable[..., Import]) -> None:
    page = send(register(250))
    expect(page.locator("[data-count]")).to_have_text("Rad 1–100 av 250")
    page.get_by_role("button", name="Neste rader").click()
    expect(page.locator("[data-count]")).to_have_text("Rad 101–200 av 250")
    page.locator("#grid tbody tr").last.locator("td").nth(1).click()
    page.keyboard.press("n")
    expect(page.locator("[data-count]")).to_have_text("Rad 201–250 av 250")
    expect(page.get_by_role("button", name="Neste rader")).to_be_disabled()


def test_it_imports_once_however_often_the_button_is_pressed(send: Send) -> None:
    page = send(register(40))
    page.get_by_role("button", name="Bekreft").dblclick()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    assert Customer.objects.count() == 40
    assert Revision.objects.count() == 1


def test_it_forgets_a_file_that_is_cancelled(send: Send) -> None:
    page = send(register(3))
    page.get_by_role("button", name="Annuller").click()
    expect(page.get_by_role("heading", name="Importen ble annullert")).to_be_visible()
    assert not Customer.objects.exists()


def test_it_keeps_what_is_stored_at_the_flick_of_a_switch(send: Send, ids: list[int]) -> None:
    text = f"CustomerID;FirstName;LastName;Mobile;Gender\n{ids[0]};Kari;Nordmann;;2\n"
    page = send(text)
    expect(page.locator("[data-column=mobile]")).to_have_count(1)
    page.get_by_label("Tomme celler tømmer feltet").uncheck()
    expect(page.locator("[data-column=mobile]")).to_have_count(0)
    expect(page.get_by_label("Tomme celler tømmer feltet")).not_to_be_checked()
