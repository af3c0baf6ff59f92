"""The rows of the preview: enough of them, what happens in words, errors first, and the whole file as a strip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kundekort.cli import demo
from kundekort.services.accounts import Actor
from kundekort.store.models import Customer, Import
from tests.e2e.browser import pick
from tests.e2e.files import HEADER, edited, line, register

Send = Callable[..., Page]
EXAMPLE = Path(__file__).parents[2] / "examples" / "customers-edited.csv"
SEEN = """() => {
    const frame = document.getElementById("grid").getBoundingClientRect();
    const head = document.querySelector("#grid thead").getBoundingClientRect();
    const bottom = frame.top + document.getElementById("grid").clientHeight;
    const rows = [...document.querySelectorAll("#grid tbody tr")].map((row) => row.getBoundingClientRect());
    return rows.filter((row) => row.top >= head.bottom - 1 && row.bottom <= bottom + 1).length;
}"""


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(register(30))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def at_rest(page: Page) -> Page:
    expect(page.locator(".kk-busy")).to_have_count(0)
    expect(page.locator("#grid tbody tr").first).to_be_visible()
    return page


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_it_shows_fourteen_rows_of_the_demonstration_in_a_small_window(send: Send, bob: Actor) -> None:
    demo.have_customers(bob)
    send("").set_viewport_size({"width": 1366, "height": 768})
    page = at_rest(send(EXAMPLE.read_bytes(), name=EXAMPLE.name))
    assert page.evaluate(SEEN) >= 14
    for shape in ("words", "grid"):
        page.locator(f"[data-view={shape}]").click()
        at_rest(page)
        expect(page.locator("#grid tbody tr").first).to_have_class("kk-row-error")
    assert page.locator("td.kk-cell-error").first.evaluate("cell => cell.offsetHeight") < 32


def test_it_tells_errors_in_words_and_remembers_how_one_looks(send: Send, ids: list[int]) -> None:
    page = at_rest(send(edited(ids)))
    expect(page.locator("#grid thead th")).to_contain_text(["Linje", "Hva skjer", "Kunde"])
    page.locator("[data-box=errors]").click()
    expect(page.locator(".kk-told")).to_have_count(2)
    expect(page.locator(".kk-told").last).to_contain_text("«ikke en adresse» er ikke en e-postadresse.")
    page.reload()
    expect(page.locator("[data-box=errors]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".kk-told")).to_have_count(2)
    page.get_by_role("button", name="Rutenett").click()
    expect(page.locator("td.kk-cell-error")).to_have_count(2)
    page.reload()
    expect(page.locator("td.kk-cell-error")).to_have_count(2)
    page.locator("[data-box=changed]").click()
    expect(page.locator("td.kk-cell-changed")).to_have_count(4)
    page.get_by_role("button", name="Hva skjer").click()
    expect(page.locator(".kk-told").first).to_contain_text("Email: var kari0@example.com blir ny0@example.com")
    expect(page.locator(".kk-told ins .kk-differs").first).to_have_text("ny")


def test_it_tells_what_happens_on_a_phone(send: Send, ids: list[int]) -> None:
    page = send(edited(ids))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".kk-told")).to_have_count(6)
    assert page.locator(".kk-told").first.bounding_box()["width"] > 330
    expect(page.get_by_role("link", name="Kundeliste")).to_be_hidden()
    page.get_by_role("button", name="Meny").click()
    expect(page.get_by_role("link", name="Kundeliste")).to_be_visible()
    assert page.locator(".kk-side").bounding_box()["height"] < 60


def test_what_is_told_of_a_row_on_a_phone_leaves_the_row_in_sight_and_confirm_says_all_of_it(
    send: Send, ids: list[int]
) -> None:
    page = send(edited(ids))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".kk-told")).to_have_count(6)
    row = page.locator("#grid tbody tr").last
    row.locator(".kk-customer").click()
    panel = page.locator("#panel").bounding_box()
    assert panel["y"] >= 844 / 2
    assert panel["y"] + panel["height"] <= 844
    expect(row).to_be_in_viewport(ratio=1)
    seen = row.bounding_box()
    assert seen["y"] + seen["height"] <= panel["y"]
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    confirm = page.locator(".kk-confirm")
    confirm.evaluate("button => button.append(' og noe mer som det er mange ord om, og enda noe til')")
    assert confirm.bounding_box()["x"] >= 0
    assert confirm.bounding_box()["width"] <= 390


def test_it_shows_values_as_people_read_them_and_makes_no_column_wider_for_a_reason(
    send: Send, load: Callable[..., Import]
) -> None:
    load("CustomerID;Company;Gender;EmailConsent;ZipCode\n0;Kulturhuset AS;0;1;0150\n0;Åse;2;0;0150\n")
    first, second = Customer.objects.order_by("pk").values_list("pk", flat=True)
    text = "CustomerID;Company;Gender;EmailConsent;ZipCode;InternalNote\n"
    page = at_rest(send(text + f"{first};Kulturhuset AS;2;0;0150;a => b\n{second};Åse;7;0;0150;\n"))
    expect(page.locator(".kk-customer").last).to_have_text(f"{first} Kulturhuset AS")
    changed = page.locator("td.kk-cell-changed[data-key=email_consent]")
    expect(changed).to_contain_text("var Ja blir Nei")
    expect(page.locator("td[data-key=gender] ins")).to_contain_text("Kvinne")
    note = page.locator("td[data-key=internal_note]").last
    assert note.evaluate("cell => getComputedStyle(cell).fontFeatureSettings") == '"calt" 0, "liga" 0'
    wrong = page.locator("td.kk-cell-error")
    assert wrong.bounding_box()["width"] < 160
    assert "er ikke et kjønn" in (wrong.get_attribute("title") or "")


def test_it_brings_the_column_asked_for_into_view_and_says_which(send: Send, load: Callable[..., Import]) -> None:
    page = send(HEADER.strip() + ";InternalNote;Address\n" + f"{line(1).strip()};{'lang ' * 60};Gata 1\n")
    page.locator(".kk-confirm").click()
    page.get_by_role("heading", name="Customer successfully imported!").wait_for()
    number = Customer.objects.get().pk
    text = HEADER.strip() + ";InternalNote;Address\n"
    page = at_rest(send(text + f"{line(1, id=str(number), city='Bergen').strip()};{'kort ' * 60};Gata 2\n"))
    pick(page, "Kolonner", "Address")
    at_rest(page)
    customer, column = page.locator(".kk-customer").bounding_box(), page.locator("th.kk-column-on").bounding_box()
    assert column["x"] >= customer["x"] + customer["width"] - 1
    assert column["x"] < 1440 - 100
    page.get_by_role("button", name="Address Vis alle igjen").click()
    expect(page.locator("th.kk-column-on")).to_have_count(0)


def test_it_goes_to_a_place_in_the_file_by_the_strip_and_to_the_next_error_by_key(
    send: Send, load: Callable[..., Import]
) -> None:
    load(register(400))
    ids = Customer.objects.order_by("pk").values_list("pk", flat=True)
    wrong = {150: {"gender": "7"}, 350: {"gender": "8"}, 351: {"city": "Bergen"}}
    page = at_rest(send(HEADER + "".join(line(n, id=str(i), **wrong.get(n, {})) for n, i in enumerate(ids))))
    page.get_by_label("Bare endringer").uncheck()
    expect(page.locator("[data-count]")).to_have_text("Rad 1–100 av 400")
    page.keyboard.press("e")
    expect(page.locator("[data-count]")).to_have_text("Rad 101–200 av 400")
    expect(page.locator("#grid td:focus")).to_contain_text("7")
    strip = page.get_by_role("slider", name="Hele filen")
    expect(strip).to_have_attribute("aria-valuetext", "Rad 151 av 400")
    strip.press("ArrowDown")
    expect(page.locator("[data-count]")).to_have_text("Rad 301–400 av 400")
    expect(strip).to_have_attribute("aria-valuetext", "Rad 351 av 400")
    expect(page.locator("#grid tr.kk-row-open")).to_contain_text("8")
    # only the rows scroll, so that their header stays
    assert page.locator(".kk-frame").evaluate("frame => frame.scrollHeight - frame.clientHeight") == 0
    box = strip.bounding_box()
    strip.click(position={"x": 4, "y": box["height"] * 0.1})
    expect(page.locator("[data-count]")).to_have_text("Rad 1–100 av 400")
    assert strip.locator("rect:not(.kk-strip-here)").count() == 3
