"""The mapping page: names are split before one's eyes, words get a meaning, and next time all of it is there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

LIST = (
    "Kundenr;Navn;Kjønn;Mobilnumer;Nyhetsbrev;Rabattkode\n"
    "0;Kari von der Lippe;Kvinne;91234567;Sub;R10\n0;Ødegård, Åse Marie;K;;Unsub;R20\n0;Fana Teater AS;Ukjent;;Unsub;\n"
)
WRAPPED = '"Kundenr,Fornavn,Etternavn,Kjønn"\n"0,Kari,""Lie, født Berg"",2"\n"0,Ola,Dahl,1"\n'
PHONE = {"width": 390, "height": 844}


def test_it_splits_names_translates_words_and_remembers_both(
    send: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = send(LIST)
    row = page.get_by_role("row", name="Navn Kari von der Lippe")
    expect(row.get_by_text("Etternavn von der Lippe")).to_be_visible()
    row.get_by_role("button", name="Kanskje For- og etternavn i ett?").click()
    expect(row.get_by_text("Firma Fana Teater AS")).to_be_visible()
    row.get_by_label("Navn").select_option("")
    expect(row.get_by_text("Firma Fana Teater AS")).to_be_hidden()
    row.get_by_label("Navn").select_option("full_name")
    page.get_by_role("button", name="Kanskje Mobil?").click()
    page.get_by_label("Deretter etter").select_option("mobile")
    page.get_by_label("Unsub").select_option("Nei")
    page.get_by_label("Sub 1").select_option("Ja")
    page.get_by_label("Lagre svarene under et navn også").fill("Billettsystemet")
    assert axe(page) == []
    page.get_by_role("button", name="Fortsett").click()
    expect(page.get_by_role("button", name="Bekreft: opprette 3 kunder")).to_be_visible()
    send(LIST.replace("Kundenr", "KUNDENR.").replace("Rabattkode", "rabattkode"))
    expect(page.get_by_text("Kolonnene er satt som sist")).to_be_visible()
    page.get_by_text("Kolonnene er satt som sist").get_by_role("link", name="Endre").click()
    page.set_viewport_size(PHONE)
    assert axe(page) == []
    page.get_by_role("button", name="Glem det og begynn på nytt").click()
    expect(page.get_by_label("Lagrede oppsett")).to_contain_text("Billettsystemet")


def test_it_splits_rows_that_are_one_cell(send: Callable[..., Page], axe: Callable[[Page], list[str]]) -> None:
    page = send(WRAPPED)
    expect(page.get_by_role("cell", name="Lie, født Berg", exact=True)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Del dem").click()
    expect(page.get_by_role("button", name="Bekreft: opprette 2 kunder")).to_be_visible()
