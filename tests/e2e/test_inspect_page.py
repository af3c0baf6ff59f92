"""A file is tried in the browser: found from the import page, told of, and gone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

FILE = (
    "Kundenr;Fornavn;Etternavn;Postnr;Fødselsdato;Rabattkode\n"
    "7;Åse;Berg;0150;13/04/1990;R10\n8;Bj%C3%B8rn;NULL;#####;04/25/1985;\n9;Kari;Lie;5003;03/04/1990;R20\n"
)
PHONE = {"width": 390, "height": 844}


def test_it_tells_what_a_file_is(at_work: Page, axe: Callable[[Page], list[str]]) -> None:
    page = at_work
    page.get_by_role("link", name="Prøv en fil uten å laste den opp til registeret").click()
    assert axe(page) == []
    page.get_by_label("Fil", exact=True).set_input_files(
        {"name": "kunder.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_label("Tegnsett").select_option(value="mac-roman")
    page.get_by_role("button", name="Prøv den").click()
    expect(page.get_by_role("cell", name="Åse").first).to_be_hidden()
    expect(page.get_by_label("Tegnsett")).to_have_value("mac-roman")
    page.get_by_label("Tegnsett").select_option(value="")
    page.get_by_label("Fil", exact=True).set_input_files(
        {"name": "kunder.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Prøv den").click()
    expect(page.get_by_role("cell", name="Etternavn").first).to_be_visible()
    expect(page.get_by_text("3 rader med feil")).to_be_visible()
    expect(page.get_by_text("Rabattkode").first).to_be_visible()
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert axe(page) == []
