"""The command `import`: preview a file of customers, and on a yes carry it out, by the same services as the website."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kundekort.cli import confirming, setup
from kundekort.cli.actor import actor
from kundekort.cli.files import (
    EncodingName,
    HeaderRow,
    InputFile,
    OneCell,
    Separator,
    SheetName,
    VisibleOnly,
    dialect,
    opened,
)
from kundekort.cli.language import _
from kundekort.cli.output import STANDARD
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
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
    MOBILE = "mobile"
    NAME_BIRTH = "name-birth"
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
    accept_findings: Annotated[
        bool, typer.Option("--accept-findings", help=_("Import in spite of what looks dangerous about the file."))
    ] = False,
    conflicts: Annotated[
        confirming.Whose | None,
        typer.Option(help=_("Whose value stays in cells that others have changed too: the file’s or the register’s.")),
    ] = None,
    match: Annotated[
        list[Match] | None,
        typer.Option(
            help=_(
                "By what a row finds its customer (id unless told); none: all rows are new. "
                "Given again: by this, where what was given before finds nobody."
            )
        ),
    ] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help=_("Which comes first in dates as 03/04/1990."))] = None,
    encoding: EncodingName = None,
    separator: Separator = None,
    header_row: HeaderRow = None,
    sheet: SheetName = None,
    one_cell: OneCell = False,
    visible_only: VisibleOnly = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object; without --yes nothing is written."))
    ] = False,
) -> None:
    """Update and create customers from a file: see every change, then confirm or cancel.

    Exit codes: 0 done, 2 the file cannot be imported, 3 rows have errors or need a decision, 4 the register moved since
    the preview.
    """

    wanted = [] if match == [Match.NONE] else list(dict.fromkeys(match or [Match.ID]))

    def begin() -> tuple[Import, bool]:
        if Match.NONE in wanted:
            raise CommandRefused("options_exclude", options=["--match none", "--match"])
        overrides = dialect(
            encoding=encoding,
            separator=separator,
            header_row=header_row,
            sheet=sheet,
            one_cell=one_cell,
            visible_only=visible_only,
        )
        with opened(file) as stream:
            setup.setup_django()
            from kundekort.engine import recipe
            from kundekort.services import imports, planning

            keys = tuple(recipe.RowKey(key.replace("-", "_")) for key in wanted)
            imp = imports.receive(
                stream,
                filename="stdin" if file == STANDARD else os.fsencode(file.name).decode(errors="replace"),
                actor=actor(),
                policy=recipe.Policy(
                    empty_cells=recipe.EmptyCells(empty_cells),
                    keys=keys,
                    date_order=recipe.DateOrder(date_order) if date_order else None,
                ),
                overrides=overrides,
                decisions=confirming.decisions(leave_out_errors=leave_out_errors, conflicts=conflicts),
            )
            planning.queue_fallback(imp.pk)
        return imp, True

    confirming.carry_out(
        begin, preview=preview, yes=yes, as_json=as_json, typed=file == STANDARD, accept=accept_findings
    )
