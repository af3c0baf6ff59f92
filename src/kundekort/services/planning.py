"""From a received import to its kept plan: which, who may, progress and storage. What a plan is, says the engine.

Nothing here writes customers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from kundekort import telemetry
from kundekort.engine import conflicts, extent
from kundekort.engine.decisions import Choice, Decision, Decisions
from kundekort.engine.facts import Facts, Question, QuestionKind
from kundekort.engine.frames import ROW
from kundekort.engine.recipe import Answers, DialectOverrides, Policy
from kundekort.services import decision_rules, four_eyes, imports, mappings, planner, repetition, step_totals
from kundekort.services.accounts import Actor
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import DecisionInvalid, NotWaiting, SourceGone
from kundekort.services.step_totals import Step
from kundekort.store import packages, plans
from kundekort.store.models import Import

logger = logging.getLogger(__name__)

INLINE_CARDS: Final = 5_000
"""Cards up to which a revision is planned to be taken back, or a plan is written, while the person waits."""
FALLBACK_SECONDS: Final = 60
"""Seconds for every FALLBACK_BYTES of a file after which a job plans it, if its own process was killed meanwhile."""
FALLBACK_BYTES: Final = 20 * 2**20
"""Bytes that are planned in far less than FALLBACK_SECONDS, also by a slow machine."""


def plan_now_or_queue(import_id: int) -> None:
    """Have a received import planned: at once when it is small, else by a job."""
    imp = Import.objects.select_related("undoes").get(pk=import_id)
    cards = imp.undoes.created + imp.undoes.changed if imp.undoes else 0
    if imp.size <= planner.INLINE_BYTES and cards <= INLINE_CARDS:
        queue_fallback(import_id, size=imp.size)
        _planned(imp)
    elif _planned(imp, quickly=True).state == Import.State.RECEIVED:
        app.configure_task("plan_import").defer(import_id=import_id)


def queue_fallback(import_id: int, *, size: int | None = None) -> None:
    """Have a job plan a received import after a while, unless the process that is about to has done so by then."""
    size = Import.objects.only("size").get(pk=import_id).size if size is None else size
    seconds = FALLBACK_SECONDS * (1 + size // FALLBACK_BYTES)
    app.configure_task("plan_import", schedule_in={"seconds": seconds}).defer(import_id=import_id)


def plan(import_id: int, *, ask: bool = True, report: Report = no_progress, quickly: bool = False) -> Import:
    """Plan a received import and leave it in state PREVIEW, COLUMNS or REFUSED; leave any other as it is.
    So is one whose job has failed, until `try_again`.

    With `ask`, columns that were not recognised and dates that could be either way round wait for a person; without,
    the columns are ignored and the dates are errors. With `quickly`, one of which the whole file would have to be gone
    through is left as it is too.
    """
    return _planned(Import.objects.select_related("undoes").get(pk=import_id), ask=ask, report=report, quickly=quickly)


def _planned(imp: Import, *, ask: bool = True, report: Report = no_progress, quickly: bool = False) -> Import:
    """The same of an import as it was read just now."""
    if imp.state != Import.State.RECEIVED or imports.has_failed(imp):
        return imp
    answered = imp.answers, imp.decisions
    with step_totals.measured(Step.PLAN, imp.pk) as count:
        found = _plan(imp, ask=ask, report=report, quickly=quickly)
        if totals := found.get("totals"):
            count(totals.rows)
    if not found:
        return imp
    with transaction.atomic():
        now = Import.objects.select_for_update().only("state", "answers", "decisions").get(pk=imp.pk)
        # After another answer than those it was planned by, somebody else makes the plan.
        fits = now.state == Import.State.RECEIVED and (now.answers, now.decisions) == answered
        if fits:
            Import.objects.filter(pk=imp.pk).update(progress=None, **found)
    imp.refresh_from_db()
    if imp.state in (Import.State.CANCELLED, Import.State.REFUSED):
        packages.remove(imp.pk)
    elif fits and imp.digest:
        packages.forget_other_plans(imp.pk, imp.digest)
    return imp


def choose(
    import_id: int,
    *,
    actor: Actor,
    columns: Mapping[int, str | None] | None = None,
    words: Mapping[int, Mapping[str, str]] | None = None,
    overrides: DialectOverrides | None = None,
    policy: Policy | None = None,
    save_as: str = "",
) -> None:
    """A person's answer: fields by column position (all others are ignored), how to read the file, or the policy.

    With the fields come the canonical texts of `words` in them, by position. What was said of columns is remembered for
    the next file with the same headers, and under the name `save_as`.
    """
    with transaction.atomic():
        imp = _waiting(import_id, actor=actor)
        answers, decisions = imp.answers, imp.decisions
        if overrides is not None and replace(overrides, visible_only=answers.dialect.visible_only) == answers.dialect:
            if overrides != answers.dialect:  # what is said of rows that are there in both ways has other numbers now
                answers, decisions = replace(answers, dialect=overrides), decisions.without_rows()
        elif overrides is not None:
            answers, decisions = replace(_without_columns(answers), dialect=overrides), decisions.without_rows()
        elif columns is not None:
            count = len(imports.recipe(imp).columns)
            fields_of = tuple(columns.get(position) for position in range(count))
            answers = replace(answers, columns=fields_of, words=words or {}, origin=None)
        if policy is not None:
            answers = replace(answers, policy=policy)
        _replan(imp, answers=answers, decisions=decisions, authors=four_eyes.authors(imp, actor))
        if columns is not None and answers.columns is not None:
            mappings.remember(_headers(imp), answers, actor=actor, name=save_as)
    plan_now_or_queue(import_id)


def use_mapping(import_id: int, number: int | None, *, actor: Actor) -> None:
    """Say of the columns what a named mapping says; with None forget what was said last time of such files.

    Raises NotFound.
    """
    imp = _waiting(import_id, actor=actor)
    with transaction.atomic():
        if number is None:
            answers = _without_columns(imp.answers)
            mappings.forget(_headers(imp), actor=actor)
        else:
            answers = mappings.answers_of(number, _headers(imp), imp.answers, actor=actor)
        _replan(imp, answers=answers, authors=four_eyes.authors(imp, actor))
    plan_now_or_queue(import_id)


def _without_columns(answers: Answers) -> Answers:
    """The answers without those about columns: they say nothing about a file that is cut in another way."""
    return replace(answers, columns=None, words={}, origin=None)


def _headers(imp: Import) -> list[str]:
    return [column.header for column in imports.recipe(imp).columns]


def leave_out_errors(
    import_id: int, *, actor: Actor, leave_out: bool, then: Callable[[int], None] = plan_now_or_queue
) -> None:
    """Decide that rows with errors are not imported, or take that back; `then` has the import planned anew."""
    with transaction.atomic():
        imp = _waiting(import_id, actor=actor)
        _replan(imp, decisions=replace(imp.decisions, leave_out_errors=leave_out))
    then(import_id)


def settle(import_id: int, choice: Choice, *, actor: Actor, then: Callable[[int], None] = plan_now_or_queue) -> None:
    """Decide whose value stays in cells that others have changed too; `then` has the import planned anew."""
    with transaction.atomic():
        imp = _waiting(import_id, actor=actor)
        _replan(imp, decisions=imp.decisions.choose(choice))
    then(import_id)


def decide(import_id: int, *decisions: Decision, actor: Actor, then: Callable[[int], None] = plan_now_or_queue) -> None:
    """Take decisions about rows or cells of an import, all or none; `then` has the import planned anew.

    Raises CellInvalid for a value that its field would not take, DecisionInvalid for what there is not.
    """
    with transaction.atomic():
        imp = _waiting(import_id, actor=actor)
        if imp.undoes_id:  # what is taken back is no file, and has no cells to set
            raise DecisionInvalid
        taken = imp.decisions
        for decision in decisions:
            taken = taken.take(decision_rules.checked(imp, decision))
        adds = any(decision.action in four_eyes.CONTENT for decision in decisions)
        _replan(imp, decisions=taken, **({"authors": four_eyes.authors(imp, actor)} if adds else {}))
    then(import_id)


def unsettle(import_id: int, choice: Choice, *, actor: Actor, then: Callable[[int], None] = plan_now_or_queue) -> None:
    """Take back what was chosen of conflicts; `then` has the import planned anew."""
    with transaction.atomic():
        imp = _waiting(import_id, actor=actor)
        _replan(imp, decisions=imp.decisions.unchoose(choice))
    then(import_id)


def withdraw(import_id: int, number: int, *, actor: Actor, then: Callable[[int], None] = plan_now_or_queue) -> None:
    """Take a decision back; `then` has the import planned anew."""
    with transaction.atomic():
        imp = _waiting(import_id, actor=actor)
        _replan(imp, decisions=imp.decisions.withdraw(number))
    then(import_id)


def try_again(import_id: int, *, actor: Actor) -> None:
    """Have an import planned whose job has failed. Raises NotWaiting when that is not so any more."""
    imp = imports.get(import_id, actor=actor)
    failed = Import.objects.filter(pk=import_id, state=Import.State.RECEIVED, notice__in=imports.FAILURES)
    if not failed.update(notice="", touched_at=Now()):
        raise NotWaiting(state=imp.state)
    plan_now_or_queue(import_id)


def replan(import_id: int, *, notice: str, decisions: Decisions | None = None) -> None:
    """Put an import back to be planned anew; `notice` is the code of what to tell, such as that the register moved."""
    imp = Import.objects.get(pk=import_id)
    _replan(imp, notice=notice, decisions=decisions or imp.decisions)


def _waiting(import_id: int, *, actor: Actor) -> Import:
    """An import that waits for a person; in a transaction nobody else can answer meanwhile."""
    if transaction.get_connection().in_atomic_block:
        Import.objects.select_for_update().filter(pk=import_id).first()
    imp = imports.get(import_id, actor=actor)
    if imp.state not in (Import.State.COLUMNS, Import.State.PREVIEW):
        raise NotWaiting(state=imp.state)
    return imp


def _replan(imp: Import, **changes: Any) -> None:
    state = {"state": Import.State.RECEIVED, "touched_at": Now(), "confirmed_by": None, "confirmer_name": ""}
    changes = {"notice": "", "question": None, "progress": None} | state | changes
    waiting = (Import.State.COLUMNS, Import.State.PREVIEW, Import.State.CONFIRMING)
    if not Import.objects.filter(pk=imp.pk, state__in=waiting).update(**changes):
        imp.refresh_from_db()
        raise NotWaiting(state=imp.state)


def _plan(imp: Import, *, ask: bool, report: Report, quickly: bool = False) -> dict[str, Any]:
    """What becomes of a received import: its new state and all that is known of it by then; `quickly` as `plan` says.

    A plan that was made before and shown is made again from its draft where that is enough.
    """
    before = packages.plan_folder(imp.pk, imp.digest)
    with packages.new_plan(imp.pk) as folder:
        try:
            again = (
                planner.plan_again(imp, folder, before, ask=ask)
                if imp.digest and not (imp.undoes or imp.notice)
                else None
            )
            if again is None and quickly:
                return {}
            found, made = again or planner.plan(imp, folder, before, ask=ask, report=report)
        except SourceGone as gone:
            found, made = {}, Question(QuestionKind.REFUSED, gone.code)
        if isinstance(made, Question):
            return found | _asked(made, ask=ask)
        decisions = imp.decisions.reopen(conflicts.unseen(made.conflicts, plans.conflicts(before)))
        if imp.digest and decisions != imp.decisions:
            imp.decisions = decisions
            return {"decisions": decisions} | _plan(imp, ask=ask, report=report, quickly=quickly)
        made = repetition.compared(imp, made)
        emptied, consents = extent.emptied_cells(made), extent.consents(made)  # while its values are where it says
        with telemetry.span("import.keep"):
            plans.write(made, folder)
            digest = plans.digest(folder)
            packages.keep_plan(imp.pk, digest, folder)
    facts = replace(
        found.get("facts") or Facts(),
        blank_rows=made.blank_rows,
        hidden_rows=made.hidden_rows,
        emptied=made.emptied,
        newer=made.newer,
        changes=made.changes,
        problems=made.problem_counts,
        conflicts=conflicts.counts(made.conflicts),
        conflict_rows=made.conflicts[ROW].n_unique(),
        findings=made.findings,
        columns=made.columns,
        emptied_cells=emptied,
        consents=consents,
    )
    return found | {"state": Import.State.PREVIEW, "facts": facts, "totals": made.totals, "digest": digest}


def _asked(question: Question, *, ask: bool) -> dict[str, Any]:
    """The state of an import about which a person has to say something, if anything they could say would help."""
    answerable = ask and question.kind in (QuestionKind.COLUMNS, QuestionKind.DATES)
    return {"state": Import.State.COLUMNS if answerable else Import.State.REFUSED, "question": question, "totals": None}
