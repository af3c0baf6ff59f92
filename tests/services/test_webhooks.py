"""Webhooks: everything once and in order, signed, tried again, to those only who may be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kundekort.services import anonymising, audit_log, deliveries, editing, webhook_events, webhooks
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.services.audit_log import AuditFilter
from kundekort.services.refusals import DeliveryOver, Forbidden, NotFound, NotReached, WebhookInvalid
from kundekort.services.webhooks import Description, NewSecret
from kundekort.store.models import Customer, Delivery, Import, Revision, Webhook
from tests.receiver import Receiver, Request, receiver
from tests.taking_back import take_back

Load = Callable[..., Import]
ROOT = Path(__file__).parents[2]
HEADER = "CustomerID;FirstName;LastName;Gender;InternalNote\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    """Servers of this machine may be asked."""
    from ipaddress import ip_network

    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as here:
        yield here


@pytest.fixture
def made(there: Receiver, alice: Actor) -> NewSecret:
    """A webhook that wants all events, without values."""
    return webhooks.add(Description("Nyhetsbrev", there.url, webhook_events.EVENTS), actor=alice)


def said(there: Receiver) -> list[tuple[str, Any]]:
    """The types of what was sent, and the customers of each."""
    bodies = [json.loads(request.body) for request in there.requests]
    return [(body["type"], [c["id"] for c in body["data"].get("customers", [])]) for body in bodies]


def ids(there: Receiver) -> list[str]:
    return [request.headers["webhook-id"] for request in there.requests]


def at_once(webhook: Webhook) -> None:
    """Let the time come for the next attempt."""
    Webhook.objects.filter(pk=webhook.pk).update(retry_at=None)


def edit(customer: int, actor: Actor, **values: str) -> None:
    version = Customer.objects.get(pk=customer).version
    editing.edit(customer, version=version, values=values, actor=actor)


def test_it_is_told_of_each_act_once_and_in_order(made: NewSecret, there: Receiver, load: Load, bob: Actor) -> None:
    imp = load(HEADER + "0;Kari;Moe;2;\n0;Ola;Moe;1;\n")
    kari, ola = Customer.objects.order_by("pk").values_list("pk", flat=True)
    edit(kari, bob, city="Oslo")
    take_back(imp.revision, actor=bob)
    assert deliveries.due() == [made.webhook.pk]
    assert deliveries.send(made.webhook.pk) is None
    first, *rest = [json.loads(request.body) for request in there.requests]
    assert first["type"] == "import.confirmed"
    assert first["data"]["import_id"] == imp.pk
    assert first["data"]["counts"] == {"created": 2}
    assert [(body["type"], body["data"]["act"]) for body in rest] == [
        ("customers.created", "import"),
        ("customers.changed", "edit"),
        ("import.undone", "undo"),
        ("customers.removed", "undo"),
    ]
    assert [c["id"] for c in rest[0]["data"]["customers"]] == [kari, ola]
    assert rest[1]["data"]["customers"] == [{"id": kari, "version": 2, "fields": ["city"], "merged": []}]
    assert rest[2]["data"]["import_id"] == imp.pk
    assert rest[2]["data"]["by_import"] == Import.objects.latest("pk").pk
    assert len(set(ids(there))) == 5
    assert deliveries.due() == []


def test_a_receiver_that_fails_five_times_gets_everything_once_in_order(
    made: NewSecret, there: Receiver, load: Load, bob: Actor
) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    (kari,) = Customer.objects.values_list("pk", flat=True)
    for city in ("Oslo", "Moss", "Bodø"):
        edit(kari, bob, city=city)
    taken: list[str] = []

    def five_times_not(request: Request) -> int:
        if len(there.requests) <= 5:
            return 503
        taken.append(request.headers["webhook-id"])
        return 200

    there.answer = five_times_not
    rests = []
    while (rest := deliveries.send(made.webhook.pk)) is not None:
        rests.append(rest)
        assert deliveries.due() == []
        assert deliveries.send(made.webhook.pk) is None, "it is not asked again before its time"
        at_once(made.webhook)
    assert rests == [1, 2, 4, 8, 16]
    log = Delivery.objects.order_by("pk")
    assert taken == [delivery.event_id for delivery in log]
    assert len(set(taken)) == len(taken) == 5
    assert [(d.state, d.attempts, d.status) for d in log] == [("delivered", 6, 200)] + [("delivered", 1, 200)] * 4
    webhook = Webhook.objects.get()
    assert (webhook.failing_since, webhook.retry_at) == (None, None)


def test_every_attempt_is_signed_as_the_documents_say(made: NewSecret, there: Receiver, load: Load) -> None:
    (sample,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    known: dict[str, Any] = {}
    exec(sample, known)
    load(HEADER + "0;Kari;Moe;2;\n")
    deliveries.send(made.webhook.pk)
    assert len(there.requests) == 2
    for request in there.requests:
        assert known["is_ours"](made.secret, request.headers, request.body)
        assert not known["is_ours"](made.secret, request.headers, request.body + b" ")
        assert not known["is_ours"](made.secret, request.headers | {"webhook-timestamp": "1"}, request.body)
        other = "whsec_" + "QUJD" * 8
        assert not known["is_ours"](other, request.headers, request.body)
    assert made.secret not in Webhook.objects.get().secret


def test_new_values_are_told_to_who_asks_and_notes_never(there: Receiver, load: Load, alice: Actor, bob: Actor) -> None:
    made = webhooks.add(
        Description("CRM", there.url, ["customers.created", "customers.changed"], values=True), actor=alice
    )
    load(HEADER + "0;Kari;Moe;2;Ring først\n")
    (kari,) = Customer.objects.values_list("pk", flat=True)
    edit(kari, bob, city="Oslo", internal_note="Ring sist")
    deliveries.send(made.webhook.pk)
    created, changed = (json.loads(request.body)["data"]["customers"][0] for request in there.requests)
    assert created["values"] == {"first_name": "Kari", "last_name": "Moe", "gender": "2"}
    assert changed["fields"] == ["city", "internal_note"]
    assert changed["values"] == {"city": "Oslo"}
    assert b"Ring" not in b"".join(request.body for request in there.requests)


@pytest.mark.usefixtures("nothing_kept")
def test_nothing_of_who_was_anonymised_is_sent_any_more(there: Receiver, load: Load, alice: Actor, bob: Actor) -> None:
    made = webhooks.add(Description("CRM", there.url, webhook_events.EVENTS, values=True), actor=alice)
    load(HEADER + "0;Kari;Moe;2;\n")
    (kari,) = Customer.objects.values_list("pk", flat=True)
    edit(kari, bob, city="Kautokeino")
    there.answer = lambda request: 500
    deliveries.send(made.webhook.pk)
    anonymising.anonymise([kari], actor=alice)
    there.answer = lambda request: 200
    there.requests.clear()
    at_once(made.webhook)
    deliveries.send(made.webhook.pk)
    assert said(there)[-1] == ("customers.anonymised", [kari])
    assert not re.search("Kari|Moe|Kautokeino", str([request.body for request in there.requests]))
    assert not re.search("Kari|Moe|Kautokeino", str(list(Delivery.objects.values())))


def test_a_large_act_is_one_request_that_says_where_its_customers_are(
    made: NewSecret, there: Receiver, load: Load, bob: Actor
) -> None:
    from kundekort.services import change_feed

    count = webhook_events.LISTED + 1
    load(HEADER + "".join(f"0;Ny {n};Moe;1;\n" for n in range(count)))
    deliveries.send(made.webhook.pk)
    _, created = (json.loads(request.body)["data"] for request in there.requests)
    assert (created["count"], created["customers"]) == (count, None)
    after = re.fullmatch(r"/api/changes\?after=(.*)&type=created", created["changes"])
    assert after
    page = change_feed.page(change_feed.Cursor.of(after[1]), limit=1000, actor=bob)
    assert [entry.type.value for entry in page.entries] == ["created"] * count


def test_it_is_told_only_of_what_it_asked_for_and_of_what_comes(
    there: Receiver, load: Load, alice: Actor, bob: Actor
) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    made = webhooks.add(Description("CRM", there.url, ["customers.changed"]), actor=alice)
    load(HEADER + "0;Ola;Moe;1;\n")
    kari = Customer.objects.order_by("pk").first()
    assert kari
    edit(kari.pk, bob, city="Oslo")
    deliveries.send(made.webhook.pk)
    assert said(there) == [("customers.changed", [kari.pk])]


@pytest.mark.parametrize(
    ("answer", "fault"), [(302, "redirect"), (404, "status"), (None, "timeout"), (200, "too_large")]
)
def test_what_goes_wrong_is_known_and_nothing_of_an_answer_kept(
    made: NewSecret, there: Receiver, load: Load, monkeypatch: pytest.MonkeyPatch, answer: int | None, fault: str
) -> None:
    monkeypatch.setattr(deliveries, "SECONDS", 0.5 if answer is None else 60)
    there.answer = lambda request: answer
    there.headers = {"Location": "/elsewhere"}
    there.said = b"x" * (deliveries.ANSWER + 1 if answer == 200 else 10)
    load(HEADER + "0;Kari;Moe;2;\n")
    assert deliveries.send(made.webhook.pk) == 1
    (delivery,) = Delivery.objects.filter(attempts__gt=0)
    assert (delivery.state, delivery.fault) == ("waiting", fault)
    assert delivery.status == (None if fault in ("timeout", "too_large") else answer)
    assert {request.path for request in there.requests} == {"/hook"}
    assert "xx" not in str(list(Delivery.objects.values()))


def test_a_receiver_that_is_away_or_gone_is_told_no_more(
    made: NewSecret, there: Receiver, load: Load, alice: Actor
) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    there.answer = lambda request: 500
    deliveries.send(made.webhook.pk)
    long_ago = timezone.now() - deliveries.GIVE_UP - timedelta(hours=1)
    Webhook.objects.update(failing_since=long_ago, retry_at=None)
    assert deliveries.send(made.webhook.pk) is None
    assert (Webhook.objects.get().active, Webhook.objects.get().notice) == (False, "failing")
    assert deliveries.due() == []
    there.answer = lambda request: 410
    webhooks.switch(made.webhook.pk, on=True, actor=alice)
    assert deliveries.send(made.webhook.pk) is None
    assert (Webhook.objects.get().active, Webhook.objects.get().notice) == (False, "gone")
    there.answer = lambda request: 200
    webhooks.switch(made.webhook.pk, on=True, actor=alice)
    there.requests.clear()
    deliveries.send(made.webhook.pk)
    assert [kind for kind, _ in said(there)] == ["import.confirmed", "customers.created"]
    told = audit_log.page(AuditFilter(event=Event.WEBHOOK_CHANGE), limit=10, actor=alice).entries
    acts = ["resumed", "switched_off", "resumed", "switched_off", "added"]
    assert [entry.params["act"] for entry in told] == acts


def test_events_are_sent_again_one_or_all_from_a_revision_on(
    made: NewSecret, there: Receiver, load: Load, alice: Actor, bob: Actor
) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    (kari,) = Customer.objects.values_list("pk", flat=True)
    edit(kari, bob, city="Oslo")
    deliveries.send(made.webhook.pk)
    first = ids(there)
    delivery = Delivery.objects.get(type="customers.created")
    there.requests.clear()
    webhooks.replay(delivery.pk, actor=alice)
    deliveries.send(made.webhook.pk)
    assert ids(there) == [delivery.event_id]
    there.requests.clear()
    start = Revision.objects.order_by("pk").first()
    assert start
    webhooks.replay_from(made.webhook.pk, start.pk, actor=alice)
    deliveries.send(made.webhook.pk)
    assert ids(there) == first
    with pytest.raises(NotFound):
        webhooks.replay_from(made.webhook.pk, 10**9, actor=alice)


def test_one_that_is_never_taken_can_be_left_out(made: NewSecret, there: Receiver, load: Load, alice: Actor) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    there.answer = lambda request: 400 if b"import.confirmed" in request.body else 200
    assert deliveries.send(made.webhook.pk) == 1
    stuck = Delivery.objects.get(attempts=1)
    webhooks.skip(stuck.pk, actor=alice)
    assert deliveries.send(made.webhook.pk) is None
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["skipped", "delivered"]
    with pytest.raises(DeliveryOver):
        webhooks.skip(stuck.pk, actor=alice)


def test_a_test_goes_past_what_waits(made: NewSecret, there: Receiver, load: Load, alice: Actor) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    assert deliveries.test(made.webhook.pk, actor=alice).state == "delivered"
    there.answer = lambda request: 500
    failed = deliveries.test(made.webhook.pk, actor=alice)
    assert (failed.state, failed.status) == ("failed", 500)
    there.answer = lambda request: 200
    deliveries.send(made.webhook.pk)
    kinds = [json.loads(request.body)["type"] for request in there.requests]
    assert kinds == ["test", "test", "import.confirmed", "customers.created"]


def test_a_new_secret_signs_from_now_on(made: NewSecret, there: Receiver, alice: Actor) -> None:
    renewed = webhooks.renew_secret(made.webhook.pk, actor=alice)
    assert renewed.secret != made.secret
    deliveries.test(made.webhook.pk, actor=alice)
    (request,) = there.requests
    headers = request.headers
    event, when = headers["webhook-id"], int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == deliveries.signature(renewed.secret, event, when, request.body)


def test_a_secret_of_another_installation_is_a_fault_and_not_a_crash(
    made: NewSecret, there: Receiver, load: Load, settings: Any
) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    settings.SECRET_KEY = "another key of another installation"
    assert deliveries.send(made.webhook.pk) == 1
    assert Delivery.objects.get(attempts=1).fault == "secret_unreadable"
    assert there.requests == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://10.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:169.254.169.254]/", "private"),
        ("https://[64:ff9b::10.0.0.1]/", "private"),
        ("https://224.0.0.1/", "private"),
        ("https://0/", "private"),
        ("http://8.8.8.8/", "plain"),
        ("https://kari:ord@8.8.8.8/", "address"),
        ("ftp://8.8.8.8/", "address"),
        ("https:///x", "address"),
        ("https://8.8.8.8:99999/", "address"),
        ("https://8.8.8.8/ x", "address"),
        ("https://no.such.host.invalid/", "unknown_host"),
    ],
)
def test_only_servers_that_may_be_asked_are_asked(alice: Actor, url: str, reason: str) -> None:
    with pytest.raises(NotReached) as refused:
        webhooks.add(Description("X", url, ["test", "customers.created"]), actor=alice)
    assert refused.value.params["reason"] == reason
    assert not Webhook.objects.exists()


def test_a_server_that_moves_into_a_private_network_is_not_asked_any_more(
    made: NewSecret, there: Receiver, load: Load, settings: Any
) -> None:
    load(HEADER + "0;Kari;Moe;2;\n")
    settings.KUNDEKORT_PRIVATE_NETWORKS = []
    deliveries.send(made.webhook.pk)
    assert there.requests == []
    assert Delivery.objects.get(attempts=1).fault == "private"


def test_it_refuses_what_cannot_be(made: NewSecret, there: Receiver, alice: Actor, bob: Actor) -> None:
    for said_, reason in (
        (Description(" ", there.url, ["customers.created"]), "name_missing"),
        (Description("nyhetsbrev", there.url, ["customers.created"]), "name_taken"),
        (Description("Ny", there.url, ["customers.eaten"]), "events_missing"),
    ):
        with pytest.raises(WebhookInvalid) as refused:
            webhooks.add(said_, actor=alice)
        assert refused.value.params["reason"] == reason
    with pytest.raises(Forbidden):
        webhooks.list_all(actor=bob)
    with pytest.raises(NotFound):
        webhooks.get(10**9, actor=alice)
    changed = webhooks.change(made.webhook.pk, Description("Nyhetsbrev", there.url, ["import.confirmed"]), actor=alice)
    assert changed.events == ["import.confirmed"]
    webhooks.remove(made.webhook.pk, actor=alice)
    assert not Webhook.objects.exists()
