"""How sound the register is: what its cards lack, which may be one person, and who has consented, month by month.

Counting reads all of the register and of the log, so no page waits for it: a job counts, at most one part in a hundred
of its time, and the figures are kept with the moment they were counted at. Only a small register is counted at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from kundekort import version
from kundekort.bulk import figures as bulk
from kundekort.bulk import register
from kundekort.engine.segments.condition import Group, Operator, Quantifier, Rule
from kundekort.services import fields, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.store import duplicates
from kundekort.store.duplicates import Alike, By
from kundekort.store.models import Change, NotDuplicates, Revision

KEY: Final = f"register-figures-{version()}"
"""What the figures are kept as in the cache; another version may count others."""
MONTHS: Final = 12
"""Ends of months that are looked back upon; today stands after them."""
SMALL: Final = 20_000
SMALL_LOG: Final = 200_000
"""Cards, and lines of the log, up to which counting takes no longer than a page may."""
REST: Final = 100
"""How many times as long as counting took the job rests after it."""
LEAST_REST: Final = 60.0

_HAS_AT_AND_DOT: Final = Group(
    parts=(Rule("email", Operator.CONTAINS, ("@",)), Rule("email", Operator.CONTAINS, (".",)))
)
MEASURES: Final[Mapping[str, Group]] = {
    "email_missing": Group(parts=(Rule("email", Operator.EMPTY),)),
    "email_invalid": Group(parts=(Rule("email", Operator.NOT_EMPTY), Group(Quantifier.NONE, (_HAS_AT_AND_DOT,)))),
    "phone_missing": Group(parts=(Rule("mobile", Operator.EMPTY), Rule("phone", Operator.EMPTY))),
    "email_consent": Group(parts=(Rule("email_consent", Operator.IS, ("1",)),)),
    "sms_consent": Group(parts=(Rule("sms_consent", Operator.IS, ("1",)),)),
}
"""What is counted, as the rules of a segment: whoever follows a figure finds exactly these customers."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many `customers` there are, for how many each of the MEASURES holds, how many are `alike` by what, and how
    many of today's customers had given a consent at the end of each of the `months` (their first days are told) and
    today, by field key. `counted_at` in `seconds`; `state` is what the register was then.
    """

    customers: int
    measures: Mapping[str, int]
    alike: Mapping[By, Alike]
    months: tuple[date, ...]
    consents: Mapping[str, tuple[int, ...]]
    counted_at: datetime
    seconds: float
    state: tuple[Any, ...]


def current(*, actor: Actor) -> Figures | None:
    """The figures as they were last counted, of a small register as it is; None where nobody has counted yet."""
    actor.require(Role.READER)
    last, state = kept(), _state()
    if (last is not None and last.state == state) or not _is_small():
        return last
    return _count(state)


def kept() -> Figures | None:
    """The figures as they were last counted, if they were."""
    found: Figures | None = cache.get(KEY)
    return found


def refresh() -> None:
    """Count anew where something has happened to the register since, unless it was counted just now."""
    last, state = kept(), _state()
    if last is not None:
        rest = timedelta(seconds=max(LEAST_REST, REST * last.seconds))
        if last.state == state or timezone.now() < last.counted_at + rest:
            return
    _count(state)


def _state() -> tuple[Any, ...]:
    """What changes whenever the figures do: the last revision, the decisions about duplicates, and the day."""
    last = Revision.objects.aggregate(last=Max("pk"))["last"]
    decisions = NotDuplicates.objects.aggregate(last=Max("pk"), count=Count("pk"))
    return last, decisions["last"], decisions["count"], timezone.localdate()


def _is_small() -> bool:
    log = Change.objects.aggregate(first=Min("pk"), last=Max("pk"))
    return (log["last"] or 0) - (log["first"] or 0) < SMALL_LOG and register.size(
        psycopg_connection(), SMALL + 1
    ) <= SMALL


def _count(state: tuple[Any, ...]) -> Figures:
    began, now = monotonic(), timezone.now()
    months = _months(timezone.localdate(now))
    ends = [timezone.make_aware(datetime.combine(_after(month), time.min)) for month in months]
    consents = [f for f in fields.schema() if f.consent]
    with transaction.atomic():
        conn = psycopg_connection()
        customers, counts = bulk.counts(conn, [segments.where_of(rules) for rules in MEASURES.values()])
        said = bulk.said_yes(conn, consents, [*ends, now])
        alike = {by: duplicates.count(by) for by in By}
    figures = Figures(
        customers=customers,
        measures=dict(zip(MEASURES, counts, strict=True)),
        alike=alike,
        months=months,
        consents={key: tuple(count) for key, count in said.items()},
        counted_at=now,
        seconds=monotonic() - began,
        state=state,
    )
    cache.set(KEY, figures, timeout=None)
    return figures


def _months(today: date) -> tuple[date, ...]:
    """The first days of the months before today's, the oldest first."""
    number = today.year * 12 + today.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS, number))


def _after(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)
