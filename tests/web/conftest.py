"""Browsers of people without a browser: Django's test client, logged in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from kundekort.services.accounts import Actor
from kundekort.store.models import Import

HEADER = "CustomerID;FirstName;LastName;Email;Gender\n"


@pytest.fixture
def as_alice(client: Client, alice: Actor) -> Client:
    """The site as Alice, an administrator, sees it."""
    client.force_login(alice.user)
    return client


@pytest.fixture
def as_bob(client: Client, bob: Actor) -> Client:
    """The site as Bob, an importer, sees it."""
    client.force_login(bob.user)
    return client


@pytest.fixture
def as_charlie(client: Client, charlie: Actor) -> Client:
    """The site as Charlie, who has no role, sees it."""
    client.force_login(charlie.user)
    return client


@pytest.fixture
def three(load: Callable[..., Import]) -> list[int]:
    """Three customers in the register; their numbers."""
    from kundekort.store.models import Customer

    load(HEADER + "0;Kari;Nordmann;kari@example.com;2\n0;Ola;Nordmann;ola@example.com;1\n0;Åse;Ås;ase@example.com;2\n")
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def send(client: Client, text: str | bytes, *, name: str = "customers.csv") -> HttpResponse:
    """Upload a file as the form does; the answer after the redirects."""
    data = text.encode() if isinstance(text, str) else text
    return client.post("/imports/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def latest() -> Import:
    """The newest import."""
    return Import.objects.latest("pk")
