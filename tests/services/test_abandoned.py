"""Previews to which nobody comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from kundekort.services import imports, jobs, settings
from kundekort.services.accounts import Actor
from kundekort.services.refusals import Forbidden, SettingInvalid
from kundekort.store.models import Import
from tests.past import past_import, unfinished_import

pytestmark = pytest.mark.django_db

ROWS = "CustomerID;FirstName;Gender\n0;Kari;2\n"


def aged(imp: Import, days: float) -> Import:
    """An import with which nobody has done anything for some days."""
    Import.objects.filter(pk=imp.pk).update(touched_at=timezone.now() - timedelta(days=days))
    imp.refresh_from_db()
    return imp


@pytest.mark.parametrize("state", imports.WAITING)
def test_it_cancels_what_nobody_came_back_to(state: str) -> None:
    old, new = unfinished_import(state=state, days=14.2), unfinished_import(state=state, days=13.8)
    jobs.cancel_abandoned_imports(timestamp=0)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.notice, imports.days_abandoned(old)) == (Import.State.CANCELLED, imports.ABANDONED, 14)
    assert (new.state, new.notice, imports.days_abandoned(new)) == (state, "", None)
    assert imports.cancel_abandoned() == 0


def test_it_forgets_the_file_and_what_stood_in_it(upload: Callable[..., Import]) -> None:
    old, new = aged(upload(ROWS), 20), upload(ROWS)
    assert imports.cancel_abandoned() == 1
    old.refresh_from_db()
    assert (old.facts, old.progress) == (None, None)
    folder = django_settings.DATA / "imports"
    assert not (folder / str(old.pk)).exists()
    assert (folder / str(new.pk)).exists()


@pytest.mark.parametrize("state", sorted(set(Import.State.values) - set(imports.WAITING)))
def test_it_leaves_what_does_not_wait(state: str) -> None:
    imp = unfinished_import(state=state, days=400)
    imports.cancel_abandoned()
    imp.refresh_from_db()
    assert (imp.state, imports.waits_until(imp)) == (state, None)


def test_it_waits_longer_when_somebody_comes_back(upload: Callable[..., Import], bob: Actor) -> None:
    imp = aged(upload(ROWS), 13)
    assert timedelta(hours=23) < imports.waits_until(imp) - timezone.now() < timedelta(days=1)
    came = imports.visit(imp.pk, actor=bob)
    assert imports.waits_until(came) - timezone.now() > timedelta(days=13)
    imp.refresh_from_db()
    assert imp.touched_at == came.touched_at
    assert imports.visit(imp.pk, actor=bob).touched_at == came.touched_at  # the same visit still


def test_it_lets_nothing_that_is_done_be_visited_back_to_life(bob: Actor) -> None:
    imp = past_import(days=3)
    assert imports.visit(imp.pk, actor=bob).touched_at == imp.touched_at


def test_it_tells_a_cancelling_by_hand_from_one_by_itself(upload: Callable[..., Import], bob: Actor) -> None:
    imp = aged(upload(ROWS), 5)
    assert imports.days_abandoned(cancelled := imports.cancel(imp.pk, actor=bob)) is None
    assert cancelled.touched_at == cancelled.finished_at


def test_it_waits_as_long_as_an_administrator_says(alice: Actor, bob: Actor) -> None:
    imp = unfinished_import(days=10)
    settings.change(actor=alice, preview_days=11)
    assert imports.cancel_abandoned() == 0
    settings.change(actor=alice, preview_days=9)
    assert imports.cancel_abandoned() == 1
    imp.refresh_from_db()
    assert imports.days_abandoned(imp) == 10
    with pytest.raises(Forbidden):
        settings.change(actor=bob, preview_days=30)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_it_takes_no_setting_out_of_bounds(alice: Actor, days: int) -> None:
    with pytest.raises(SettingInvalid) as refused:
        settings.change(actor=alice, preview_days=days)
    assert refused.value.params == {"least": 1, "most": 3650}
    assert settings.current().preview_days == 14
