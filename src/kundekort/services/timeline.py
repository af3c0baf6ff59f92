"""What imports came to, day by day: one question about all that are done. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from kundekort.services.accounts import Actor, Role
from kundekort.services.import_list import midnight
from kundekort.store.models import Import

DAYS: Final = 30
"""The days that are looked back upon, today among them."""


@dataclass(frozen=True, slots=True)
class Day:
    """How many imports were done on a local day, and what became of cards and rows by them.

    Cards that were brought back count as `changed`.
    """

    day: date
    imports: int = 0
    changed: int = 0
    new: int = 0
    left_out: int = 0
    removed: int = 0


def last_days(*, actor: Actor) -> tuple[Day, ...]:
    """The last DAYS days, the oldest first; also those on which nothing was imported."""
    actor.require(Role.IMPORTER)
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    done = Import.objects.filter(state=Import.State.DONE, finished_at__gte=midnight(days[0]))
    grouped = done.annotate(day=TruncDate("finished_at")).values("day").order_by("day")
    counted = grouped.annotate(
        imports=Count("pk"),
        changed=_total("changed") + _total("restored"),
        new=_total("new"),
        left_out=_total("left_out"),
        removed=_total("removed"),
    )
    found = {row["day"]: Day(**row) for row in counted}
    return tuple(found.get(day, Day(day)) for day in days)


def _total(key: str) -> Coalesce:
    """The sum of one of the totals; imports from before there was such a count have none of it."""
    return Coalesce(Sum(Cast(KeyTextTransform(key, F("totals")), BigIntegerField())), 0)
