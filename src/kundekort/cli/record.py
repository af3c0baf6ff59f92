"""The command `show`: one import with its rows, waiting or done, by the same services as the website."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import Failure, report_failures, tell
from kundekort.cli.json_output import import_json, record_json, write, write_with_list
from kundekort.cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kundekort.store.models import Import
    from kundekort.store.pages import Filter

SOME: Final = 20
"""Rows of a box that are shown in a terminal, unless told how many."""
AT_ONCE: Final = 20_000
"""Rows that are read at once for a program."""


class Box(StrEnum):
    """Which rows to show, as the boxes of the website."""

    CHANGES = "changes"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERRORS = "errors"
    LEFT_OUT = "left_out"
    REMOVED = "removed"
    RESTORED = "restored"
    CONFLICTS = "conflicts"
    ALL = "all"


def show_import(
    import_id: Annotated[
        int, typer.Argument(metavar="IMPORT_ID", show_default=False, help=_("The number of the import."))
    ],
    box: Annotated[
        Box | None, typer.Option(help=_("Which rows to show; changes, unless told: all but the unchanged ones."))
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help=_("How many rows to show at most; all with --json, else some."))
    ] = None,
    search: Annotated[
        str, typer.Option(metavar="TEXT", show_default=False, help=_("Only rows with this text or number."))
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON object."))] = False,
) -> None:
    """Show an import in any state with its rows: as they would be written, or as they were."""

    def report_failure(failure: Failure) -> None:
        if as_json:
            write(import_json(None, failure=failure))
        else:
            tell(failure)

    with report_failures(report_failure):
        setup.setup_django()
        from kundekort.services import imports
        from kundekort.store.pages import Filter

        imp = imports.get(import_id, actor=actor())
        wanted = Filter(box=box or Box.CHANGES, search=search)
        if as_json:
            _write(imp, wanted, limit=limit)
            return
        from kundekort.cli import show

        chosen = box is not None or search or limit is not None
        show.record_of(imp, wanted if chosen else None, limit=SOME if limit is None else limit)


def _write(imp: Import, wanted: Filter, *, limit: int | None) -> None:
    """One JSON object with the rows of a filter; without any where there is no plan."""
    from kundekort.services import record

    told = record.of(imp) if imp.state in record.SHOWN else None
    source = None if told is None else "plan" if told.whole else "log"
    rows = iter(()) if told is None else _rows(imp, wanted, lines=told.lines, limit=limit)
    write_with_list(record_json(imp) | {"source": source}, "row_list", rows)


def _rows(imp: Import, wanted: Filter, *, lines: bool, limit: int | None) -> Iterator[dict[str, Any]]:
    """The rows of a filter one by one, in English."""
    from kundekort import wording
    from kundekort.services import record
    from kundekort.services.import_json import headers, row_json

    header, offset = headers(imp), 0
    with wording.in_english():
        while limit is None or offset < limit:
            some = AT_ONCE if limit is None else min(AT_ONCE, limit - offset)
            page = record.page(imp, wanted, offset=offset, limit=some)
            yield from (row_json(row, header, lines=lines) for row in page.rows)
            offset += len(page.rows)
            if not page.rows or offset >= page.total:
                return
