"""From a plan that was shown to committed customers with their history: all of it, once, or nothing."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from kundekort.bulk.apply import RegisterMoved
from kundekort.engine.plan import Plan
from kundekort.services import fields, imports, planning, revisions
from kundekort.services.accounts import Actor
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import AlreadyApplied, NotWaiting, PlanDamaged, PlanMismatch, RowsHaveErrors, StalePlan
from kundekort.store import packages, plans
from kundekort.store.models import Import, Revision

INLINE_CARDS: Final = 5_000
"""Cards up to which a plan is applied while the person waits; it takes well under a second."""

APPLICABLE: Final = (Import.State.PREVIEW, Import.State.CONFIRMING)


def confirm(import_id: int, *, digest: str, actor: Actor) -> Import:
    """Carry out the plan that was shown, at once when it is small, else by a job.

    Raises AlreadyApplied, NotWaiting, PlanMismatch when `digest` is not that of the kept plan, RowsHaveErrors, and
    StalePlan when cards have moved since (then the preview is being made anew).
    """
    imp = imports.get(import_id, actor=actor)
    _refuse(imp, digest=digest, states=(Import.State.PREVIEW,))
    if imp.totals.cards_written <= INLINE_CARDS:
        try:
            return apply(import_id, digest=digest, actor_name=actor.name)
        except StalePlan:
            planning.plan_now_or_queue(import_id)
            raise
    with transaction.atomic():
        waiting = Import.objects.filter(pk=import_id, state=Import.State.PREVIEW, digest=digest)
        if waiting.update(state=Import.State.CONFIRMING, notice="", progress=None):
            app.configure_task("apply_import").defer(import_id=import_id, digest=digest, actor_name=actor.name)
    imp.refresh_from_db()
    return imp


def apply(import_id: int, *, digest: str, actor_name: str, report: Report = no_progress) -> Import:
    """Carry out a plan now, in one transaction.

    Raises as `confirm` does; after StalePlan the import waits to be planned anew.
    """
    try:
        return _apply(import_id, digest=digest, actor_name=actor_name, report=report)
    except RegisterMoved as moved:
        planning.replan(import_id, notice=StalePlan.code)
        raise StalePlan from moved


def _apply(import_id: int, *, digest: str, actor_name: str, report: Report) -> Import:
    with revisions.register_transaction(alone=True, patient=True):
        imp = Import.objects.select_related("created_by").get(pk=import_id)
        _refuse(imp, digest=digest, states=APPLICABLE)
        plan = _kept(imp)
        if plan.totals.changes_register:
            actor = Actor(name=actor_name, role=None, user=imp.created_by)
            imp.revision = revisions.write(plan, kind=Revision.Kind.IMPORT, actor=actor, report=report).revision
        # The row was not locked meanwhile, so that progress could be written to it; if it has moved, nothing happens.
        finished = Import.objects.filter(pk=import_id, state__in=APPLICABLE, digest=digest).update(
            state=Import.State.DONE, revision=imp.revision, progress=None, notice="", finished_at=Now()
        )
        imp.refresh_from_db()
        if not finished:
            raise NotWaiting(state=imp.state)
    return imp


def _refuse(imp: Import, *, digest: str, states: tuple[str, ...]) -> None:
    if imp.state in (Import.State.DONE, Import.State.CONFIRMING) and imp.state not in states:
        raise AlreadyApplied
    if imp.state not in states:
        raise NotWaiting(state=imp.state)
    if imp.digest != digest:
        raise PlanMismatch
    if imp.totals.errors:
        raise RowsHaveErrors(errors=imp.totals.errors)


def _kept(imp: Import) -> Plan:
    """The kept plan, which must be the very one that its digest names, of fields that are all in use still."""
    folder = packages.plan_folder(imp.pk, imp.digest)
    try:
        if plans.digest(folder) != imp.digest:
            raise PlanDamaged
        return plans.read(folder, schema=fields.schema())
    except FileNotFoundError as error:
        raise PlanDamaged from error
    except KeyError as retired:
        raise RegisterMoved from retired
