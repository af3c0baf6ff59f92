"""A workbook instead of a text: uploaded, read from the sheet a person chooses, confirmed."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from playwright.sync_api import Page, expect

from kundekort.engine.writing.xlsx import Column, Sheet, workbook
from kundekort.store.models import Customer

Send = Callable[..., Page]


def sheet(name: str, **columns: str) -> tuple[Sheet, list[pl.DataFrame]]:
    heads = tuple(Column(header) for header in columns)
    return Sheet(name, heads), [pl.DataFrame({header: [value] for header, value in columns.items()})]


def test_it_imports_the_sheet_that_a_person_chooses(send: Send) -> None:
    spring = sheet("Vår", CustomerID="0", FirstName="Kari", Gender="2", Mobile="0047 91234567")
    autumn = sheet("Høst & vinter", CustomerID="0", FirstName="Åse", Gender="2", ZipCode="0150")
    page = send(b"".join(workbook([spring, autumn])), name="kunder.xlsx")
    expect(page.get_by_text("Lest fra arket «Vår»")).to_be_visible()
    expect(page.locator("[data-key=first_name]")).to_have_text("Kari")
    page.get_by_role("link", name="Endre hvordan den leses").click()
    expect(page.get_by_label("Tegnsett")).to_have_count(0)
    page.get_by_label("Ark i arbeidsboken").select_option("Høst & vinter")
    page.get_by_role("button", name="Les på nytt").click()
    expect(page.get_by_text("Navn i filen: Åse")).to_be_visible()
    page.get_by_role("button", name="Fortsett").click()
    expect(page.get_by_text("Lest fra arket «Høst & vinter»")).to_be_visible()
    page.get_by_role("button", name="Bekreft: opprette 1 kunde").click()
    expect(page.get_by_role("heading", name="Customer successfully imported!")).to_be_visible()
    assert [(c.first_name, c.zip_code) for c in Customer.objects.all()] == [("Åse", "0150")]
