"""What several tests of services share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kundekort.services import anonymising
from kundekort.store.models import Customer, Import
from tests.services.workers import Workers, forget_jobs

THREE = (
    "CustomerID;FirstName;LastName;Email;Gender;Tags;EmailConsent;ExternalID;InternalNote;DateOfBirth\n"
    "0;Åse;Berg;;0;a;1;;Ring først;1990-01-02\n"
    "0;Aase;Berg;ase@example.no;2;b;0;X7;;1990-01-02\n"
    "0;åse;berg;ASE@example.no;2;;;X8;Rullestol;1990-01-02\n"
)


@pytest.fixture(autouse=True)
def _anonymised_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much the tests before have left in the folder of their files; beyond some megabytes a job does it."""
    monkeypatch.setattr(anonymising, "INLINE_BYTES", 2**40)


@pytest.fixture
def three(load: Callable[..., Import]) -> list[int]:
    load(THREE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def no_jobs(transactional_db: None) -> None:
    """An empty queue."""
    forget_jobs()


@pytest.fixture
def worker() -> Iterator[Workers]:
    """Starts workers as processes of their own, and ends them."""
    workers = Workers()
    yield workers
    workers.end()
