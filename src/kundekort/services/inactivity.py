"""Customers with whom nothing has happened for long: proposed for anonymising, and anonymised when a person says so.

Nobody is ever anonymised by itself. Who shall stay all the same is held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from psycopg.sql import Composed

from kundekort.bulk import inactivity as bulk
from kundekort.bulk import register
from kundekort.engine.schema import Kind
from kundekort.services import anonymising, customers, fields, settings
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.services.refusals import NotFound, ProposalMoved, RetentionOff
from kundekort.store.models import Anonymisation, Customer, RetentionHold


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who would be anonymised: how many, and a `digest` that no others have.

    Nothing has happened with them since the day `before`. Of some there is the card, as canonical text by field key,
    and when it was changed last.
    """

    total: int
    digest: str
    before: date
    rows: tuple[tuple[Mapping[str, str | int], datetime], ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """A customer who stays however long nothing happens; the names on the card, who said so, and when."""

    card: Mapping[str, str | int]
    who: str
    when: datetime


def proposal(*, offset: int = 0, limit: int = 50, actor: Actor) -> Proposal:
    """Who would be anonymised by the rule that is set. Raises RetentionOff."""
    actor.require(Role.ADMINISTRATOR)
    before, where = _rule()
    with transaction.atomic():
        conn = psycopg_connection()
        every = bulk.ids(conn, where)
        _, ids = register.count_and_some(conn, where, [], offset=offset, limit=limit, order=("changed_at", "id"))
        cards = customers.cards(ids)
        changed = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "changed_at"))
    rows = tuple((cards[i], changed[i]) for i in ids if i in cards)
    return Proposal(total=len(every), digest=_digest(every), before=before, rows=rows)


def anonymise(*, digest: str, actor: Actor) -> Anonymisation:
    """Anonymise all who were proposed. Raises RetentionOff, and ProposalMoved when they are others by now."""
    return anonymising.anonymise(confirmed(digest=digest, actor=actor), actor=actor, by_rule=True)


def confirmed(*, digest: str, actor: Actor) -> list[int]:
    """The numbers of all who were proposed. Raises RetentionOff, and ProposalMoved when they are others by now."""
    actor.require(Role.ADMINISTRATOR)
    _, where = _rule()
    with transaction.atomic():
        ids = bulk.ids(psycopg_connection(), where)
    if not ids or _digest(ids) != digest:
        raise ProposalMoved
    return ids


def hold(customer_id: int, *, actor: Actor) -> None:
    """Have a customer stay, however long nothing happens. Raises NotFound, CardMerged, CardRemoved, CardAnonymised."""
    actor.require(Role.ADMINISTRATOR)
    customers.card(customer_id, actor=actor)
    RetentionHold.objects.get_or_create(pk=customer_id, defaults={"created_by": actor.user, "actor_name": actor.name})


def release(customer_id: int, *, actor: Actor) -> None:
    """Have a customer be proposed as any other. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    if not RetentionHold.objects.filter(pk=customer_id).delete()[0]:
        raise NotFound(id=customer_id)


def holds(*, actor: Actor, limit: int = 200) -> list[Hold]:
    """The customers who stay, those last said first."""
    actor.require(Role.ADMINISTRATOR)
    found = list(RetentionHold.objects.order_by("-created_at", "-pk")[:limit])
    cards = customers.cards([one.pk for one in found])
    return [Hold(cards[one.pk], one.actor_name, one.created_at) for one in found if one.pk in cards]


def recent(*, actor: Actor, limit: int = 10) -> list[Anonymisation]:
    """The last acts of anonymising."""
    actor.require(Role.ADMINISTRATOR)
    return list(Anonymisation.objects.order_by("-created_at", "-pk")[:limit])


def date_fields() -> list[str]:
    """The keys of the venue's own dates that can say when something last happened."""
    return [f.key for f in fields.schema() if f.custom and f.kind is Kind.DATE]


def _rule() -> tuple[date, Composed]:
    """The day since which nothing has happened, and the condition. Raises RetentionOff."""
    chosen = settings.current()
    if not chosen.retention_months:
        raise RetentionOff
    today = timezone.localdate()
    months = today.year * 12 + today.month - 1 - chosen.retention_months
    year, month = max(1, months // 12), months % 12 + 1
    before = date(year, month, min(today.day, 28))
    field = chosen.retention_field if chosen.retention_field in date_fields() else ""
    return before, bulk.condition(before=before, field=field, spare_consent=chosen.retention_consent)


def _digest(ids: list[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:32]
