"""Rows of a workbook that a filter has hidden: said on the preview, left out and taken in again with one click."""

from __future__ import annotations

from django.test import Client

from kundekort.store.models import Import
from tests.engine.reading.test_workbook import book, row
from tests.web.conftest import latest, send

HEADERS = ("CustomerID", "FirstName", "Gender", "Kode")
FILTERED = book(
    row(1, *HEADERS)
    + row(2, "0", "Kari", "2", "R1")
    + row(3, "0", "Ola", "1", "R2").replace("<row ", '<row hidden="1" ')
    + row(4, "0", "Siri", "2", "R3")
)
ANSWER = {"match": "id", "empty_cells": "overwrite", "date_order": ""}
COLUMNS = {"column-0": "id", "column-1": "first_name", "column-2": "gender", "column-3": "external_id"}


def new() -> int:
    totals = latest().totals
    assert totals is not None
    return totals.rows


def test_they_are_counted_left_out_and_taken_in_again(as_bob: Client) -> None:
    send(as_bob, FILTERED, name="kunder.xlsx")
    page = as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS, follow=True).content.decode()
    assert "1 rad vises ikke i et regneark" in page
    assert new() == 3
    address = f"/imports/{latest().pk}/hidden-rows/"
    page = as_bob.post(address, {"leave_out": "1"}, follow=True).content.decode()
    assert "1 rad er utelatt" in page
    assert new() == 2
    assert latest().answers.columns == ("id", "first_name", "gender", "external_id")  # said once, and kept
    as_bob.post(f"/imports/{latest().pk}/empty-cells/", {"empty_cells": "keep"})
    assert (new(), latest().state) == (2, Import.State.PREVIEW)  # planned again, still without it
    page = as_bob.post(address, follow=True).content.decode()
    assert "1 rad vises ikke i et regneark" in page
    assert new() == 3


def test_reading_again_keeps_what_was_said(as_bob: Client) -> None:
    send(as_bob, FILTERED, name="kunder.xlsx")
    page = as_bob.post(
        f"/imports/{latest().pk}/dialect/",
        {"sheet": "Ark1", "header_row": "1", "visible_only": "on"},
        follow=True,
    ).content.decode()
    assert 'name="visible_only" checked' in page
    as_bob.post(f"/imports/{latest().pk}/columns/", ANSWER | COLUMNS)
    assert new() == 2
