"""The table of the preview: the first columns stay in sight, the focused cell too, and columns can be made wider."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.files import HEADER, line

Send = Callable[..., Page]
NOTE = "Sitter helst foran, " * 12 + "og => er ingen pil"


@pytest.fixture
def page_of_rows(send: Send) -> Page:
    """Forty new customers, more and wider than the grid has room for."""
    head, *lines = (HEADER + "".join(line(n) for n in range(40))).splitlines()
    page = send("\n".join([f"{head};InternalNote;Address;Company;Address2", *(f"{row};{NOTE};;;" for row in lines)]))
    expect(page.locator("#grid tbody tr")).to_have_count(40)
    return page


def cell(page: Page, key: str, row: int = 0) -> Locator:
    return page.locator("#grid tbody tr").nth(row).locator(f"[data-key={key}]")


def left(locator: Locator) -> float:
    return locator.bounding_box()["x"]


def right(locator: Locator) -> float:
    return locator.bounding_box()["x"] + locator.bounding_box()["width"]


def width(locator: Locator) -> int:
    return round(locator.bounding_box()["width"])


def test_it_keeps_the_first_columns_and_the_header_in_sight(page_of_rows: Page) -> None:
    grid, name = page_of_rows.locator("#grid"), cell(page_of_rows, "id")
    before, head = left(name), page_of_rows.locator("thead tr").bounding_box()["y"]
    grid.evaluate("grid => grid.scrollTo(grid.scrollWidth, grid.scrollHeight)")
    assert left(name) == before
    assert left(cell(page_of_rows, "email")) < before
    assert page_of_rows.locator("thead tr").bounding_box()["y"] == head
    expect(cell(page_of_rows, "id", 39)).to_be_in_viewport()


def test_it_never_hides_the_focused_cell_under_the_frozen_ones(page_of_rows: Page) -> None:
    cell(page_of_rows, "id", 20).focus()
    focused, name = page_of_rows.locator("#grid td:focus"), cell(page_of_rows, "id", 20)
    head = page_of_rows.locator("thead tr").bounding_box()
    page_of_rows.keyboard.press("End")
    expect(focused).to_be_in_viewport()
    for _ in range(7):
        page_of_rows.keyboard.press("ArrowLeft")
        assert left(focused) >= right(name) - 1
    for _ in range(20):
        page_of_rows.keyboard.press("ArrowUp")
        assert focused.bounding_box()["y"] >= head["y"] + head["height"] - 1


def test_it_walks_down_a_frozen_column_without_scrolling_the_others(page_of_rows: Page) -> None:
    grid = page_of_rows.locator("#grid")
    cell(page_of_rows, "id").click()
    page_of_rows.keyboard.press("Escape")
    grid.evaluate("grid => grid.scrollTo(200, 0)")
    page_of_rows.keyboard.press("Control+End")
    page_of_rows.keyboard.press("Home")
    page_of_rows.keyboard.press("ArrowUp")
    assert grid.evaluate("grid => grid.scrollLeft") > 0


def test_it_cuts_a_long_note_and_tells_it_whole_where_one_points(page_of_rows: Page) -> None:
    note = cell(page_of_rows, "internal_note")
    assert width(note) == 440
    note.hover()
    expect(note).to_have_attribute("title", NOTE)
    assert note.evaluate("cell => getComputedStyle(cell).fontVariantLigatures") == "none"


def test_it_makes_a_column_as_wide_as_one_drags_it(page_of_rows: Page) -> None:
    email = cell(page_of_rows, "email")
    fitting = width(email)
    grip = page_of_rows.get_by_role("separator", name="Bredden på Email")
    box = grip.bounding_box()
    page_of_rows.mouse.move(box["x"] + 4, box["y"] + 10)
    page_of_rows.mouse.down()
    page_of_rows.mouse.move(box["x"] + 84, box["y"] + 10, steps=4)
    page_of_rows.mouse.up()
    dragged = width(email)
    assert fitting + 60 < dragged < fitting + 90
    page_of_rows.get_by_label("Søk i radene").fill("kari7@")
    expect(page_of_rows.locator("#grid tbody tr")).to_have_count(1)
    assert width(email) == dragged
    grip.dblclick()
    assert width(email) < dragged


def test_it_makes_a_column_wider_by_keyboard(page_of_rows: Page) -> None:
    name, next_name = cell(page_of_rows, "first_name"), cell(page_of_rows, "last_name")
    before, shift = width(name), left(next_name)
    name.focus()
    page_of_rows.keyboard.press("ArrowUp")
    grip = page_of_rows.get_by_role("separator", name="Bredden på FirstName")
    expect(grip).to_be_focused()
    page_of_rows.keyboard.press("ArrowRight")
    expect(grip).to_have_attribute("aria-valuenow", str(before + 16))
    assert (width(name), left(next_name)) == (before + 16, shift + 16)
    page_of_rows.keyboard.press("ArrowDown")
    expect(name).to_be_focused()


def test_it_is_one_stop_on_the_way_through_the_page(page_of_rows: Page) -> None:
    page_of_rows.get_by_label("Søk i radene").focus()
    page_of_rows.keyboard.press("Tab")
    expect(page_of_rows.locator("#grid td:focus")).to_have_count(1)
    page_of_rows.keyboard.press("Tab")
    expect(page_of_rows.locator("#grid :focus")).to_have_count(0)


def test_it_freezes_less_in_a_narrow_window(page_of_rows: Page) -> None:
    frozen = page_of_rows.locator("thead .kk-frozen")
    expect(frozen).to_have_text(["Linje", "Hva skjer", "Kunde"])
    page_of_rows.set_viewport_size({"width": 900, "height": 844})
    expect(frozen).to_have_text(["Kunde"])
