"""The one writer of the register: every change of a card, from whatever door, is a revision made here.

Knows no rule about values: what to write is a `Plan`, made by a pure function before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import transaction
from psycopg import Connection

from kundekort.bulk.apply import apply
from kundekort.engine.plan import Plan
from kundekort.services import fields
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection, short_lock_transaction
from kundekort.services.progress import Report, no_progress
from kundekort.store.models import Revision

REGISTER_LOCK: Final = 0x6B756E6465
"""Held while a whole plan is applied: one after the other, so that none is applied twice or deadlocks another."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A revision, and the numbers of the cards it created in the order of their rows."""

    revision: Revision
    created: pl.Series


@contextmanager
def register_transaction(*, alone: bool, patient: bool = False) -> Iterator[Connection]:
    """A transaction in which a plan can be made and written.

    `alone`: beside no other of its kind. `patient`: waits for others as long as it takes; else raises RegisterBusy
    after a while, and then nothing was written.
    """
    with transaction.atomic() if patient else short_lock_transaction():
        conn = psycopg_connection()
        if alone:
            conn.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])
        yield conn


def write(
    plan: Plan, *, kind: Revision.Kind, actor: Actor, undoes: Revision | None = None, report: Report = no_progress
) -> WriteResult:
    """Carry out a plan inside the caller's transaction, as a revision of which every cell is in the log.

    Raises RegisterMoved when a cell is no longer as the plan saw it; then the transaction has to be rolled back.
    """
    totals = plan.totals
    revision = Revision.objects.create(
        kind=kind,
        created_by=actor.user,
        actor_name=actor.name,
        created=totals.new,
        changed=totals.changed + totals.removed + totals.restored,
        undoes=undoes,
    )
    done = apply(
        psycopg_connection(),
        plan,
        revision=revision.pk,
        schema=fields.schema(retired=True),
        progress=lambda done, total: report("writing", done, total),
    )
    return WriteResult(revision=revision, created=done.created)


def in_effect(revisions: Collection[int]) -> set[int]:
    """Those of the revisions that are not taken back, or are again in effect since that was taken back too."""
    found, first = set(revisions), {revision: revision for revision in revisions}
    while first:  # step by step up the chains, all of them at once
        steps = Revision.objects.filter(undoes__in=list(first)).values_list("pk", "undoes_id")
        first = {revision: first[undone] for revision, undone in steps}
        found ^= set(first.values())
    return found
