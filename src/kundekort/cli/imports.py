"""The command `imports`: the list of all imports, as a table for people or as JSON for programs. Reads only."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.json_output import write
from kundekort.cli.language import _, pgettext

if TYPE_CHECKING:
    from kundekort.services.import_list import ImportLine

WIDE: Final = 200
"""Columns of a table that no terminal limits, so that a file of it has one import a line."""

ROOMY: Final = 140
"""Columns of a terminal from which on all that is told of an import stands beside each other."""
_STYLES: Final = {
    **dict.fromkeys(("received", "confirming", "cancelled"), "dim"),
    **dict.fromkeys(("columns", "preview"), "yellow"),
    "done": "green",
    "refused": "red",
}


class State(StrEnum):
    """Where an import is on its way."""

    RECEIVED = "received"
    COLUMNS = "columns"
    PREVIEW = "preview"
    CONFIRMING = "confirming"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


def list_imports(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help=_("How many at most, the newest first."))] = 20,
    state: Annotated[State | None, typer.Option(help=_("Only imports in this state."))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))] = False,
) -> None:
    """List the imports: who uploaded and confirmed what, when, and what became of it."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import identities, import_list
        from kundekort.services.import_json import line_json
        from kundekort.services.import_list import ImportFilter

        wanted = ImportFilter(states=(state.value,) if state else ())
        lines = import_list.search(wanted, offset=0, limit=limit, actor=actor()).lines
        if as_json:
            with identities.once():
                write([line_json(line) for line in lines])
        elif lines:
            console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)
            console.print(_table(lines, width=console.width))
        else:
            print(_("No imports."), file=sys.stderr)


def _table(lines: tuple[ImportLine, ...], *, width: int) -> Table:
    """A line for each import; where there is no room, whose it is and how it stands come below its name."""
    roomy = width >= ROOMY
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, header_style="bold")
    table.add_column(_("No."), justify="right", no_wrap=True)
    table.add_column(_("When"), no_wrap=True)
    for head in (_("File"), _("Uploaded by"), _("Confirmed by")) if roomy else (_("File"),):
        table.add_column(head, overflow="fold")
    for head in (_("Rows"), _("Changed"), pgettext("count", "New"), _("Errors"), _("Left out")):
        table.add_column(head, justify="right", no_wrap=True)
    if roomy:
        table.add_column(_("State"))
    for line in lines:
        table.add_row(*_cells(line, roomy=roomy))
    return table


def _cells(line: ImportLine, *, roomy: bool) -> list[str | Text]:
    from django.utils.timezone import localtime

    from kundekort import wording

    imp, totals = line.imp, line.imp.totals
    shown = [getattr(totals, name) for name in ("rows", "changed", "new", "errors", "left_out")] if totals else []
    counts = [str(wording.Count(count)) for count in shown] or [""] * 5
    title = Text(_plain(wording.import_title(line.name.filename, undone=line.name.undone)))
    people = {_("Uploaded by"): _plain(line.uploader), _("Confirmed by"): _plain(line.confirmer)}
    state = Text(wording.state(imp.state) + (f", {_('undone')}" if line.undone else ""), style=_STYLES[imp.state])
    first = [str(imp.pk), localtime(line.when).strftime("%Y-%m-%d %H:%M")]
    if roomy:
        return [*first, title, *map(Text, people.values()), *counts, state]
    whose = [Text(f"{head} {name}", style="dim") for head, name in people.items() if name]
    return [*first, Text("\n").join([title, *whose, state]), *counts]


def _plain(text: str) -> str:
    """A name without what could steer a terminal."""
    return "".join(c for c in text if c.isprintable())
