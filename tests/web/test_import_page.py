from __future__ import annotations

import io

from django.test import Client

from kundekort.engine import mapping
from kundekort.engine.reading import reader
from kundekort.store.fields import SCHEMA
from tests.web.conftest import HEADER, send


def test_it_shows_the_layout_with_two_customers(as_bob: Client) -> None:
    page = as_bob.get("/imports/").content.decode()
    for header in ("CustomerID", "FirstName", "ZipCode", "EmailConsent", "ExternalID"):
        assert f">{header}</th>" in page
    assert page.count("<tr><td>") == 2


def test_it_says_what_to_do_before_the_first_import(as_bob: Client) -> None:
    assert "Ingen importer ennå" in as_bob.get("/imports/").content.decode()


def test_it_lists_what_was_imported_by_whom(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n", name="november.csv")
    page = as_bob.get("/imports/").content.decode()
    assert "november.csv" in page
    assert "bob" in page


def test_it_gives_a_template_that_it_can_read_itself(as_bob: Client) -> None:
    answer = as_bob.get("/imports/template.csv")
    assert answer["Content-Disposition"].startswith("attachment")
    table = reader.read(answer.content, known=mapping.header_test(SCHEMA))
    assert all(column.field for column in mapping.match_headers(table.headers, SCHEMA))
    assert "Bekreft: opprette 2 kunder" in send(as_bob, io.BytesIO(answer.content).read()).content.decode()
