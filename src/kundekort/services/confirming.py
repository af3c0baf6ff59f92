"""From a plan that was shown to committed customers with their history: all of it, once, or nothing."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from kundekort.bulk import postgres
from kundekort.engine import plan as plans
from kundekort.services import fields, imports, planning
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection
from kundekort.services.progress import Report, unwatched
from kundekort.services.refusals import AlreadyApplied, NotWaiting, PlanDamaged, PlanMismatch, RowsHaveErrors, StalePlan
from kundekort.store import packages
from kundekort.store.models import Import, Revision

SMALL: Final = 5_000
"""Cards up to which a plan is applied while the person waits; it takes well under a second."""

APPLY_LOCK: Final = 0x6B756E6465
"""Held while a plan is applied: one after the other, so that none is applied twice and none can deadlock another."""

APPLICABLE: Final = (Import.State.PREVIEW, Import.State.CONFIRMING)


def confirm(import_id: int, *, digest: str, actor: Actor) -> Import:
    """Carry out the plan that was shown, at once when it is small, else by a job.

    Raises AlreadyApplied, NotWaiting, PlanMismatch when `digest` is not that of the kept plan, RowsHaveErrors, and
    StalePlan when cards have moved since (then the preview is being made anew).
    """
    imp = imports.get(import_id, actor=actor)
    _refuse(imp, digest=digest, states=(Import.State.PREVIEW,))
    if imp.totals["new"] + imp.totals["changed"] <= SMALL:
        try:
            return apply(import_id, digest=digest, actor_name=actor.name)
        except StalePlan:
            planning.prepare(import_id)
            raise
    with transaction.atomic():
        waiting = Import.objects.filter(pk=import_id, state=Import.State.PREVIEW, digest=digest)
        if waiting.update(state=Import.State.CONFIRMING, notice="", progress=None):
            app.configure_task("apply_import").defer(import_id=import_id, digest=digest, actor_name=actor.name)
    imp.refresh_from_db()
    return imp


def apply(import_id: int, *, digest: str, actor_name: str, report: Report = unwatched) -> Import:
    """Carry out a plan now, in one transaction.

    Raises as `confirm` does; after StalePlan the import waits to be planned anew.
    """
    try:
        return _apply(import_id, digest=digest, actor_name=actor_name, report=report)
    except postgres.RegisterMoved as moved:
        planning.reset(import_id, notice=StalePlan.code)
        raise StalePlan from moved


@transaction.atomic
def _apply(import_id: int, *, digest: str, actor_name: str, report: Report) -> Import:
    conn = psycopg_connection()
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [APPLY_LOCK])
    imp = Import.objects.get(pk=import_id)
    _refuse(imp, digest=digest, states=APPLICABLE)
    plan = _kept(imp)
    totals = plan.totals
    if totals.new or totals.changed:
        imp.revision = Revision.objects.create(
            kind=Revision.Kind.IMPORT,
            created_by=imp.created_by,
            actor_name=actor_name,
            created=totals.new,
            changed=totals.changed,
        )
        postgres.apply(
            conn, plan, revision=imp.revision.pk, progress=lambda done, total: report("writing", done, total)
        )
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
    if imp.totals["errors"]:
        raise RowsHaveErrors(errors=imp.totals["errors"])


def _kept(imp: Import) -> plans.Plan:
    """The kept plan, which must be the very one that its digest names, of fields that are all in use still."""
    try:
        parts = packages.plan_parts(imp.pk, imp.digest)
    except FileNotFoundError as error:
        raise PlanDamaged from error
    if plans.digest(parts) != imp.digest:
        raise PlanDamaged
    try:
        return plans.Plan.from_parts(parts, schema=fields.schema())
    except KeyError as retired:
        raise postgres.RegisterMoved from retired
