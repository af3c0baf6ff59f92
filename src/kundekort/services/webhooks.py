"""Webhooks: who is told of which events, as administrators say it. The telling is done by `services.deliveries`."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, Subquery

from kundekort.services import audit, change_feed, encryption, http_client, webhook_events, webhook_queue
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import DeliveryOver, NotFound, WebhookInvalid
from kundekort.store.models import Delivery, Revision, Webhook

LONGEST_NAME: Final = 100
SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
"""What a secret begins with, as Standard Webhooks has it; the rest are its bytes in base64."""


@dataclass(frozen=True, slots=True)
class Description:
    """What an administrator says of a webhook; `values`: with the new values of customers."""

    name: str
    url: str
    events: Collection[str]
    values: bool = False


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook and its secret, which can be shown this once."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some deliveries, the newest first, and whether there are older ones."""

    deliveries: tuple[Delivery, ...]
    older: bool


def list_all(*, actor: Actor) -> list[Webhook]:
    """All webhooks by name."""
    actor.require(Role.ADMINISTRATOR)
    return list(Webhook.objects.order_by("name"))


def get(webhook_id: int, *, actor: Actor) -> Webhook:
    """A webhook by its number. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    found = Webhook.objects.filter(pk=webhook_id).first()
    if found is None:
        raise NotFound(id=webhook_id)
    return found


def find(name: str, *, actor: Actor) -> Webhook:
    """A webhook by its name, however its letters are written. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    found = Webhook.objects.filter(name__iexact=name).order_by("pk").first()
    if found is None:
        raise NotFound(id=name)
    return found


@transaction.atomic
def add(said: Description, *, actor: Actor) -> NewSecret:
    """A new webhook, which is told of what happens from now on. Raises WebhookInvalid, NotReached."""
    actor.require(Role.ADMINISTRATOR)
    fields = _checked(said)
    secret = _new_secret()
    position = change_feed.end().position
    about = {"created_by": actor.user, "actor_name": actor.name, "position": position}
    webhook = Webhook.objects.create(**fields, **about, secret=encryption.encrypt(secret))
    _record(webhook, "added", actor)
    return NewSecret(webhook, secret)


@transaction.atomic
def change(webhook_id: int, said: Description, *, actor: Actor) -> Webhook:
    """Say something else of a webhook; what waits is sent as it is said now. Raises WebhookInvalid, NotReached."""
    webhook = get(webhook_id, actor=actor)
    Webhook.objects.filter(pk=webhook_id).update(**_checked(said, but=webhook), retry_at=None)
    webhook.refresh_from_db()
    _record(webhook, "changed", actor)
    webhook_queue.wake()
    return webhook


@transaction.atomic
def remove(webhook_id: int, *, actor: Actor) -> None:
    """Forget a webhook and what it was told. Raises NotFound."""
    webhook = get(webhook_id, actor=actor)
    _record(webhook, "deleted", actor)
    webhook.delete()


@transaction.atomic
def renew_secret(webhook_id: int, *, actor: Actor) -> NewSecret:
    """Give a webhook another secret; from now on nothing is signed with the old one. Raises NotFound."""
    webhook, secret = get(webhook_id, actor=actor), _new_secret()
    Webhook.objects.filter(pk=webhook_id).update(secret=encryption.encrypt(secret), retry_at=None)
    _record(webhook, "new_secret", actor)
    webhook_queue.wake()
    return NewSecret(webhook, secret)


@transaction.atomic
def switch(webhook_id: int, *, on: bool, actor: Actor) -> Webhook:
    """Have a webhook told of changes again, from where it was, or not for a while. Raises NotFound."""
    webhook = get(webhook_id, actor=actor)
    if webhook.active != on:
        Webhook.objects.filter(pk=webhook_id).update(active=on, notice="", failing_since=None, retry_at=None)
        _record(webhook, "resumed" if on else "paused", actor)
        webhook_queue.wake()
        webhook.refresh_from_db()
    return webhook


def hurry(webhook_id: int, *, actor: Actor) -> None:
    """Try at once what failed, rather than after a while. Raises NotFound."""
    get(webhook_id, actor=actor)
    Webhook.objects.filter(pk=webhook_id).update(retry_at=None)
    webhook_queue.wake()


def log(webhook_id: int, *, before: int | None = None, limit: int = 50, actor: Actor) -> DeliveryPage:
    """The deliveries of a webhook, the newest first, or those before one, with their `revision_id`. Raises NotFound."""
    number = Revision.objects.filter(position=OuterRef("position"), position__gt=0).values("pk")
    found = Delivery.objects.filter(webhook=get(webhook_id, actor=actor)).order_by("-pk")
    found = found.annotate(revision_id=Subquery(number))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    return DeliveryPage(tuple(rows[:limit]), older=len(rows) > limit)


@transaction.atomic
def replay(delivery_id: int, *, actor: Actor) -> Delivery:
    """Send an event once more, after all that waits. Raises NotFound."""
    delivery = get_delivery(delivery_id, actor=actor)
    if delivery.position is None:
        raise NotFound(id=delivery_id)
    again = Delivery.objects.create(
        webhook=delivery.webhook, event_id=delivery.event_id, type=delivery.type, position=delivery.position
    )
    _record(delivery.webhook, "replayed", actor)
    webhook_queue.wake()
    return again


@transaction.atomic
def replay_from(webhook_id: int, revision_id: int, *, actor: Actor) -> None:
    """Tell a webhook everything again from a revision on, in order, and what came after. Raises NotFound."""
    webhook = get(webhook_id, actor=actor)
    change_feed.end()  # so that it has a position
    position = Revision.objects.filter(pk=revision_id, position__gt=0).values_list("position", flat=True).first()
    if position is None:
        raise NotFound(id=revision_id)
    webhook = Webhook.objects.select_for_update().get(pk=webhook_id)
    Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING).delete()
    Webhook.objects.filter(pk=webhook_id).update(position=min(webhook.position, position - 1), retry_at=None)
    _record(webhook, "replayed", actor)
    webhook_queue.wake()


@transaction.atomic
def skip(delivery_id: int, *, actor: Actor) -> None:
    """Leave out an event that waits, so that those after it can be sent. Raises NotFound, DeliveryOver."""
    delivery = get_delivery(delivery_id, actor=actor)
    waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING)
    if not waiting.update(state=Delivery.State.SKIPPED):
        raise DeliveryOver(id=delivery_id)
    Webhook.objects.filter(pk=delivery.webhook_id).update(retry_at=None)
    _record(delivery.webhook, "skipped", actor)
    webhook_queue.wake()


def get_delivery(delivery_id: int, *, actor: Actor) -> Delivery:
    """A delivery by its number, with its webhook. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    found = Delivery.objects.filter(pk=delivery_id).select_related("webhook").first()
    if found is None:
        raise NotFound(id=delivery_id)
    return found


def _checked(said: Description, *, but: Webhook | None = None) -> dict[str, Any]:
    """The fields of a webhook as described. Raises WebhookInvalid, NotReached."""
    name, url = " ".join(said.name.split()), said.url.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise WebhookInvalid(reason="name_missing")
    others = Webhook.objects.filter(name__iexact=name)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise WebhookInvalid(reason="name_taken", name=name)
    events = webhook_events.known(said.events)
    if not events:
        raise WebhookInvalid(reason="events_missing")
    http_client.checked(url)
    return {"name": name, "url": url, "events": events, "values": said.values}


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _record(webhook: Webhook, act: str, actor: Actor) -> None:
    audit.record(Event.WEBHOOK_CHANGE, actor=actor, name=webhook.name, act=act)
