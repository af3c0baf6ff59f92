"""The command `import`: preview a file of customers, and on a yes carry it out, by the same services as the website."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import Failure, report_failures, tell
from kundekort.cli.files import InputFile, SheetName, dialect, opened
from kundekort.cli.json_output import import_json, write
from kundekort.cli.language import _
from kundekort.cli.output import STANDARD
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.engine.facts import Totals
    from kundekort.store.models import Import


class EmptyCells(StrEnum):
    """What an empty cell does to a stored value."""

    OVERWRITE = "overwrite"
    KEEP = "keep"


class Match(StrEnum):
    """By what a row finds its customer."""

    ID = "id"
    EXTERNAL_ID = "external-id"
    EMAIL = "email"
    NONE = "none"


class DateOrder(StrEnum):
    """Whether day or month comes first in dates with slashes."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def import_file(
    file: InputFile,
    preview: Annotated[bool, typer.Option("--preview", help=_("Show what would happen and write nothing."))] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Import without asking."))] = False,
    empty_cells: Annotated[
        EmptyCells, typer.Option(help=_("Whether an empty cell empties the stored value or keeps it."))
    ] = EmptyCells.OVERWRITE,
    leave_out_errors: Annotated[
        bool, typer.Option("--leave-out-errors", help=_("Import the other rows when some have errors."))
    ] = False,
    match: Annotated[
        Match, typer.Option(help=_("By what a row finds its customer; none: all rows are new customers."))
    ] = Match.ID,
    date_order: Annotated[DateOrder | None, typer.Option(help=_("Which comes first in dates as 03/04/1990."))] = None,
    encoding: Annotated[str | None, typer.Option(help=_("Read the file in this encoding."))] = None,
    separator: Annotated[str | None, typer.Option(help=_("Read the file with this separator."))] = None,
    header_row: Annotated[int | None, typer.Option(min=1, help=_("The line with the column names."))] = None,
    sheet: SheetName = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object; without --yes nothing is written."))
    ] = False,
) -> None:
    """Update and create customers from a file: see every change, then confirm or cancel.

    Exit codes: 0 done, 2 the file cannot be imported, 3 rows have errors, 4 the register moved since the preview.
    """
    imp: Import | None = None

    def report_failure(failure: Failure) -> None:
        if as_json:
            write(import_json(imp and _now(imp), failure=failure))
        else:
            tell(failure)

    with report_failures(report_failure):
        asks = not (preview or yes or as_json)
        if preview and yes:
            raise CommandRefused("options_exclude", options=["--preview", "--yes"])
        if asks and (file == STANDARD or not sys.stdin.isatty()):
            raise CommandRefused("no_terminal")
        overrides = dialect(encoding=encoding, separator=separator, header_row=header_row, sheet=sheet)
        with opened(file) as stream:
            setup.setup_django()
            from kundekort.engine import recipe
            from kundekort.services import imports, planning

            imp = imports.receive(
                stream,
                filename="stdin" if file == STANDARD else os.fsencode(file.name).decode(errors="replace"),
                actor=actor(),
                policy=recipe.Policy(
                    empty_cells=recipe.EmptyCells(empty_cells),
                    key=recipe.RowKey(match.replace("-", "_")),
                    date_order=recipe.DateOrder(date_order) if date_order else None,
                ),
                overrides=overrides,
                decisions=recipe.Decisions(leave_out_errors=leave_out_errors),
            )
            planning.queue_fallback(imp.pk)
        try:
            imp = planned(imp, quiet=as_json)
            errors = totals(imp).errors
            if asks:
                _ask_and_apply(imp)
            elif as_json:
                write(import_json(applied(imp, quiet=True) if yes else imp, applied=yes))
            else:
                _show_and_apply(imp, yes=yes)
        except KeyboardInterrupt:
            _give_up(imp)
            raise
        if errors and not (yes or asks):
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


def totals(imp: Import) -> Totals:
    """How many rows of a planned import come to what."""
    from kundekort.services import preview

    return preview.summary(imp).totals


def applied(imp: Import, *, quiet: bool = False) -> Import:
    """The import after its plan was carried out in this process.

    Raises Refusal, then nothing was written; after StalePlan the import has a new preview.
    """
    from kundekort.cli import show
    from kundekort.services import confirming, planning
    from kundekort.services.refusals import RowsHaveErrors, StalePlan

    if errors := totals(imp).errors:
        raise RowsHaveErrors(errors=errors)
    with show.progress(shown=not quiet) as report:
        try:
            return confirming.apply(imp.pk, digest=imp.digest, actor=actor(), report=report)
        except StalePlan:
            planning.queue_fallback(imp.pk)
            planning.plan(imp.pk, ask=False, report=report)
            raise


def _show_and_apply(imp: Import, *, yes: bool) -> None:
    from kundekort.cli import show

    show.preview_of(imp)
    if yes:
        _carry_out(imp)


def _carry_out(imp: Import) -> None:
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


def _ask_and_apply(imp: Import) -> None:
    """Show, ask, and do what the answer says; an import that nobody wants is cancelled."""
    from kundekort.cli import show
    from kundekort.services import planning

    show.preview_of(imp)
    if totals(imp).errors:
        if not show.agreed(show.question_of_errors(imp)):
            _give_up(imp)
            raise CommandRefused("declined")
        planning.leave_out_errors(imp.pk, actor=actor(), leave_out=True, then=planning.queue_fallback)
        imp = planned(imp)
        show.preview_of(imp)
    if not totals(imp).changes_register:
        _give_up(imp)
    elif show.agreed(show.question(imp)):
        _carry_out(imp)
    else:
        _give_up(imp)
        raise CommandRefused("declined")


def _give_up(imp: Import) -> None:
    """Cancel an import that is still waiting."""
    from kundekort.services import imports
    from kundekort.services.refusals import NotWaiting

    with suppress(NotWaiting):
        imports.cancel(imp.pk, actor=actor())


def _now(imp: Import) -> Import:
    """An import as it stands in the database, or as it was last seen when that cannot be asked."""
    from django.db import Error

    with suppress(Error):
        imp.refresh_from_db()
    return imp
