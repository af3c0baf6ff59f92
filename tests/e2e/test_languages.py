"""The main way in Swedish and Danish: chosen in the menu, said in its own words, and no wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from kundekort.languages import NAMES
from kundekort.store.models import Customer, Import
from tests.e2e.files import edited, register


class Words(NamedTuple):
    """What somebody looks for on the main way."""

    upload: str
    changed: str
    leave_out: str
    confirm: str
    done: str
    undo: str
    customers: str


WORDS = {
    "sv": Words(
        upload="Ladda upp",
        changed="3 kundkort ändras",
        leave_out="Utelämna 2 rader med fel",
        confirm="Bekräfta: ändra 3 och skapa 1 kund",
        done="3 kundkort ändrades och 1 kund skapades.",
        undo="Ångra importen …",
        customers="1 201 kunder",
    ),
    "da": Words(
        upload="Upload",
        changed="3 kundekort ændres",
        leave_out="Udelad 2 rækker med fejl",
        confirm="Bekræft: ændr 3 og opret 1 kunde",
        done="3 kundekort blev ændret, og 1 kunde blev oprettet.",
        undo="Fortryd importen …",
        customers="1.201 kunder",
    ),
}


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("language", WORDS)
def test_it_imports_in_the_language_that_was_chosen(
    at_work: Page, load: Callable[..., Import], language: str, width: int
) -> None:
    words, page = WORDS[language], at_work
    load(register(1200))
    file = edited(list(Customer.objects.order_by("pk").values_list("pk", flat=True))).encode()
    page.set_viewport_size({"width": width, "height": 844})
    page.locator(".kk-me summary").click()
    page.get_by_role("button", name=NAMES[language], exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("input[type=file]").set_input_files({"name": "k.csv", "mimeType": "text/csv", "buffer": file})
    page.get_by_role("button", name=words.upload, exact=True).click()
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    expect(page.get_by_role("button", name=words.changed)).to_be_visible()
    _fits(page, width)
    page.get_by_role("button", name=words.leave_out).click()
    page.get_by_role("button", name=words.confirm).click()
    page.get_by_role("heading", name="Customer successfully imported!").wait_for()
    expect(page.get_by_text(words.done)).to_be_visible()
    expect(page.get_by_role("button", name=words.undo)).to_be_visible()
    _fits(page, width)
    for address in ("/imports/list/", "/customers/", "/customers/duplicates/", "/segments/new/", "/exports/"):
        page.goto(address)
        _fits(page, width)
    page.goto("/customers/")
    expect(page.get_by_text(words.customers).first).to_be_visible()


def _fits(page: Page, width: int) -> None:
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
