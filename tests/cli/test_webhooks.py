"""`kundekort webhooks`: receivers of changes, listed, added, tested, told again and switched off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import deliveries
from kundekort.store.models import Delivery, Import, Webhook
from tests.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["webhooks", *arguments])


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiver() as here:
        yield here


@pytest.fixture
def made(there: Receiver) -> Webhook:
    added = run("add", "CRM", there.url)
    assert added.stdout.startswith("whsec_"), added.stderr
    return Webhook.objects.get()


def test_it_adds_lists_tests_and_switches(made: Webhook, there: Receiver) -> None:
    assert run().stdout == f"on        CRM  {there.url}\n"
    (told,) = json.loads(run("--json").stdout)
    assert (told["name"], told["state"], told["values"]) == ("CRM", "on", False)
    assert run("test", "crm").exit_code == 0
    there.answer = lambda request: 500
    failed = run("test", "CRM")
    assert (failed.exit_code, failed.stdout.split()[-1]) == (1, "500")
    run("off", "CRM")
    assert run().stdout.startswith("off ")
    run("on", "CRM")
    assert run().stdout.startswith("on ")


def test_it_tells_how_deliveries_went_and_sends_them_again(
    made: Webhook, there: Receiver, load: Callable[..., Import]
) -> None:
    imp = load("CustomerID;FirstName;Gender\n0;Kari;2\n")
    there.answer = lambda request: 400
    deliveries.send(made.pk)
    stuck = Delivery.objects.get(attempts=1)
    assert run("skip", str(stuck.pk)).exit_code == 0
    assert run("skip", str(stuck.pk)).exit_code == 2
    there.answer = lambda request: 200
    deliveries.send(made.pk)
    told = json.loads(run("log", "CRM", "--json").stdout)
    assert [(one["type"], one["state"], one["status"]) for one in told] == [
        ("customers.created", "delivered", 200),
        ("import.confirmed", "skipped", 400),
    ]
    assert len(run("log", "CRM", "--limit", "1").stdout.splitlines()) == 1
    assert run("replay", "CRM", "--delivery", str(stuck.pk)).exit_code == 0
    deliveries.send(made.pk)
    assert run("replay", "CRM", "--from", str(imp.revision_id)).exit_code == 0
    deliveries.send(made.pk)
    assert len(there.requests) == 5


@pytest.mark.parametrize(
    "arguments",
    [("add", "X", "https://10.0.0.1/"), ("test", "Y"), ("replay", "CRM"), ("replay", "CRM", "--from", "9999999")],
)
def test_it_refuses_what_cannot_be(made: Webhook, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
