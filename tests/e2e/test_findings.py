"""What guards have found, before a person: in one line, with examples, answered for all, for some rows and for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from kundekort.store.models import Customer, Import
from tests.e2e.files import HEADER, line
from tests.e2e.test_rows import SEEN, at_rest

Send = Callable[..., Page]
CITY = "Tromsø"


@pytest.fixture
def ids(load: Callable[..., Import]) -> list[int]:
    load(HEADER + "".join(line(n, last="Nygård", city=CITY) for n in range(30)))
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def damaged(send: Send, ids: list[int]) -> Page:
    """Six rows under the number of another card, three kinds of damage, and ten honest edits."""

    def row(n: int) -> str:
        said = {"id": str(ids[(n + 1) % 6] if n < 6 else ids[n]), "last": "Nygård", "city": CITY}
        if 6 <= n < 10:
            said["last"] = "NygÃ¥rd"
        elif 10 <= n < 14:
            said["city"] = "#REF!"
        elif 14 <= n < 17:
            said["city"] = "TromsÃ¸"
        elif n >= 20:
            said["email"] = f"ny{n}@example.com"
        return line(n, **said)

    send("").set_viewport_size({"width": 1366, "height": 768})
    return at_rest(send(HEADER + "".join(row(n) for n in range(30))))


def finding(page: Page, code: str) -> Locator:
    return page.locator(f"[data-found^='{code}:']")


def opened(page: Page) -> dict[str, int]:
    """How many rows of each kind of finding wait for an answer."""
    found: dict[str, int] = {}
    for one in Import.objects.latest("pk").facts.findings:
        found[one.code] = found.get(one.code, 0) + one.open
    return found


def shown_again(page: Page, act: Callable[[], None]) -> None:
    """Do something after which the page comes anew."""
    with page.expect_navigation():
        act()
    at_rest(page)


def test_it_folds_the_findings_into_a_line_and_leads_to_them(damaged: Page) -> None:
    page = damaged
    assert page.evaluate(SEEN) >= 14
    fold = page.get_by_role("button", name="4 funn å besvare")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".kk-finding:visible")).to_have_count(1)
    expect(finding(page, "other_card")).to_be_visible()
    expect(page.locator("#why")).to_contain_text("Må besvares først: En annen enn på kortet, City: feil fra en formel")
    page.get_by_role("button", name="Bekreft").click(force=True)  # it is grey, and leads there
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(finding(page, "other_card")).to_be_focused()
    expect(page.locator(".kk-finding:visible")).to_have_count(5)
    page.reload()
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(page.locator(".kk-finding:visible")).to_have_count(1)


def test_it_answers_for_a_row_in_the_examples_for_some_that_are_ticked_and_in_the_panel(damaged: Page) -> None:
    page = damaged
    finding(page, "other_card").get_by_role("button", name="Eksempler").click()
    example = page.locator(".kk-examples tbody tr")
    expect(example).to_have_count(5)
    expect(example.first).to_contain_text("kari0@example.com")
    expect(example.first.get_by_text("det samme")).to_have_count(3)
    shown_again(page, example.first.get_by_role("button", name="Utelat raden").click)
    expect(example).to_have_count(5)  # open as before, with those that wait
    expect(example.first.locator("td").first).to_have_text("3")
    expect(example.locator("[aria-pressed=true]")).to_have_count(0)
    assert opened(page)["other_card"] == 5

    page.locator(".kk-fold").click()
    finding(page, "other_card").get_by_role("button", name="Vis radene").click()
    expect(page.locator("#grid tbody tr")).to_have_count(6)
    expect(page.locator("[data-chosen]")).to_contain_text("En annen enn på kortet")
    expect(page.locator(".kk-mark-open")).to_have_count(5)
    expect(page.locator(".kk-mark-answered")).to_have_count(1)
    page.get_by_label("Velg linje 3").check()
    page.locator("#grid tbody tr").nth(2).locator("td").first.focus()
    page.keyboard.press("x")
    expect(page.get_by_text("2 rader er valgt")).to_be_visible()
    chosen = page.locator("[data-selection]")
    shown_again(page, chosen.get_by_role("button", name="Endre kortene likevel").click)
    assert opened(page)["other_card"] == 3

    page.locator("#grid tbody tr").nth(3).locator(".kk-customer").click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("link", name="Kari3 Nygård")).to_be_visible()
    shown_again(page, panel.get_by_role("button", name="Endre kortet likevel").click)
    assert opened(page)["other_card"] == 2
    steps = [(step.action, step.rows) for step in Import.objects.latest("pk").decisions.steps]
    assert steps == [("leave_out", (0,)), ("accept", (1, 2)), ("accept", (3,))]


def test_it_marks_cells_and_keeps_the_stored_value_of_all_that_are_damaged(damaged: Page, ids: list[int]) -> None:
    page = damaged
    cell = page.locator("#grid tbody tr", has_text="Kari6").first.locator("[data-key=last_name]")
    expect(cell.locator(".kk-mark-open")).to_be_visible()
    expect(cell).to_have_attribute("title", "Nygård → NygÃ¥rd · Ødelagte bokstaver")
    page.locator(".kk-fold").click()
    shown_again(page, page.get_by_role("button", name="Behold de lagrede verdiene: alle 3 funn").click)
    expect(page.locator(".kk-fold")).to_contain_text("1 funn å besvare")
    expect(page.locator("details", has_text="Avgjørelser").locator("strong").first).to_have_text("3")
    page.locator("[data-box=all]").click()
    expect(cell.locator(".kk-mark-answered")).to_be_visible()
    shown_again(page, page.get_by_role("button", name="Bruk kortet de hører til").click)
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_text("Customer successfully imported!")).to_be_visible()
    cards = Customer.objects.order_by("pk").values_list("first_name", "last_name", "city", "email")
    mail = [f"ny{n}@example.com" if n >= 20 else f"kari{n}@example.com" for n in range(30)]
    assert list(cards) == [(f"Kari{n}", "Nygård", CITY, mail[n]) for n in range(30)]


def test_it_keeps_the_cells_that_one_has_chosen_from_a_column(send: Send, load: Callable[..., Import]) -> None:
    load(HEADER + "".join(line(n) for n in range(60)))
    numbers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    lines = [line(n, id=str(pk), city="" if n < 55 else "Oslo") for n, pk in enumerate(numbers)]
    page = at_rest(send(HEADER + "".join(lines)))
    finding(page, "emptied").get_by_role("button", name="Vis radene").click()
    expect(page.locator("[data-count]")).to_contain_text("1–55 av 55")
    page.get_by_label("Velg alle radene på denne siden").check()
    page.get_by_label("Velg linje 2", exact=True).uncheck()
    expect(page.get_by_text("54 rader er valgt")).to_be_visible()
    keep = page.locator("[data-selection]").get_by_role("button", name="Behold den lagrede verdien")
    shown_again(page, keep.click)
    expect(page.locator("[data-found]")).to_have_count(0)
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_text("Customer successfully imported!")).to_be_visible()
    assert Customer.objects.filter(city="").count() == 1


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844)])
def test_it_can_be_read_by_everybody_in_any_window(
    damaged: Page, axe: Callable[[Page], list[str]], width: int, height: int
) -> None:
    page = damaged
    page.set_viewport_size({"width": width, "height": height})

    def faults() -> list[str]:
        found = []
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            found += axe(at_rest(page))
        return found

    assert faults() == []
    page.locator(".kk-fold").click()
    for code in ("other_card", "excel_error"):
        finding(page, code).get_by_role("button", name="Eksempler").click()
        expect(finding(page, code).locator(".kk-examples tbody tr").first).to_be_visible()
    page.get_by_label("Velg linje 2", exact=True).check()
    page.locator(".kk-customer").nth(1).click()
    expect(page.locator(".kk-panel-found").first).to_be_visible()
    assert faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
