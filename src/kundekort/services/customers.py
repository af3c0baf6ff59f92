"""Customer cards as people look at them, by their numbers."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import Q
from django.db.models.functions import Lower

from kundekort.engine.schema import Schema
from kundekort.services.accounts import Actor, Role
from kundekort.services.fields import schema
from kundekort.services.refusals import CardAnonymised, CardMerged, CardRemoved, NotFound
from kundekort.services.register import DatabaseRegister
from kundekort.store.models import Customer, RemovedCard, Revision


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Some customers of all that a search found, as canonical text by field key; `id` and `version` are numbers.

    `more` says whether others follow, and `end` what the last one is ordered by then; `total` is None where counting
    them all takes longer than finding these.
    """

    total: int | None
    rows: tuple[Mapping[str, str | int], ...]
    more: bool = False
    end: Sequence[object] | None = None


def card(customer_id: int, *, actor: Actor) -> Mapping[str, str | int]:
    """One customer as canonical text by field key, with `id`, `version`.

    Raises NotFound, CardMerged, CardRemoved, CardAnonymised.
    """
    actor.require(Role.READER)
    found = cards([customer_id])
    refuse_missing([customer_id], found)
    return found[customer_id]


def reachable(ids: Collection[int], *, but_by: int | None = None, actor: Actor) -> set[int]:
    """Those of the ids that lead somewhere: to their card, the one it was merged into, the import that removed it, or
    that it was anonymised.

    A card that was removed by the revision `but_by` leads nowhere.
    """
    actor.require(Role.READER)
    present = set(Customer.objects.filter(pk__in=ids).values_list("pk", flat=True))
    missing = [i for i in ids if i not in present]
    told = Q(revision__source__isnull=False) | Q(revision__kind=Revision.Kind.ANONYMISATION)
    removed = RemovedCard.objects.filter(told, pk__in=missing, into=None)
    if but_by is not None:
        removed = removed.exclude(revision=but_by)
    return (
        present
        | set(DatabaseRegister().redirects(_numbers(missing)).drop_nulls()["id"])
        | set(removed.values_list("pk", flat=True))
    )


def lock(ids: Sequence[int]) -> dict[int, int]:
    """Keep cards as they are until the transaction ends; their versions by id. Raises as `card` does."""
    rows = Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    versions = dict(rows.values_list("pk", "version"))
    refuse_missing(ids, versions)
    return versions


def versions(ids: Collection[int]) -> list[tuple[int, int]]:
    """The numbers and versions of those customers who are in the register."""
    return list(Customer.objects.filter(pk__in=_numbers(list(ids)).to_list()).values_list("pk", "version"))


def anonymised(ids: Collection[int]) -> set[int]:
    """Those of the numbers whose customers were anonymised."""
    gone = RemovedCard.objects.filter(pk__in=ids, revision__kind=Revision.Kind.ANONYMISATION)
    return set(gone.values_list("pk", flat=True))


def changed_since(when: datetime, *, among: Collection[int]) -> set[int]:
    """Those of the customers whose cards were changed after a time."""
    return set(Customer.objects.filter(pk__in=among, changed_at__gt=when).values_list("pk", flat=True))


def alike(customer_id: int, *, limit: int = 20) -> tuple[int, ...]:
    """Other customers with the same e-mail address or telephone number, some of them."""
    card = Customer.objects.filter(pk=customer_id).first()
    same = Q(pk=None)
    if card is not None and card.email:
        same |= Q(mail=card.email.lower()) & ~Q(email="")
    for number in {card.mobile, card.phone} - {""} if card is not None else ():
        same |= Q(mobile=number) | Q(phone=number)
    found = Customer.objects.annotate(mail=Lower("email")).filter(same).exclude(pk=customer_id)
    return tuple(found.order_by("pk").values_list("pk", flat=True)[:limit])


def count() -> int:
    """The number of customers."""
    return Customer.objects.count()


def cards(ids: Sequence[int], *, present: Schema | None = None) -> dict[int, Mapping[str, str | int]]:
    """The customers there are among the ids, as canonical text of all fields of a schema (the present one)."""
    present = present or schema()
    rows = DatabaseRegister().cards(present["id"], _numbers(ids), present.values)
    return {row["id"]: row for row in rows.iter_rows(named=True)}


def refuse_missing(ids: Sequence[int], found: Container[int] = ()) -> None:
    """Raises NotFound, CardMerged, CardRemoved or CardAnonymised for the first of the ids that was not found."""
    missing = _numbers([i for i in ids if i not in found])
    ways = DatabaseRegister().redirects(missing)
    merged = dict(ways.select("id", "into").drop_nulls().iter_rows())
    anonymised = set(ways.filter("anonymised")["id"])
    for customer_id in ids:
        if customer_id in merged:
            raise CardMerged(id=customer_id, into=merged[customer_id])
        if customer_id in anonymised:
            raise CardAnonymised(id=customer_id)
        if customer_id not in found:
            removed = RemovedCard.objects.filter(pk=customer_id).select_related("revision__source").first()
            source = getattr(removed.revision, "source", None) if removed else None
            if source is not None:
                raise CardRemoved(id=customer_id, import_id=source.pk)
            raise NotFound(id=customer_id)


def _numbers(ids: Sequence[int]) -> pl.Series:
    """The ids that a register could have."""
    return pl.Series("id", [i for i in ids if abs(i) < 2**63], dtype=pl.Int64)
