"""The command `inspect`: what a file is by itself, for people and programs. It asks no register and keeps nothing."""

from __future__ import annotations

import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kundekort.cli import setup
from kundekort.cli.failures import Failure, report_failures, tell
from kundekort.cli.files import (
    EncodingName,
    HeaderRow,
    InputFile,
    OneCell,
    Separator,
    SheetName,
    VisibleOnly,
    dialect,
    file_bytes,
    opened,
)
from kundekort.cli.importing import DateOrder, Match
from kundekort.cli.json_output import inspection_json, write
from kundekort.cli.language import _, ngettext
from kundekort.cli.output import STANDARD, printable

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from kundekort.engine.inspection import Inspection
    from kundekort.engine.recipe import Answers

SHOWN: Final = 20
"""Problems that are told one by one."""


def inspect_file(
    file: InputFile,
    match: Annotated[
        list[Match] | None, typer.Option(help=_("By what a row would find its customer (id unless told)."))
    ] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help=_("Which comes first in dates as 03/04/1990."))] = None,
    encoding: EncodingName = None,
    separator: Separator = None,
    header_row: HeaderRow = None,
    sheet: SheetName = None,
    visible_only: VisibleOnly = False,
    one_cell: OneCell = False,
    register: Annotated[
        bool, typer.Option("--register", help=_("Know the venue’s own fields, too, which the database has."))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON object."))] = False,
) -> None:
    """Say how a file is read, what its columns become and what is wrong with its cells; nothing of it is kept.

    Exit codes: 0 nothing to mend, 2 the file cannot be imported, 3 rows have errors or something has to be answered.
    """
    name = "stdin" if file == STANDARD else os.fsencode(file.name).decode(errors="replace")

    def report_failure(failure: Failure) -> None:
        if as_json:
            write(inspection_json(name, None, failure=failure))
        else:
            tell(failure)

    with report_failures(report_failure):
        from kundekort.engine import recipe

        overrides = dialect(
            encoding=encoding,
            separator=separator,
            header_row=header_row,
            sheet=sheet,
            visible_only=visible_only,
            one_cell=one_cell,
        )
        wanted = [] if match == [Match.NONE] else list(dict.fromkeys(match or [Match.ID]))
        policy = recipe.Policy(
            keys=tuple(recipe.RowKey(key.replace("-", "_")) for key in wanted if key is not Match.NONE),
            date_order=recipe.DateOrder(date_order) if date_order else None,
        )
        found = _inspected(file, recipe.Answers(dialect=overrides, policy=policy), register=register)
        failure = _failure(found)
        if as_json:
            write(inspection_json(name, found, failure=failure))
        else:
            _say(found, name)
            if failure:
                tell(failure)
        if failure or not found.is_clean:
            raise typer.Exit(failure.exit_code if failure else 3)


def _inspected(file: Path, answers: Answers, *, register: bool) -> Inspection:
    from kundekort.engine import inspection
    from kundekort.engine.reading.table import Limits
    from kundekort.store.fields import SCHEMA

    schema, limits, country = SCHEMA, Limits(), os.environ.get("KUNDEKORT_COUNTRY", "NO")
    with opened(file) as stream:
        if register:
            setup.setup_django()
            from django.conf import settings

            from kundekort.services import fields, imports

            schema, limits, country = fields.schema(), imports.limits(), settings.KUNDEKORT_COUNTRY
        else:
            setup.setup_translations()
        with file_bytes(stream) as data:
            return inspection.inspect(
                data, answers=answers, schema=schema, limits=limits, today=date.today(), country=country
            )


def _failure(found: Inspection) -> Failure | None:
    """Why the file could not be imported as it is, whatever its rows say."""
    question = found.question
    return Failure(question.code, question.params) if question and question.code else None


def _say(found: Inspection, name: str) -> None:
    """All of it on standard output, one below the other."""
    from rich.console import Console, Group
    from rich.text import Text

    from kundekort import wording
    from kundekort.engine import notes
    from kundekort.wording.lists import OWN_SHEETS

    parts: list[RenderableType] = [_read(found, name)] if found.file.recipe else []
    for note in notes.of_file(found.recipe, found.facts, own_sheets=OWN_SHEETS):
        parts.append(Text(f"! {printable(wording.warning(note.code, note.params))}", style="yellow"))
    for one in found.facts.findings:
        words = wording.finding(one, wording.field(one.field) if one.field else "")
        parts.append(Text(f"! {printable(words)}", style="bold red" if one.blocks else "yellow"))
    if found.file.recipe:
        parts.append(_columns(found))
    if found.rows:
        parts += _problems(found)
    Console(file=sys.stdout, highlight=False).print(Group(*parts))


def _read(found: Inspection, name: str) -> RenderableType:
    """How the file was read."""
    from rich.text import Text

    from kundekort import wording

    cut = found.recipe.dialect
    read = _("%(file)s, sheet %(sheet)s") if cut.sheet else _("%(file)s, read as %(encoding)s with %(separator)s")
    words = {
        "file": printable(name),
        "encoding": wording.encoding(cut.encoding),
        "separator": wording.separator(cut.separator),
        "sheet": printable(cut.sheet),
    }
    header = _("header on line %(line)s") % {"line": cut.header_row}
    rows = ngettext("%(rows)s row", "%(rows)s rows", found.rows) % {"rows": wording.Count(found.rows)}
    return Text(f"{read % words} · {header} · {rows}", style="bold")


def _columns(found: Inspection) -> RenderableType:
    """What each column becomes, with its first values."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from kundekort import wording

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in (_("Column in the file"), _("becomes"), _("First values")):
        table.add_column(title, overflow="ellipsis", no_wrap=True)
    for number, column in enumerate(found.recipe.columns):
        values = found.facts.samples[number] if number < len(found.facts.samples) else ()
        becomes = wording.field(column.field) if column.field else ""
        table.add_row(printable(column.header), becomes or "–", printable(" · ".join(values)))
    return table


def _problems(found: Inspection) -> list[RenderableType]:
    """How many rows have what problem, and the first of them one by one."""
    from rich.text import Text

    from kundekort import wording
    from kundekort.engine.mapping import spread
    from kundekort.engine.problem import Problem

    if not found.errors:
        return [Text(_("No field refuses a cell of this file."), style="green")]
    header = {c.field: c.header for c in spread(found.recipe.columns) if c.field is not None}
    counts = ngettext("%(count)s row with errors", "%(count)s rows with errors", found.errors)
    parts: list[RenderableType] = [Text(counts % {"count": wording.Count(found.errors)}, style="bold red")]
    for kind in found.facts.problems:
        label = wording.field(kind.field) if kind.field else ""
        words = printable(wording.kind_of_problem(kind.code, label))
        parts.append(Text(f"  {wording.Count(kind.count)} × {words}"))
    for row in found.problems.head(SHOWN).iter_rows(named=True):
        words = wording.row_problem(Problem.from_row(row), header)
        parts.append(Text(_("Line %(line)s: %(problem)s") % {"line": row["_line"], "problem": printable(words)}))
    if more := max(0, found.problems.height - SHOWN):
        told = ngettext("… and one more row with a problem.", "… and %(count)s more rows with problems.", more)
        parts.append(Text(told % {"count": wording.Count(more)}, style="dim"))
    return parts
