from __future__ import annotations

from django.test import Client

from kundekort.store.models import Customer
from tests.web.conftest import HEADER, latest, send


def test_it_counts_every_row_in_a_box(as_bob: Client, three: list[int]) -> None:
    kari, ola, _ = three
    page = send(
        as_bob,
        HEADER
        + f"{kari};Kari;Nordmann;ny@example.com;2\n{ola};Ola;Nordmann;ola@example.com;1\n"
        + "0;Ny;Kunde;;1\n0;Feil;Kjønn;;7\n",
    ).content.decode()
    for box, count in (("all", 4), ("changed", 1), ("unchanged", 1), ("new", 1), ("errors", 1)):
        start = page.index(f'data-box="{box}"')
        assert f"<strong>{count}</strong>" in page[start : start + 400], box


def test_it_says_what_confirming_will_do(as_bob: Client, three: list[int]) -> None:
    page = send(as_bob, HEADER + f"{three[0]};Kari;Hansen;kari@example.com;2\n0;Ny;Kunde;;1\n").content.decode()
    assert "Bekreft: endre 1 og opprette 1 kunde" in page


def test_it_shows_no_box_for_errors_without_any(as_bob: Client) -> None:
    page = send(as_bob, HEADER + "0;Ny;Kunde;;1\n").content.decode()
    assert 'data-box="errors"' not in page
    assert 'name="leave_out"' not in page


def test_it_says_how_the_file_was_read(as_bob: Client) -> None:
    page = send(as_bob, (HEADER + "0;Åse;Ås;;2\n").encode("cp1252")).content.decode()
    assert "Windows-1252" in page
    assert "5 kolonner gjenkjent" in page


def test_it_tells_why_nothing_would_change(as_bob: Client, three: list[int]) -> None:
    page = send(as_bob, HEADER + f"{three[0]};Kari;Nordmann;kari@example.com;2\n").content.decode()
    assert "0 Customers updated" in page
    assert "Bekreft" not in page


def test_it_shows_the_rows_of_a_file_that_changes_nothing_when_asked(as_bob: Client, three: list[int]) -> None:
    send(as_bob, HEADER + f"{three[0]};Kari;Nordmann;kari@example.com;2\n")
    assert 'id="grid"' in as_bob.get(f"/imports/{latest().pk}/?rows=1").content.decode()


def test_it_escapes_what_the_file_says(as_bob: Client) -> None:
    text = "CustomerID;FirstName;LastName;Gender;</script><script>alert(1)</script>\n0;Kari;N;2;x\n"
    page = send(as_bob, text).content.decode()
    assert "<script>alert" not in page
    assert not Customer.objects.exists()


def test_it_names_a_field_that_the_file_has_no_column_for(as_bob: Client) -> None:
    send(as_bob, "CustomerID;FirstName\n0;Kari\n0;Ola\n")
    page = as_bob.get(f"/imports/{latest().pk}/?rows=1")
    assert "Kjønn: tom" in page.content.decode()
