from __future__ import annotations

import io
import os

import pytest
from django.test import Client

from kundekort.services.uploading import LimitedUpload
from kundekort.store.models import Customer, Import
from tests.web.conftest import HEADER, latest, send


def test_it_leads_a_small_file_straight_to_its_preview(as_bob: Client) -> None:
    answer = send(as_bob, HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    assert answer.redirect_chain[-1][0] == f"/imports/{latest().pk}/"
    assert "Bekreft: opprette 1 kunde" in answer.content.decode()
    assert not Customer.objects.exists()


def test_it_leads_a_large_file_to_the_working_page(as_bob: Client) -> None:
    answer = send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 120_000)
    page = answer.content.decode()
    assert latest().state == Import.State.RECEIVED
    assert "<progress" in page
    assert f"/imports/{latest().pk}/progress/" in page


def test_it_asks_for_the_file_when_none_was_chosen(as_bob: Client) -> None:
    answer = as_bob.post("/imports/")
    assert "Velg en fil først" in answer.content.decode()
    assert not Import.objects.exists()


def test_it_says_why_an_empty_file_changes_nothing(as_bob: Client) -> None:
    page = send(as_bob, b"").content.decode()
    assert "0 Customers updated" in page
    assert latest().state == Import.State.REFUSED


def test_it_says_of_a_waiting_import_without_changes_that_there_are_none(as_bob: Client, three: list[int]) -> None:
    send(as_bob, HEADER + f"{three[0]};Kari;Nordmann;kari@example.com;2\n")
    page = as_bob.get("/imports/").content.decode()
    assert "Ingen endringer" in page
    assert "Venter på bekreftelse" not in page


def test_it_refuses_a_file_over_the_limit_without_keeping_it(as_bob: Client, settings: pytest.FixtureRequest) -> None:
    settings.KUNDEKORT_MAX_BYTES = 1000
    answer = send(as_bob, HEADER + "0;Kari;Nordmann;;2\n" * 10_000)
    assert 'role="alert"' in answer.content.decode()
    assert not Import.objects.exists()


def test_it_keeps_only_the_last_part_of_a_file_name(as_bob: Client) -> None:
    send(as_bob, HEADER + "0;Kari;Nordmann;;2\n", name="C:\\lists\\<b>november</b>.csv")
    assert "<b>november" not in as_bob.get("/imports/").content.decode()


def test_it_does_not_let_somebody_without_a_role_upload(as_charlie: Client) -> None:
    assert send(as_charlie, HEADER + "0;Kari;Nordmann;;2\n").status_code == 403
    assert not Import.objects.exists()


def test_a_file_that_is_being_uploaded_has_no_name_that_could_be_left_behind() -> None:
    upload = LimitedUpload()
    upload.handle_raw_input(io.BytesIO(), {}, 5, "")
    upload.new_file("file", "kunder.csv", "text/csv", 5)
    upload.receive_data_chunk(b"12345", 0)
    with upload.file_complete(5) as file:
        assert os.readlink(f"/proc/self/fd/{file.fileno()}").endswith("(deleted)")
        assert file.read() == b"12345"
