"""The pages of webhooks: made, tested, mended and switched off by administrators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from kundekort.services import deliveries, webhook_events
from kundekort.store.models import Delivery, Import, Webhook
from tests.receiver import Receiver, receiver
from tests.web.conftest import HEADER


def text(answer: HttpResponse) -> str:
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def there(settings: object) -> Iterator[Receiver]:
    from ipaddress import ip_network

    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]  # type: ignore[attr-defined]
    with receiver() as here:
        yield here


@pytest.fixture
def made(as_alice: Client, there: Receiver) -> Webhook:
    answer = as_alice.post(
        "/settings/webhooks/new/", {"name": "Nyhetsbrev", "url": there.url, "events": webhook_events.EVENTS}
    )
    assert re.search(r"whsec_[\w+/]{43}=", text(answer))
    assert "vises bare her og bare nå" in text(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    return Webhook.objects.get()


def act(client: Client, webhook: Webhook, **sent: str) -> str:
    return text(client.post(f"/settings/webhooks/{webhook.pk}/act/", sent, follow=True))


def test_a_webhook_is_made_shown_and_changed(made: Webhook, as_alice: Client, there: Receiver) -> None:
    assert "Nyhetsbrev" in text(as_alice.get("/settings/webhooks/"))
    page = text(as_alice.get(f"/settings/webhooks/{made.pk}/"))
    assert "Ingenting er sendt ennå" in page
    assert "whsec_" not in page
    sent = {"name": "CRM", "url": there.url, "events": ["import.confirmed"], "values": "1"}
    as_alice.post(f"/settings/webhooks/{made.pk}/", sent)
    made.refresh_from_db()
    assert (made.name, made.events, made.values) == ("CRM", ["import.confirmed"], True)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "Webhooken har ikke noe navn"),
        ({"events": []}, "Ingen hendelse er valgt"),
        ({"url": "https://10.0.0.1/"}, "Serveren er ikke offentlig"),
        ({"url": "tull"}, "Adressen kan ikke spørres"),
    ],
)
def test_what_is_wrong_is_told_beside_it(as_alice: Client, there: Receiver, sent: dict[str, str], words: str) -> None:
    good = {"name": "CRM", "url": there.url, "events": ["import.confirmed"]}
    page = text(as_alice.post("/settings/webhooks/new/", good | sent))
    assert "Webhooken ble ikke lagret" in page
    assert words in page
    assert not Webhook.objects.exists()


def test_it_is_tested_switched_off_given_a_secret_and_deleted(made: Webhook, as_alice: Client, there: Receiver) -> None:
    assert "Mottakeren tok imot prøven." in act(as_alice, made, act="test")
    there.answer = lambda request: 500
    page = act(as_alice, made, act="test")
    assert "Mottakeren tok ikke imot prøven. Den svarte med 500." in page
    assert "Slått av" in act(as_alice, made, act="off")
    assert not Webhook.objects.get().active
    act(as_alice, made, act="on")
    assert Webhook.objects.get().active
    assert "whsec_" in act(as_alice, made, act="secret")
    assert "Webhooken «Nyhetsbrev» ble slettet." in act(as_alice, made, act="delete")
    assert not Webhook.objects.exists()


def test_deliveries_are_shown_sent_again_and_left_out(
    made: Webhook, as_alice: Client, there: Receiver, load: Callable[..., Import]
) -> None:
    imp = load(HEADER + "0;Kari;Nordmann;kari@example.com;2\n")
    assert imp.revision_id
    there.answer = lambda request: 503
    deliveries.send(made.pk)
    page = text(as_alice.get(f"/settings/webhooks/{made.pk}/"))
    assert "Den svarte med 503." in page
    assert "Feiler siden" in page
    assert "kari@example.com" not in page
    stuck = Delivery.objects.get(attempts=1)
    left = as_alice.post(f"/settings/webhooks/deliveries/{stuck.pk}/", {"act": "skip"}, follow=True)
    assert "Utelatt" in text(left)
    there.answer = lambda request: 200
    deliveries.send(made.pk)
    as_alice.post(f"/settings/webhooks/deliveries/{stuck.pk}/", {"act": "replay"})
    deliveries.send(made.pk)
    assert there.requests[-1].headers["webhook-id"] == stuck.event_id
    assert "sendes på nytt" in act(as_alice, made, act="replay", revision=str(imp.revision_id))
    there.requests.clear()
    deliveries.send(made.pk)
    assert len(there.requests) == 2
    assert "Det finnes ingen slik revisjon" in act(as_alice, made, act="replay", revision="x")
    there.answer = lambda request: 500
    assert "Ikke" not in act(as_alice, made, act="hurry")
