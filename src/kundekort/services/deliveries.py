"""Telling receivers of events: each in order, one after the other, until it is taken; what was taken is not told again.

What there is to tell is found in the log, from the position up to which a receiver has been told. A delivery is sent
within the transaction in which it is written down how it went, by one sender for each receiver: who dies in between
has it sent once more, under the same name, by which receivers know it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from kundekort import wording
from kundekort.services import audit, change_feed, encryption, http_client, webhook_events, webhooks
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import NotReached, SecretUnreadable
from kundekort.store.models import Delivery, Revision, Webhook

logger = logging.getLogger(__name__)

SECONDS: Final = 10
"""How long a receiver may take to answer."""
ANSWER: Final = 2**16
"""Bytes of an answer that are read at most; nothing of them is kept."""
AT_ONCE: Final = 30
"""Seconds after which a sender lets others come first."""
FIRST_REST: Final = 1
"""Seconds before the second attempt; before each next twice as many."""
LONGEST_REST: Final = 3600
GIVE_UP: Final = timedelta(days=5)
"""How long a receiver may fail until it is not told any more."""
KEPT: Final = timedelta(days=30)
"""How long it is known how a delivery went."""
REVISIONS: Final = 50
"""Revisions that are looked through at a time for what there is to tell."""
_LOCK: Final = 0x7765_6268  # "webh"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How an attempt went: the status of an answer, or the code of what went wrong."""

    taken: bool
    status: int | None = None
    fault: str = ""
    milliseconds: int | None = None


def due() -> list[int]:
    """The numbers of the webhooks for which there may be something to send now."""
    last = change_feed.end().position
    waiting = Delivery.objects.filter(webhook=OuterRef("pk"), state=Delivery.State.WAITING)
    ready = Webhook.objects.filter(Q(retry_at=None) | Q(retry_at__lte=timezone.now()), active=True)
    return list(ready.filter(Q(position__lt=last) | Exists(waiting)).order_by("pk").values_list("pk", flat=True))


def send(webhook_id: int) -> float | None:
    """Send a receiver what waits for it, in order; the seconds after which to go on, None where nothing is left to do.

    Nothing either where somebody else is sending to it.
    """
    until = time.monotonic() + AT_ONCE
    while time.monotonic() < until:
        rest = _send_next(webhook_id)
        if rest != 0:
            return rest
    return 0


def test(webhook_id: int, *, actor: Actor) -> Delivery:
    """Send a receiver a test at once, beside all that waits, and tell how it went. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    webhook = webhooks.get(webhook_id, actor=actor)
    event = f"evt_test_{webhook.pk}_{int(timezone.now().timestamp() * 1000)}"
    outcome = _post(webhook, event, webhook_events.test_body(event))
    audit.record(Event.WEBHOOK_CHANGE, actor=actor, name=webhook.name, act="tested")
    state = Delivery.State.DELIVERED if outcome.taken else Delivery.State.FAILED
    return Delivery.objects.create(
        webhook=webhook, event_id=event, type=webhook_events.TEST, state=state, **_noted(outcome, attempts=1)
    )


def signature(secret: str, event: str, timestamp: int, body: bytes) -> str:
    """The signature of a body as Standard Webhooks has it: HMAC-SHA256 of name, time (seconds) and body."""
    key = base64.b64decode(secret.removeprefix(webhooks.PREFIX))
    signed = f"{event}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def forget_old() -> None:
    """Forget how deliveries went that are long past."""
    Delivery.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(state=Delivery.State.WAITING).delete()


def _send_next(webhook_id: int) -> float | None:
    """Send the next delivery: 0 when there may be more, the seconds until the next attempt, None for nothing to do."""
    change_feed.end()  # beforehand, so that nobody who reads the feed has to wait for a receiver
    with transaction.atomic():
        webhook = _claimed(webhook_id)
        if webhook is None:
            return None
        delivery = _first(webhook)
        if delivery is None:
            return None
        revision = Revision.objects.select_related("source").get(position=delivery.position)
        body = webhook_events.body(revision, delivery.type, values=webhook.values)
        outcome = _post(webhook, delivery.event_id, body)
        delivery.attempts += 1
        noted = _noted(outcome, attempts=delivery.attempts)
        state = Delivery.State.DELIVERED if outcome.taken else Delivery.State.WAITING
        Delivery.objects.filter(pk=delivery.pk).update(state=state, **noted)
        if outcome.taken:
            Webhook.objects.filter(pk=webhook_id).update(failing_since=None, retry_at=None)
            return 0
        return _failed(webhook, delivery, outcome)


def _claimed(webhook_id: int) -> Webhook | None:
    """A webhook that can be told something now, by nobody else until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, webhook_id])
        (ours,) = cursor.fetchone()
    webhook = Webhook.objects.filter(pk=webhook_id, active=True).first() if ours else None
    return None if webhook is None or (webhook.retry_at and webhook.retry_at > timezone.now()) else webhook


def _first(webhook: Webhook) -> Delivery | None:
    """The delivery that comes next; where none waits, those of the next revisions that are to be told."""
    waiting = Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING).order_by("pk")
    if (first := waiting.first()) is not None:
        return first
    while True:
        following = Revision.objects.filter(position__gt=webhook.position).order_by("position")
        revisions = list(following.select_related("undoes", "source")[:REVISIONS])
        if not revisions:
            return None
        events = webhook_events.of(revisions)
        webhook.position = revisions[-1].position or 0
        Webhook.objects.filter(pk=webhook.pk).update(position=webhook.position)
        Delivery.objects.bulk_create(
            Delivery(
                webhook=webhook,
                event_id=webhook_events.event_id(revision, kind),
                type=kind,
                position=revision.position,
            )
            for revision in revisions
            for kind in events[revision.pk]
            if kind in webhook.events
        )
        if (first := waiting.first()) is not None:
            return first


def _post(webhook: Webhook, event: str, said: dict[str, Any]) -> _Outcome:
    """Ask a receiver to take an event, once."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    now = int(time.time())
    try:
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(encryption.decrypt(webhook.secret), event, now, body),
        }
        answer = http_client.ask("POST", webhook.url, headers=headers, body=body, seconds=SECONDS, limit=ANSWER)
    except NotReached as refusal:
        return _Outcome(False, fault=refusal.params["reason"])
    except SecretUnreadable as refusal:
        return _Outcome(False, fault=refusal.code)
    fault = "" if 200 <= answer.status < 300 else "redirect" if 300 <= answer.status < 400 else "status"
    return _Outcome(not fault, status=answer.status, fault=fault, milliseconds=answer.milliseconds)


def _noted(outcome: _Outcome, *, attempts: int) -> dict[str, Any]:
    return {
        "attempts": attempts,
        "status": outcome.status,
        "fault": outcome.fault,
        "milliseconds": outcome.milliseconds,
        "attempted_at": timezone.now(),
    }


def _failed(webhook: Webhook, delivery: Delivery, outcome: _Outcome) -> float | None:
    """What follows from an attempt that failed: the seconds until the next, None where there is none."""
    now = timezone.now()
    since = webhook.failing_since or now
    gone = outcome.status == 410
    if gone or now - since > GIVE_UP:
        _switch_off(webhook, "gone" if gone else "failing")
        return None
    rest = min(LONGEST_REST, FIRST_REST * 2 ** min(delivery.attempts - 1, 20))
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=since, retry_at=now + timedelta(seconds=rest))
    logger.info("Webhook %s: %s was not taken (%s), attempt %s.", webhook.pk, delivery.pk, outcome, delivery.attempts)
    return float(max(rest, 0.1))


def _switch_off(webhook: Webhook, notice: str) -> None:
    """Tell a receiver no more, and its maker that it is so."""
    logger.warning("Webhook %s is switched off: %s.", webhook.pk, notice)
    Webhook.objects.filter(pk=webhook.pk).update(active=False, notice=notice, retry_at=None)
    system = Actor.system("worker")
    audit.record(Event.WEBHOOK_CHANGE, actor=system, name=webhook.name, act="switched_off")
    maker = webhook.created_by
    if maker and maker.is_active and maker.email and settings.KUNDEKORT_MAIL:
        with translation.override(settings.LANGUAGE_CODE):
            words = {"name": webhook.name, "url": webhook.url, "why": wording.webhook_notice(notice, days=GIVE_UP.days)}
            subject, body = (str(wording.WEBHOOK_MAIL[part]) % words for part in ("subject", "body"))
        transaction.on_commit(lambda: send_mail(subject, body, None, [maker.email]), robust=True)
