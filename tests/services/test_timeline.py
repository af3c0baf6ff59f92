"""What imports came to, day by day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kundekort.services import timeline
from kundekort.services.accounts import Actor
from kundekort.services.refusals import Forbidden
from kundekort.services.timeline import DAYS, Day
from kundekort.store.models import Import
from tests.past import past_import, totals, unfinished_import

pytestmark = pytest.mark.django_db


def test_it_counts_what_was_done_on_each_local_day(
    bob: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = timezone.localdate()
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    past_import(at=midnight + timedelta(minutes=1), changed=5, new=2, left_out=1)
    past_import(at=midnight + timedelta(minutes=2), changed=1, restored=30, removed=4)
    past_import(at=midnight - timedelta(minutes=1), new=7)
    past_import(at=midnight - timedelta(days=DAYS), new=1_000)
    unfinished_import(totals=totals(changed=99))
    unfinished_import(state=Import.State.CANCELLED, totals=totals(changed=99), finished_at=timezone.now())
    with django_assert_num_queries(1):
        days = timeline.last_days(actor=bob)
    assert [day.day for day in days] == [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    assert days[-1] == Day(today, imports=2, changed=36, new=2, left_out=1, removed=4)
    assert days[-2] == Day(today - timedelta(days=1), imports=1, new=7)
    assert not any(day.imports for day in days[:-2])


def test_it_counts_imports_from_before_anything_could_be_removed(bob: Actor) -> None:
    imp = past_import(changed=3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kundekort_import SET totals = totals - 'removed' - 'restored' WHERE id = %s", [imp.pk])
    assert timeline.last_days(actor=bob)[-1].changed == 3


def test_it_shows_what_was_done_to_importers_only(charlie: Actor) -> None:
    with pytest.raises(Forbidden):
        timeline.last_days(actor=charlie)
