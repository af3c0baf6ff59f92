"""Imports that were done some time ago, as the list of imports has them: rows of the database, without files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from kundekort.engine.facts import Totals
from kundekort.services.accounts import Actor
from kundekort.store.models import Import, Revision


def totals(**counts: int) -> Totals:
    """Totals of which only some are given."""
    none = dict.fromkeys(("rows", "new", "changed", "unchanged", "errors", "left_out", "cells_changed"), 0)
    return Totals(**none | counts)


def user_called(name: str) -> User | None:
    """The user who is called that, if there is one."""
    named = (user for user in User.objects.order_by("pk") if (user.get_full_name() or user.username) == name)
    return next(named, None)


def past_import(
    name: str = "kunder.csv",
    *,
    by: str = "bob",
    confirmer: str = "",
    days: float = 0,
    at: datetime | None = None,
    undoes: Revision | None = None,
    **counts: int,
) -> Import:
    """An import that was confirmed some days ago, or at a time; with `undoes` one that took something back."""
    at = at or timezone.now() - timedelta(days=days)
    kind = Revision.Kind.UNDO if undoes else Revision.Kind.IMPORT
    confirmer = confirmer or by
    return Import.objects.create(
        actor_name=by,
        created_by=user_called(by),
        confirmed_by=user_called(confirmer),
        confirmer_name=confirmer,
        filename="" if undoes else name,
        size=1,
        state=Import.State.DONE,
        totals=totals(**counts),
        undoes=undoes,
        revision=Revision.objects.create(
            kind=kind, actor_name=confirmer, created_by=user_called(confirmer), undoes=undoes
        ),
        created_at=at,
        touched_at=at,
        finished_at=at,
    )


def unfinished_import(
    name: str = "kunder.csv",
    *,
    state: str = Import.State.PREVIEW,
    days: float = 0,
    by: Actor | None = None,
    **more: Any,
) -> Import:
    """An import that nobody has confirmed, as it was left some days ago."""
    at = timezone.now() - timedelta(days=days)
    who = by or Actor(name="bob", role=None, user=user_called("bob"))
    times = {"created_at": at, "touched_at": at}
    return Import.objects.create(
        actor_name=who.name, created_by=who.user, filename=name, size=1, state=state, **times | more
    )
