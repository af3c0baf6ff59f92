from __future__ import annotations

import json
import re

import polars as pl
from django.test import Client

from kundekort import wording
from kundekort.engine.recipe import RowKey
from kundekort.engine.writing import xlsx
from kundekort.services import imports, preview
from kundekort.store.models import ColumnMapping, Import
from kundekort.store.pages import Filter
from tests.web.conftest import latest, send

ANSWER = {"match": "id", "empty_cells": "overwrite", "date_order": ""}


def fields() -> list[str | None]:
    return [column.field for column in imports.recipe(latest()).columns]


def test_it_asks_about_a_column_it_does_not_know(as_bob: Client) -> None:
    page = send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;Kari;2;R10\n").content.decode()
    assert latest().state == Import.State.COLUMNS
    assert "1 kolonne ble ikke gjenkjent" in page
    assert "R10" in page


def test_it_takes_the_answer_and_goes_on_to_the_preview(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Kallenavn\n0;Kari;2;Nordmann\n")
    answer = ANSWER | {"column-0": "id", "column-1": "first_name", "column-2": "gender", "column-3": "last_name"}
    page = as_bob.post(f"/imports/{latest().pk}/columns/", answer, follow=True).content.decode()
    assert fields() == ["id", "first_name", "gender", "last_name"]
    assert "Bekreft: opprette 1 kunde" in page


def sheet(name: str, **columns: str) -> tuple[xlsx.Sheet, list[pl.DataFrame]]:
    """A sheet of one row."""
    heads = tuple(xlsx.Column(header) for header in columns)
    return xlsx.Sheet(name, heads), [pl.DataFrame({header: [value] for header, value in columns.items()})]


def test_it_offers_the_other_sheets_of_a_workbook(as_bob: Client) -> None:
    first = sheet("Vår", CustomerID="0", FirstName="Kari", Gender="2", Kode="R")
    book = b"".join(
        xlsx.workbook([first, sheet("Høst & vinter", CustomerID="0", FirstName="Ola", Gender="1", Kode="R")])
    )
    page = send(as_bob, book, name="kunder.xlsx").content.decode()
    assert '<option value="Vår" selected>' in page
    assert 'name="encoding"' not in page
    answer = {"sheet": "Høst & vinter", "header_row": "1"}
    page = as_bob.post(f"/imports/{latest().pk}/dialect/", answer, follow=True).content.decode()
    assert '<option value="Høst &amp; vinter" selected>' in page
    assert "Ola" in page


def test_it_says_which_sheets_the_preview_leaves_out(as_bob: Client) -> None:
    first = sheet("Liste", CustomerID="0", FirstName="Kari", Gender="2")
    book = b"".join(xlsx.workbook([first, sheet("Høst & vinter", CustomerID="0", FirstName="Ola", Gender="1")]))
    page = send(as_bob, book, name="kunder.xlsx").content.decode()
    assert "Lest fra arket «Liste»" in page
    assert "Andre ark, som ikke er lest: Høst &amp; vinter" in page
    assert f'href="/imports/{latest().pk}/columns/#sheet"' in page
    for alone in ([first], [first, sheet("Forklaring", Kolonne="CustomerID")]):  # the latter as our own lists have it
        page = send(as_bob, b"".join(xlsx.workbook(alone)), name="kunder.xlsx").content.decode()
        assert "Andre ark" not in page


def test_it_says_here_too_that_the_register_has_moved(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;Kari;2;R10\n")
    address = f"/imports/{latest().pk}/columns/"
    assert wording.refusal("register_moved", {}) not in as_bob.get(address).content.decode()
    Import.objects.update(notice="register_moved")
    assert wording.refusal("register_moved", {}) in as_bob.get(address).content.decode()


def test_it_leaves_a_column_aside(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;Kari;2;R10\n")
    answer = ANSWER | {"column-0": "id", "column-1": "first_name", "column-2": "gender", "column-3": ""}
    page = as_bob.post(f"/imports/{latest().pk}/columns/", answer, follow=True).content.decode()
    assert "1 importeres ikke (Rabattkode)" in page


def test_it_says_so_when_two_columns_become_one_field(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;Kari;2;R10\n")
    answer = ANSWER | {"column-0": "id", "column-1": "first_name", "column-2": "gender", "column-3": "first_name"}
    page = as_bob.post(f"/imports/{latest().pk}/columns/", answer, follow=True).content.decode()
    assert latest().state == Import.State.COLUMNS
    assert 'role="alert"' in page
    assert "Fornavn" in page


def test_it_offers_another_key_when_there_is_no_customer_id(as_bob: Client) -> None:
    send(as_bob, "FirstName;Email;Gender\nKari;kari@example.com;2\n")
    assert latest().state == Import.State.COLUMNS
    answer = ANSWER | {"match": "none", "column-0": "first_name", "column-1": "email", "column-2": "gender"}
    page = as_bob.post(f"/imports/{latest().pk}/columns/", answer, follow=True).content.decode()
    assert "Bekreft: opprette 1 kunde" in page


def test_it_finds_customers_by_several_keys_in_order(as_bob: Client, three: list[int]) -> None:
    send(as_bob, f"CustomerID;FirstName;Email;Gender;Farge\n0;Karin;KARI@example.com;2;R\n{three[1]};Olav;;1;G\n")
    path = f"/imports/{latest().pk}/columns/"
    columns = {"column-0": "id", "column-1": "first_name", "column-2": "email", "column-3": "gender"}
    as_bob.post(path, ANSWER | columns | {"second": "email", "third": "email"})
    assert imports.recipe(latest()).policy.keys == (RowKey.ID, RowKey.EMAIL)
    assert latest().totals.new == 0
    assert re.search('name="second".*?value="email" selected', as_bob.get(path).content.decode(), re.S)


def test_it_reads_the_file_again_in_another_way(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;K\u00e5re;1;R10\n".encode())
    dialect = {"encoding": "windows-1252", "separator": ";", "header_row": "1"}
    page = as_bob.post(f"/imports/{latest().pk}/dialect/", dialect, follow=True).content.decode()
    assert "KÃ¥re" in page
    assert imports.recipe(latest()).dialect.encoding == "windows-1252"


def test_it_can_be_told_that_the_separator_is_a_tab(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;Kari;2;R10\n")
    dialect = {"encoding": "utf-8", "separator": "\t", "header_row": "1"}
    as_bob.post(f"/imports/{latest().pk}/dialect/", dialect)
    assert imports.recipe(latest()).dialect.separator == "\t"


def test_it_asks_once_which_way_round_dates_are(as_bob: Client) -> None:
    page = send(as_bob, "CustomerID;FirstName;Gender;DateOfBirth\n0;Kari;2;03/04/1990\n").content.decode()
    assert "kan leses på to måter" in page
    columns = {"column-0": "id", "column-1": "first_name", "column-2": "gender", "column-3": "date_of_birth"}
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | columns | {"date_order": "dmy"})
    row = as_bob.get(f"/imports/{latest().pk}/rows/").json()["rows"][0]
    assert row["cells"]["date_of_birth"] == "1990-04-03"


def test_it_keeps_stored_values_when_empty_cells_are_to_be_kept(as_bob: Client, three: list[int]) -> None:
    send(as_bob, f"CustomerID;FirstName;LastName;Email;Gender\n{three[0]};Karin;Nordmann;;2\n")
    assert as_bob.get(f"/imports/{latest().pk}/rows/").json()["rows"][0]["old"].keys() == {"first_name", "email"}
    as_bob.post(f"/imports/{latest().pk}/empty-cells/", {"empty_cells": "keep"})
    assert as_bob.get(f"/imports/{latest().pk}/rows/").json()["rows"][0]["old"].keys() == {"first_name"}


def test_it_refuses_answers_the_page_could_not_have_sent(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName;Gender;Rabattkode\n0;Kari;2;R10\n")
    path = f"/imports/{latest().pk}/"
    assert as_bob.post(f"{path}columns/", ANSWER | {"column-0": "password"}).status_code == 400
    assert as_bob.post(f"{path}columns/", {"match": "guess"}).status_code == 400
    assert as_bob.post(f"{path}dialect/", {"encoding": "rot13", "separator": ";", "header_row": 1}).status_code == 400


LIST = "CustomerID;Navn;Gender;Status\n0;Kari Nordmann;2;Unsub\n0;Lie AS;0;Ja\n"
COLUMNS = {"column-0": "id", "column-1": "full_name", "column-2": "gender", "column-3": "email_consent"}


def new_cards() -> list[tuple[str, str, str, str]]:
    rows = preview.page(latest(), Filter(), offset=0, limit=10).rows
    keys = ("first_name", "last_name", "company", "email_consent")
    return [tuple(row.cells[key] or "" for key in keys) for row in rows]  # type: ignore[misc]


def test_it_splits_names_and_asks_what_words_mean(as_bob: Client) -> None:
    page = send(as_bob, LIST).content.decode()
    assert 'data-suggest="full_name"' in page
    assert re.search(
        r"Kari Nordmann.*?Fornavn <strong>Kari</strong>\s+· Etternavn <strong>Nordmann</strong>", page, re.S
    )
    assert re.search(r"Lie AS.*?Firma <strong>Lie AS</strong>", page, re.S)
    path = f"/imports/{latest().pk}/columns/"
    page = as_bob.post(path, ANSWER | COLUMNS, follow=True).content.decode()
    assert latest().state == Import.State.COLUMNS
    assert 'name="word-3-Unsub"' in page
    assert as_bob.post(path, ANSWER | COLUMNS | {"word-3-Unsub": "Kanskje"}).status_code == 400
    as_bob.post(path, ANSWER | COLUMNS | {"word-3-Unsub": "0"})
    assert new_cards() == [("Kari", "Nordmann", "", "0"), ("", "", "Lie AS", "1")]
    page = as_bob.get(f"/imports/{latest().pk}/").content.decode()
    told = json.loads(re.search(r'<script id="view".*?>(.*?)</script>', page)[1])  # type: ignore[index]
    assert {"Fornavn", "Etternavn", "Firma"} < {column["header"] for column in told["columns"]}
    assert "4 kolonner gjenkjent" in page


def test_it_sets_the_columns_as_last_time_and_can_forget_it(as_bob: Client) -> None:
    send(as_bob, LIST)
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS | {"second": "email"})
    assert latest().state == Import.State.COLUMNS  # the file has no column of e-mail
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS)
    answer = ANSWER | COLUMNS | {"word-3-Unsub": "0", "save_as": "Billettsystemet"}
    as_bob.post(f"/imports/{latest().pk}/columns/", answer)
    other_order = "status;GENDER;navn;Customer ID\nunsub;1;Ås, Per;0\n"
    page = send(as_bob, other_order).content.decode()
    assert latest().state == Import.State.PREVIEW
    assert "Kolonnene er satt som sist" in page
    assert f"av {latest().actor_name}" in page
    assert new_cards() == [("Per", "Ås", "", "0")]
    page = as_bob.post(f"/imports/{latest().pk}/mapping/", {"mapping": ""}, follow=True).content.decode()
    assert latest().state == Import.State.COLUMNS
    assert "Kolonnene er satt som sist" not in page
    assert "Billettsystemet" in page


def test_it_sets_the_columns_as_a_saved_mapping_has_them(as_bob: Client) -> None:
    send(as_bob, LIST)
    answer = ANSWER | COLUMNS | {"match": "none"}
    as_bob.post(f"/imports/{latest().pk}/columns/", answer)
    answer |= {"word-3-Unsub": "0", "save_as": " Billettsystemet "}
    as_bob.post(f"/imports/{latest().pk}/columns/", answer)
    send(as_bob, "Navn;Status;Kjønn;Farge\nKari Lie;unsub;2;R\n")
    assert latest().state == Import.State.COLUMNS
    (saved,) = ColumnMapping.objects.exclude(name="")
    assert saved.name == "Billettsystemet"
    as_bob.post(f"/imports/{latest().pk}/mapping/", {"mapping": saved.pk})
    assert fields() == ["full_name", "email_consent", "gender", None]
    assert new_cards() == [("Kari", "Lie", "", "0")]
    as_bob.post(f"/imports/{latest().pk}/mapping/", {"mapping": saved.pk, "delete": "1"})
    assert new_cards() == [("Kari", "Lie", "", "0")]
    assert as_bob.post(f"/imports/{latest().pk}/mapping/", {"mapping": saved.pk}).status_code == 404


def test_it_keeps_the_columns_of_a_preview_whatever_is_remembered_later(as_bob: Client) -> None:
    send(as_bob, LIST)
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS)
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS | {"word-3-Unsub": "0"})
    send(as_bob, LIST)
    first = latest().pk
    send(as_bob, LIST)
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS | {"column-3": "sms_consent", "word-3-Unsub": "1"})
    as_bob.post(f"/imports/{first}/empty-cells/", {"empty_cells": "keep"})
    assert [c.field for c in imports.recipe(Import.objects.get(pk=first)).columns][3] == "email_consent"


def test_a_page_of_no_changes_offers_to_split_rows_that_are_one_cell(as_bob: Client) -> None:
    head = "CustomerID;FirstName;LastName;Gender\n"
    page = send(as_bob, head + '"0;Kari;Ås;2"\n"0;Ola;Berg;1"\n').content.decode()
    assert "0 Customers updated" in page
    fields = dict(
        re.findall(r'<input type="hidden" name="(separator|encoding|header_row|one_cell)" value="(.*?)"', page)
    )
    as_bob.post(f"/imports/{latest().pk}/dialect/", fields | {"go_on": "1"})
    assert latest().totals.new == 2


def test_it_splits_rows_that_are_one_cell_with_one_click(as_bob: Client) -> None:
    page = send(as_bob, '"CustomerID,FirstName,Gender"\n"0,""Kari, K"",2"\n').content.decode()
    assert latest().state == Import.State.COLUMNS
    assert "Kari, K" in page
    hidden = dict(
        re.findall(r'<input type="hidden" name="(separator|encoding|header_row|one_cell)" value="(.*?)"', page)
    )
    as_bob.post(f"/imports/{latest().pk}/dialect/", hidden)
    assert latest().state == Import.State.PREVIEW
    assert latest().totals.new == 1


def test_it_asks_how_letters_are_meant_that_can_be_read_in_several_ways(as_bob: Client) -> None:
    page = send(as_bob, "CustomerID;FirstName;Gender\n0;øx;2\n".encode("cp850")).content.decode()
    assert latest().state == Import.State.COLUMNS
    assert "«øx» som CP850 (MS-DOS)" in page
    answer = {"encoding": "cp850", "separator": ";", "header_row": "1", "go_on": "1"}
    as_bob.post(f"/imports/{latest().pk}/dialect/", answer, follow=True)
    assert latest().state == Import.State.PREVIEW
    assert imports.recipe(latest()).dialect.encoding == "cp850"
