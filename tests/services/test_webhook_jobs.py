"""Webhooks by workers: told within moments, after whatever ends, and nobody waits for a receiver."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from kundekort.services import deliveries, webhook_events, webhooks
from kundekort.services.accounts import Actor
from kundekort.services.webhooks import Description
from kundekort.store.models import Delivery, Import, Webhook
from tests.receiver import Receiver, receiver
from tests.services.workers import Workers, ask, confirmed, silence, state
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_jobs")]
ONE = "CustomerID;FirstName;LastName;Gender\n0;Kari;Moe;2\n"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    from ipaddress import ip_network

    monkeypatch.setattr("django.conf.settings.KUNDEKORT_PRIVATE_NETWORKS", [ip_network("127.0.0.0/8")])
    monkeypatch.setenv("KUNDEKORT_PRIVATE_NETWORKS", "127.0.0.0/8")
    with receiver() as here:
        yield here


@pytest.fixture
def webhook(there: Receiver, alice: Actor) -> Webhook:
    return webhooks.add(Description("CRM", there.url, webhook_events.EVENTS), actor=alice).webhook


def kinds(there: Receiver) -> list[str]:
    return [json.loads(request.body)["type"] for request in there.requests]


def test_a_worker_tells_what_is_written_and_tries_again_what_was_not_taken(
    webhook: Webhook, there: Receiver, load: Callable[..., Import], worker: Workers
) -> None:
    there.answer = lambda request: 503 if len(there.requests) <= 2 else 200
    worker()
    load(ONE)
    until(lambda: len(there.requests) == 4)
    assert kinds(there) == ["import.confirmed"] * 3 + ["customers.created"]
    until(lambda: not Delivery.objects.filter(state="waiting").exists())


def test_nobody_waits_for_a_receiver_that_hangs(
    webhook: Webhook, there: Receiver, load: Callable[..., Import], bob: Actor, worker: Workers
) -> None:
    there.answer = lambda request: None
    load(ONE)
    worker()
    until(lambda: there.requests)
    imp = confirmed(6_000, bob)
    until(lambda: state(imp) == Import.State.DONE)
    assert not Delivery.objects.filter(state="delivered").exists()


def test_what_a_dead_worker_was_sending_is_sent_by_another(
    webhook: Webhook, there: Receiver, load: Callable[..., Import], worker: Workers
) -> None:
    there.answer = lambda request: None
    load(ONE)
    dead = worker()
    until(lambda: there.requests)
    dead.kill()
    dead.wait()
    silence()
    there.answer = lambda request: 200
    assert deliveries.due() == [webhook.pk]
    worker()
    until(lambda: len(there.requests) == 3)
    first, again, last = (request.headers["webhook-id"] for request in there.requests)
    assert first == again != last


def test_nothing_is_queued_where_nobody_wants_to_be_told(load: Callable[..., Import]) -> None:
    load(ONE)
    assert ask("SELECT task_name FROM procrastinate_jobs WHERE task_name = 'tell_webhooks'") == []
