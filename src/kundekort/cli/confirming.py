"""From a begun import to one that is carried out or given up, on the terminal: for files and for what is undone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from kundekort.cli.actor import actor
from kundekort.cli.failures import Failure, report_failures, tell
from kundekort.cli.json_output import import_json, write
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.engine.decisions import Decisions
    from kundekort.engine.facts import Totals
    from kundekort.engine.finding import Finding
    from kundekort.services.accounts import Actor
    from kundekort.store.models import Import


class Whose(StrEnum):
    """Whose value stays in cells that others have changed too."""

    MINE = "mine"
    THEIRS = "theirs"


def decisions(*, leave_out_errors: bool, conflicts: Whose | None) -> Decisions:
    """What the options of a command decide beforehand."""
    from kundekort.engine.decisions import Choice, Decisions
    from kundekort.engine.decisions import Whose as Side

    choices = (Choice(Side(conflicts)),) if conflicts else ()
    return Decisions(leave_out_errors=leave_out_errors, choices=choices)


def carry_out(
    begin: Callable[[], tuple[Import, bool]],
    *,
    preview: bool,
    yes: bool,
    as_json: bool,
    typed: bool = False,
    accept: bool = False,
) -> None:
    """Begin an import and do with it as the options say: show, ask, write; a failure is told and an exit code.

    `begin` says too whether the import is this command's own; only then it is cancelled when it is not wanted. `typed`:
    the file comes from standard input, so that nobody can be asked. `accept`: what the guards have found is meant.
    """
    imp: Import | None = None

    def report_failure(failure: Failure) -> None:
        if as_json:
            write(import_json(imp and _current(imp), failure=failure))
        else:
            tell(failure)

    with report_failures(report_failure):
        asks = not (preview or yes or as_json)
        if preview and yes:
            raise CommandRefused("options_exclude", options=["--preview", "--yes"])
        if asks and (typed or not sys.stdin.isatty()):
            raise CommandRefused("no_terminal")
        imp, own = begin()
        try:
            imp = planned(imp, quiet=as_json)
            if accept:
                imp = accepted(imp, quiet=as_json)
            undecided = totals(imp).errors + totals(imp).conflicts + len(dangers(imp))
            if asks:
                ask_and_apply(imp, own=own)
            elif as_json:
                write(import_json(applied(imp, quiet=True) if yes else imp, applied=yes))
            else:
                _show_and_apply(imp, yes=yes)
        except KeyboardInterrupt:
            if own:
                _give_up(imp)
            raise
        if undecided and not (yes or asks):
            raise typer.Exit(3)


def planned(imp: Import, *, quiet: bool = False) -> Import:
    """A received import, planned in this process with a progress bar. Raises CommandRefused when it cannot be."""
    from kundekort.cli import show
    from kundekort.services import planning

    with show.progress(shown=not quiet) as report:
        imp = planning.plan(imp.pk, ask=False, report=report)
    if imp.state == imp.State.REFUSED and imp.question:
        raise CommandRefused(imp.question.code, **imp.question.params)
    if imp.state != imp.State.PREVIEW:
        raise CommandRefused("not_waiting", state=imp.state)
    return imp


def dangers(imp: Import) -> list[Finding]:
    """What the guards have found in a planned import that has to be answered before it is carried out."""
    from kundekort.services import preview

    return [finding for finding in preview.summary(imp).findings if finding.blocks]


def accepted(imp: Import, *, quiet: bool = False) -> Import:
    """A planned import, planned anew with the decision that all that the guards have found is meant."""
    from kundekort.engine.decisions import Action, Decision
    from kundekort.services import planning

    for finding in dangers(imp):
        decision = Decision(Action.ACCEPT, field=finding.field, code=finding.code)
        planning.decide(imp.pk, decision, actor=actor(), then=planning.queue_fallback)
        imp = planned(imp, quiet=quiet)
    return imp


def totals(imp: Import) -> Totals:
    """How many rows of a planned import come to what."""
    from kundekort.services import preview

    return preview.summary(imp).totals


def applied(imp: Import, *, by: Actor | None = None, quiet: bool = False) -> Import:
    """The import after its plan was carried out in this process, `by` whoever runs the command unless it is said.

    Raises Refusal, then nothing was written; after StalePlan the import has a new preview.
    """
    from kundekort.cli import show
    from kundekort.services import confirming, planning
    from kundekort.services.refusals import StalePlan

    with show.progress(shown=not quiet) as report:
        try:
            return confirming.apply(imp.pk, digest=imp.digest, actor=by or actor(), report=report)
        except StalePlan:
            planning.queue_fallback(imp.pk)
            planning.plan(imp.pk, ask=False, report=report)
            raise


def _show_and_apply(imp: Import, *, yes: bool) -> None:
    from kundekort.cli import show

    show.preview_of(imp)
    if yes:
        _write(imp)


def _write(imp: Import) -> None:
    """Write, and tell what was written; when the register has moved, show the new preview instead."""
    from kundekort.cli import show
    from kundekort.services.refusals import StalePlan

    try:
        show.done(applied(imp))
    except StalePlan:
        imp.refresh_from_db()
        if imp.state == imp.State.PREVIEW:
            show.preview_of(imp)
        raise


def ask_and_apply(imp: Import, *, own: bool = True) -> None:
    """Show, ask, and do what the answers say; an `own` import that nobody wants is cancelled."""
    from kundekort.cli import show
    from kundekort.engine.decisions import Choice
    from kundekort.engine.decisions import Whose as Side
    from kundekort.services import four_eyes, planning

    show.preview_of(imp)
    if totals(imp).errors:
        _agree(imp, show.question_of_errors(imp), own=own)
        planning.leave_out_errors(imp.pk, actor=actor(), leave_out=True, then=planning.queue_fallback)
        imp = planned(imp)
        show.preview_of(imp)
    if totals(imp).conflicts:
        _agree(imp, show.question_of_conflicts(imp), own=own)
        planning.settle(imp.pk, Choice(Side.THEIRS), actor=actor(), then=planning.queue_fallback)
        imp = planned(imp)
        show.preview_of(imp)
    if dangers(imp):
        _agree(imp, show.question_of_findings(imp), own=own)
        imp = accepted(imp)
    if totals(imp).changes_register:
        four_eyes.refuse_own(imp, actor=actor())  # rather than ask what cannot be done; it goes on waiting
        _agree(imp, show.question(imp), own=own)
        _write(imp)
    elif own:
        _give_up(imp)


def _agree(imp: Import, question: str, *, own: bool) -> None:
    """Go on only after a yes. Raises CommandRefused, an own import being cancelled."""
    from kundekort.cli import show

    if not show.agreed(question):
        if own:
            _give_up(imp)
        raise CommandRefused("declined")


def _give_up(imp: Import) -> None:
    """Cancel an import that is still waiting."""
    from kundekort.services import imports
    from kundekort.services.refusals import NotWaiting

    with suppress(NotWaiting):
        imports.cancel(imp.pk, actor=actor())


def _current(imp: Import) -> Import:
    """An import as it stands in the database, or as it was last seen when that cannot be asked."""
    from django.db import Error

    with suppress(Error):
        imp.refresh_from_db()
    return imp
