"""Programs that use the API: Django's test client with a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from kundekort.services import tokens
from kundekort.services.accounts import Actor
from kundekort.services.tokens import Scope
from kundekort.store.models import Customer, Import

HEADER = "CustomerID;FirstName;LastName;Email;Gender\n"


@dataclass(frozen=True, slots=True)
class Program:
    """A program with a token; answers are those of Django's test client."""

    client: Client
    secret: str

    def get(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/{path}", data, headers=self._headers(headers))

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        return self.client.post(f"/api/{path}", **body, headers=self._headers(headers))

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        return (
            self.client.generic(method.upper(), f"/api/{path}", headers=self._headers(headers))
            if not body
            else (getattr(self.client, method)(f"/api/{path}", **body, headers=self._headers(headers)))
        )

    def upload(self, path: str, files: dict[str, Any], **headers: str) -> Any:
        return self.client.post(f"/api/{path}", files, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}", **{k.replace("_", "-"): v for k, v in more.items()}}


def program(actor: Actor, *scopes: str, days: int = 1) -> Program:
    """A program of somebody, with these scopes or with all that they can give."""
    assert actor.user is not None
    chosen = scopes or tokens.offered(actor.role)
    made = tokens.create(actor.user.pk, name="test", scopes=chosen, days=days, actor=actor)
    client = Client(raise_request_exception=True)
    return Program(client, made.secret)


@pytest.fixture
def bobs(bob: Actor) -> Program:
    """A program of Bob, an importer, that may all he may."""
    return program(bob)


@pytest.fixture
def alices(alice: Actor) -> Program:
    """A program of Alice, an administrator, that may all she may."""
    return program(alice)


@pytest.fixture
def three(load: Callable[..., Import]) -> list[int]:
    """Three customers in the register; their numbers."""
    load(HEADER + "0;Kari;Nordmann;kari@example.com;2\n0;Ola;Nordmann;ola@example.com;1\n0;Åse;Ås;ase@example.com;2\n")
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


__all__ = ["HEADER", "Program", "Scope", "program"]
