"""Taking a revision back: what that would do now, and the import that does it, planned and confirmed as any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import transaction

from kundekort.bulk import register
from kundekort.engine import undo
from kundekort.engine.decisions import Decisions
from kundekort.engine.frames import ROW
from kundekort.services import fields, imports, planning
from kundekort.services.accounts import Actor, Role
from kundekort.services.database import psycopg_connection
from kundekort.services.refusals import AlreadyUndone, AnonymisationFinal, NotFound, NothingToUndo
from kundekort.services.register import DatabaseRegister
from kundekort.store import packages
from kundekort.store.models import Import, Revision

MOST_EDITED: Final = 200_000
"""Edited cards up to which it is looked at what was edited on each; of more, all count as edited."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What taking a revision back would do now, in cards.

    `restored` get former values back or come back as a whole, `removed` go; `edited` of the revision's cards have been
    edited since in the same cells, which would stay as they are; `gone` are in the register no more.
    """

    restored: int
    removed: int
    edited: int
    gone: int


def start(
    revision_id: int,
    *,
    decisions: Decisions | None = None,
    actor: Actor,
    then: Callable[[int], None] = planning.plan_now_or_queue,
) -> Import:
    """An import that takes a revision back, to be confirmed; the one that waits already where there is one, made anew.

    `decisions` are those made beforehand. `then` has it planned. Raises NotFound, AlreadyUndone, AnonymisationFinal.
    """
    actor.require(Role.IMPORTER)
    revision = Revision.objects.select_related("source").filter(pk=revision_id).first()
    if revision is None:
        raise NotFound(id=revision_id)
    if revision.kind == Revision.Kind.ANONYMISATION:
        raise AnonymisationFinal
    with transaction.atomic():
        Revision.objects.select_for_update().get(pk=revision_id)  # of two clicks, one begins and the other finds it
        if Revision.objects.filter(undoes=revision).exists():
            raise AlreadyUndone
        imp = waiting(revision_id)
        if imp is None:
            source = getattr(revision, "source", None)
            imp = Import.objects.create(
                created_by=actor.user,
                actor_name=actor.name,
                filename=source.filename if source else "",
                size=0,
                decisions=decisions or Decisions(),
                undoes=revision,
            )
            packages.remove(imp.pk)  # of one that had this number before the database was restored from a backup
        elif imp.state == Import.State.PREVIEW:
            planning.replan(imp.pk, notice="", decisions=decisions or imp.decisions)
        elif imports.has_failed(imp):
            Import.objects.filter(pk=imp.pk).update(notice="")
        else:
            return imp
    then(imp.pk)
    imp.refresh_from_db()
    return imp


def waiting(revision_id: int) -> Import | None:
    """The import that waits to take a revision back, if there is one."""
    return Import.objects.filter(undoes=revision_id, state__in=imports.WAITING).first()


def revision_of(import_id: int, *, actor: Actor) -> Revision:
    """The revision that takes back what an import did: its own, or the last that gave it again.

    Raises NotFound, NothingToUndo when the import has changed nothing, AlreadyUndone.
    """
    imp = imports.get(import_id, actor=actor)
    if imp.revision is None:
        raise NothingToUndo(state=imp.state)
    revision, in_effect = last_of(imp.revision)
    if not in_effect:
        raise AlreadyUndone
    return revision


def last_of(revision: Revision) -> tuple[Revision, bool]:
    """The last in the chain of what took back a revision, took that back, and so on; whether the first is in effect."""
    in_effect = True
    while (undone_by := Revision.objects.filter(undoes=revision).first()) is not None:
        revision, in_effect = undone_by, not in_effect
    return revision, in_effect


def outlook(revision_id: int, *, actor: Actor) -> Outlook:
    """What taking a revision back would do now, without making the plan of it."""
    actor.require(Role.IMPORTER)
    with transaction.atomic():
        conn = psycopg_connection()
        cards = register.revised_cards(conn, revision_id)
        moved = cards.filter("moved")
        rest = cards.filter(~pl.col("moved"))
        removed, restored = rest.filter("born").height, rest.filter(~pl.col("born")).height
        if moved.height > MOST_EDITED:
            return Outlook(restored=restored, removed=removed, edited=moved.height, gone=0)
        if moved.is_empty():
            return Outlook(restored=restored, removed=removed, edited=0, gone=0)
        changes = register.changes_of(conn, revision_id, moved["id"])
        plan = undo.plan(
            [changes], decisions=Decisions(), register=DatabaseRegister(), schema=fields.schema(retired=True)
        )
    totals = plan.totals
    return Outlook(
        restored=restored + totals.changed + totals.restored,
        removed=removed + totals.removed,
        edited=plan.conflicts[ROW].n_unique(),
        gone=totals.left_out,
    )
