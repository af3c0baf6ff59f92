"""Mending a file where it stands: cells, all that say the same, findings; taken back one by one, kept, confirmed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from kundekort.store.models import Customer, Import

Send = Callable[..., Page]
HEAD = "CustomerID;Etternavn;Kjønn;Samtykke e-post\n"


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_text("Customer successfully imported!")).to_be_visible()


def test_it_mends_answers_takes_back_and_confirms_exactly_that(send: Send) -> None:
    confirm(send(HEAD + "0;Ås;1;1\n0;Berg;2;1\n"))
    first, second = Customer.objects.order_by("pk").values_list("pk", flat=True)
    confirm(send(HEAD + f"{first};Ås;1;0\n{second};Berg;2;0\n"))
    rows = f"{first};Aas;1;1\n{second};Berge;2;1\n0;Dal;Herre?;0\n0;Eng;Herre?;0\n0;Foss;Fru!;0\n0;Gran;9;0\n"
    page = send(HEAD + rows)
    decisions = page.locator("details", has_text="Avgjørelser")
    grid = page.locator("#grid")

    page.locator("tr", has_text="Foss").locator("[data-key=gender]").dblclick()
    grid.get_by_role("textbox").fill("2")
    grid.get_by_role("textbox").press("Enter")
    expect(decisions.locator("strong").first).to_have_text("1")

    page.locator("tr", has_text="Dal").locator("[data-key=last_name], .kk-name").first.click()
    panel = page.locator("#panel")
    panel.get_by_role("textbox").fill("1")
    panel.get_by_role("button", name="Rett alle der det står «Herre?»").click()
    expect(decisions.locator("strong").first).to_have_text("2")

    page.locator("tr", has_text="Gran").locator(".kk-name").first.click()
    panel.get_by_role("button", name="Utelat denne raden").click()
    expect(decisions.locator("strong").first).to_have_text("3")
    expect(page.get_by_role("button", name="Bekreft")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Behold den lagrede verdien").click()
    expect(decisions.locator("strong").first).to_have_text("4")

    decisions.locator("summary").click()
    decisions.locator("form", has_text="utelatt").get_by_role("button", name="Angre").click()
    expect(decisions.locator("strong").first).to_have_text("3")
    page.reload()
    expect(decisions.locator("strong").first).to_have_text("3")
    assert Import.objects.latest("pk").totals.errors == 1
    page.get_by_role("button", name="Utelat 1 rad med feil").click()
    confirm(page)
    kept = Customer.objects.order_by("last_name").values_list("last_name", "gender", "email_consent")
    assert set(kept) == {
        ("Aas", 1, False),
        ("Berge", 2, False),
        ("Dal", 1, False),
        ("Eng", 1, False),
        ("Foss", 2, False),
    }


def test_numbers_that_no_card_has_become_new_customers(send: Send) -> None:
    page = send(HEAD + "0;Ås;1;1\n99999;Berg;2;1\n88888;Dal;1;0\n77777;Eng;1;0\n66666;Foss;1;0\n")
    decisions, panel, grid = (
        page.locator("details", has_text="Avgjørelser"),
        page.locator("#panel"),
        page.locator("#grid"),
    )
    page.locator("tr", has_text="Berg").locator(".kk-name").click()
    panel.get_by_role("button", name="Opprett som ny kunde").click()
    expect(decisions.locator("strong").first).to_have_text("1")
    page.locator("tr", has_text="Dal").locator("[data-key=id]").dblclick()
    grid.get_by_role("textbox").fill("0")
    grid.get_by_role("textbox").press("Enter")
    expect(decisions.locator("strong").first).to_have_text("2")
    assert Import.objects.latest("pk").totals.errors == 2
    page.locator("tr", has_text="Eng").locator(".kk-name").click()
    panel.get_by_role("button", name="Opprett alle 2 med denne feilen som nye kunder").click()
    expect(decisions.locator("strong").first).to_have_text("3")
    confirm(page)
    assert set(Customer.objects.values_list("last_name", flat=True)) == {"Ås", "Berg", "Dal", "Eng", "Foss"}


def test_a_refused_value_stays_in_the_panel_and_the_last_error_leads_to_all_changes(send: Send) -> None:
    head = "CustomerID;Etternavn;Kjønn;Fødselsdato\n"
    confirm(send(head + "0;Ås;1;1980-01-01\n0;Berg;2;1980-02-01\n"))
    first, second = Customer.objects.order_by("pk").values_list("pk", flat=True)
    page = send(head + f"{first};Aas;1;\t1980-02-31\n{second};Berge;2;1980-02-01\n")
    panel = page.locator("#panel")
    page.locator("[data-box=errors]").click()
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    page.locator("tr", has_text="Aas").locator(".kk-name").click()
    expect(panel).to_contain_text("På kortet: 01.01.1980")
    expect(panel.get_by_role("textbox")).to_have_value("1980-02-31")  # without the tab that keeps a spreadsheet off it
    expect(panel.get_by_role("button", name="Rett alle med den samme feilen")).to_have_count(0)
    panel.get_by_role("textbox").fill("31.04.1980")
    panel.get_by_role("button", name="Rett denne cellen").click()
    expect(panel.get_by_role("textbox")).to_have_value("31.04.1980")
    expect(panel.get_by_role("textbox")).to_be_focused()
    expect(panel).to_contain_text("Cellen ble ikke endret. «31.04.1980» er ikke en dato.")
    panel.get_by_role("textbox").fill("30.04.1980")
    panel.get_by_role("button", name="Rett denne cellen").click()
    expect(page.locator("#grid tbody tr")).to_have_count(2)
    assert Import.objects.latest("pk").totals.errors == 0


def test_a_damaged_cell_that_cannot_be_imported_is_told_once_and_cannot_be_meant(send: Send) -> None:
    head = "CustomerID;Etternavn;Kjønn;Mobil\n"
    confirm(send(head + "0;Ås;1;+4791234567\n0;Berg;2;\n"))
    first, second = Customer.objects.order_by("pk").values_list("pk", flat=True)
    page = send(head + f"{first};Aas;1;4,79E+09\n{second};Berge;2;\n")
    page.locator("#grid .kk-row-error .kk-name").click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("button", name="Behold den lagrede verdien")).to_be_visible()
    expect(panel.locator("dt", has_text="Mobil")).to_have_count(1)
    expect(page.get_by_role("button", name="Det er ment slik")).to_have_count(0)


def test_a_file_that_only_has_errors_leads_to_them_and_to_the_way_back(send: Send) -> None:
    confirm(send(HEAD + "0;Ås;1;1\n"))
    (first,) = Customer.objects.values_list("pk", flat=True)
    page = send(HEAD + f"{first};Ås;7;1\n")
    page.get_by_role("link", name="Rett raden med feil").click()
    page.locator("#grid .kk-row-error .kk-name").click()
    page.locator("#panel").get_by_role("button", name="Utelat denne raden").click()
    expect(page.locator("details", has_text="Avgjørelser").locator("strong").first).to_have_text("1")
    page.goto(f"/imports/{Import.objects.latest('pk').pk}/")
    expect(page.get_by_text("Filens eneste rad er utelatt.")).to_be_visible()
    expect(page.get_by_text("Raden er utelatt på linje 2")).to_be_visible()
    page.get_by_role("button", name="Angre").click()
    expect(page.get_by_text("Filens eneste rad har feil.")).to_be_visible()


def test_two_clicks_mend_a_cell_also_where_the_panel_opens_above_it(send: Send) -> None:
    head = "CustomerID;Kjønn;Fornavn;Etternavn;Adresse;Poststed\n"
    page = send(head + "".join(f"0;1;Kari{n};{'Nordmann' * 3};Storgata {n} {'x' * 30};Oslo\n" for n in range(9)))
    page.set_viewport_size({"width": 1366, "height": 768})
    cell = page.locator("#grid tbody tr", has_text="Kari2").locator("[data-key=city]")
    cell.scroll_into_view_if_needed()
    there = cell.bounding_box()
    assert there
    page.mouse.dblclick(there["x"] + 20, there["y"] + 10)
    panel = page.locator("#panel").bounding_box()
    assert panel
    assert panel["x"] < there["x"]
    page.locator("#grid").get_by_label("Ny verdi i Poststed").fill("Bodø")
    page.keyboard.press("Enter")
    expect(page.locator("details", has_text="Avgjørelser").locator("strong").first).to_have_text("1")
    confirm(page)
    assert sorted(Customer.objects.values_list("city", flat=True)) == ["Bodø"] + ["Oslo"] * 8
