"""A file is tried on a page: what it is by itself, of which nothing is kept."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kundekort.services import inspecting
from kundekort.store import packages
from kundekort.store.models import AuditEntry, Import

FILE = "CustomerID;Email;Ukjent;City\n7;ikke en adresse;x;NULL\n8;b@example.no;;Oslo\n"


def tried(client: Client, text: str = FILE) -> str:
    file = SimpleUploadedFile("liste.csv", text.encode())
    return client.post(reverse("import-inspect"), {"file": file}).content.decode()


def test_it_tells_what_a_file_is_and_keeps_nothing(as_bob: Client) -> None:
    before = packages.contents().imports, AuditEntry.objects.count()
    page = tried(as_bob)
    for words in ("liste.csv", "UTF-8", "Ukjent", "ikke en adresse", "NULL", "E-post"):
        assert words in page
    assert Import.objects.count() == 0
    assert (packages.contents().imports, AuditEntry.objects.count()) == before


def test_it_says_why_a_file_cannot_be_imported(as_bob: Client) -> None:
    assert "kk-note-error" in tried(as_bob, "a;b\n1;2\n")
    assert "kk-note-success" in tried(as_bob, "CustomerID;City\n7;Oslo\n")


def test_it_says_that_a_file_is_to_be_chosen(as_bob: Client) -> None:
    assert "kk-note-error" in as_bob.post(reverse("import-inspect")).content.decode()


def test_it_looks_at_no_file_that_somebody_would_wait_long_for(as_bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "LARGEST", 10)
    page = tried(as_bob)
    assert "Ukjent" not in page


def test_the_import_page_leads_there(as_bob: Client) -> None:
    assert reverse("import-inspect") in as_bob.get(reverse("imports")).content.decode()
