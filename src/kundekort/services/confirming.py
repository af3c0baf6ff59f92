"""From a plan that was shown to committed customers with their history: all of it, once, or nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from kundekort import telemetry
from kundekort.bulk.apply import RegisterMoved
from kundekort.engine.plan import Plan
from kundekort.services import (
    audit,
    fields,
    four_eyes,
    identities,
    imports,
    planning,
    repetition,
    revisions,
    step_totals,
    writers,
)
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.services.database import short_lock_transaction
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import (
    AlreadyApplied,
    AlreadyUndone,
    AlreadyWritten,
    NotWaiting,
    PlanDamaged,
    PlanMismatch,
    QuestionOpen,
    RegisterBusy,
    RowsHaveConflicts,
    RowsHaveErrors,
    RowsHaveFindings,
    StalePlan,
)
from kundekort.services.step_totals import Step
from kundekort.store import packages, plans
from kundekort.store.models import Import, Revision

APPLICABLE: Final = (Import.State.PREVIEW, Import.State.CONFIRMING)
UNCONFIRMED: Final = {"notice": "", "progress": None, "confirmed_by": None, "confirmer_name": ""}
"""What is said of an import that nobody has confirmed, or whose confirmation was taken back."""


def confirm(import_id: int, *, digest: str, actor: Actor) -> Import:
    """Carry out the plan that was shown: at once when it is small and nobody else is writing, else by a job.

    Raises AlreadyApplied, NotWaiting, QuestionOpen where something else than a confirmation is waited for, PlanMismatch
    when `digest` is not that of the kept plan, RowsHaveErrors, RowsHaveConflicts, RowsHaveFindings, SecondPersonNeeded,
    AlreadyUndone, and StalePlan when cells have moved since (then the preview is being made anew).
    """
    imp = imports.get(import_id, actor=actor)
    _refuse(imp, digest=digest, states=(Import.State.PREVIEW,))
    four_eyes.refuse_own(imp, actor=actor)
    if imp.totals.cards_written <= planning.INLINE_CARDS:
        try:
            with suppress(RegisterBusy):  # a job waits its turn instead of a person at a page
                return apply(import_id, digest=digest, actor=actor, patient=False)
        except StalePlan:
            planning.plan_now_or_queue(import_id)
            raise
    with transaction.atomic():
        waiting = Import.objects.filter(pk=import_id, state=Import.State.PREVIEW, digest=digest)
        if waiting.update(state=Import.State.CONFIRMING, notice="", progress=None, touched_at=Now(), **_by(actor)):
            app.configure_task("apply_import").defer(import_id=import_id, digest=digest)
            _record(imp, actor)
    imp.refresh_from_db()
    return imp


def take_back(import_id: int, *, actor: Actor) -> Import:
    """Give a confirmed import its preview back; one that is just being written is not written then, none of it.

    Raises AlreadyWritten when it has been, NotWaiting when it was not confirmed, RegisterBusy in the moment between.
    """
    imp = imports.get(import_id, actor=actor)
    with short_lock_transaction():  # whoever writes it has the row in the last moment alone
        confirmed = Import.objects.filter(pk=import_id, state=Import.State.CONFIRMING)
        taken = confirmed.update(state=Import.State.PREVIEW, touched_at=Now(), **UNCONFIRMED)
        if taken:
            audit.record(Event.WITHDRAWAL, actor=actor, import_id=import_id)
    imp.refresh_from_db()
    if not taken:
        raise AlreadyWritten if imp.state == Import.State.DONE else NotWaiting(state=imp.state)
    return imp


def apply(
    import_id: int,
    *,
    digest: str,
    actor: Actor | None = None,
    report: Report = no_progress,
    patient: bool = True,
) -> Import:
    """Carry out a plan now, in one transaction, on behalf of somebody or of whoever has confirmed it.

    `patient`: others who write are waited for, however long, and `report` is told so again and again; else raises
    RegisterBusy after a while. Raises as `confirm` does; after StalePlan the import waits to be planned anew.
    """
    try:
        with step_totals.measured(Step.WRITE, import_id) as count:
            imp = _apply(import_id, digest=digest, actor=actor, report=report, patient=patient)
            count(imp.totals.cards_written)
    except RegisterMoved as moved:
        planning.replan(import_id, notice=StalePlan.code)
        raise StalePlan from moved
    packages.forget_drafts(import_id, digest)
    return imp


def _apply(import_id: int, *, digest: str, actor: Actor | None, report: Report, patient: bool) -> Import:
    # A job has nobody's word but that of who confirmed; it may have been taken back.
    states = APPLICABLE if actor else (Import.State.CONFIRMING,)
    imp = _applicable(import_id, digest=digest, states=states)
    if actor is not None:  # who has confirmed what a job writes was looked at then, by the choices of that moment
        four_eyes.refuse_own(imp, actor=actor)
    with telemetry.span("import.open"):
        plan = _kept(imp)  # before others have to wait for it
    kind = writers.UNDO if imp.undoes else writers.IMPORT
    waiting = (lambda: report("waiting", 0, 1)) if patient else None
    with revisions.register_transaction(alone=kind, number=imp.pk, waiting=waiting):
        imp = _applicable(import_id, digest=digest, states=states)
        if actor is None:  # which the log knows already
            actor = Actor(name=imp.confirmer_name, role=None, user=imp.confirmed_by)
        else:
            _record(imp, actor)
        if plan.totals.changes_register:
            repetition.keep(imp, plan)
            cause = Revision.Kind.UNDO if imp.undoes else Revision.Kind.IMPORT
            imp.revision = revisions.write(plan, kind=cause, actor=actor, undoes=imp.undoes, report=report)
        # The row was not locked meanwhile, so that progress could be written to it; if it has moved, nothing happens.
        finished = Import.objects.filter(pk=import_id, state__in=states, digest=digest).update(
            state=Import.State.DONE,
            revision=imp.revision,
            progress=None,
            notice="",
            finished_at=Now(),
            touched_at=Now(),
            **_by(actor),
        )
        imp.refresh_from_db()
        if not finished:
            raise NotWaiting(state=imp.state)
    return imp


def _applicable(import_id: int, *, digest: str, states: tuple[str, ...]) -> Import:
    imp = Import.objects.select_related("confirmed_by", "undoes").get(pk=import_id)
    _refuse(imp, digest=digest, states=states)
    return imp


def _by(actor: Actor) -> dict[str, Any]:
    """Who has confirmed an import."""
    return {"confirmed_by": actor.user, "confirmer_name": actor.name}


def _record(imp: Import, actor: Actor) -> None:
    """Add to the audit log that somebody has confirmed an import."""
    if imp.undoes is None:
        audit.record(Event.CONFIRMATION, actor=actor, import_id=imp.pk, uploader=identities.uploader(imp))
        return
    source = Import.objects.filter(revision=imp.undoes_id).values_list("pk", flat=True).first()
    audit.record(Event.UNDO, actor=actor, import_id=imp.pk, kind=imp.undoes.kind, undone=source)


def _refuse(imp: Import, *, digest: str, states: tuple[str, ...]) -> None:
    if imp.state in (Import.State.DONE, Import.State.CONFIRMING) and imp.state not in states:
        raise AlreadyApplied
    if imp.state == Import.State.COLUMNS:
        raise QuestionOpen(state=imp.state)
    if imp.state not in states:
        raise NotWaiting(state=imp.state)
    if imp.digest != digest:
        raise PlanMismatch
    if imp.totals.errors:
        raise RowsHaveErrors(errors=imp.totals.errors)
    if imp.totals.conflicts:
        raise RowsHaveConflicts(conflicts=imp.totals.conflicts)
    if open_ := sum(finding.blocks for finding in imports.facts(imp).findings):
        raise RowsHaveFindings(findings=open_)
    if imp.undoes_id and Revision.objects.filter(undoes=imp.undoes_id).exclude(source=imp.pk).exists():
        raise AlreadyUndone


def _kept(imp: Import) -> Plan:
    """The kept plan, which must be the very one that its digest names, of fields that are all in use still.

    What is taken back may be of fields that are out of use.
    """
    try:
        folder = packages.checked_plan_folder(imp.pk, imp.digest)
        return plans.read(folder, schema=fields.schema(retired=imp.undoes_id is not None))
    except FileNotFoundError as error:
        raise PlanDamaged from error
    except KeyError as retired:
        raise RegisterMoved from retired
