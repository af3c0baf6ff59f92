"""Commands that turn files into files: `rows`, `template` and `export`. Nothing here writes customers."""

from __future__ import annotations

import codecs
import mmap
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer

from kundekort.cli import output, setup
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _, language, ngettext
from kundekort.cli.output import STANDARD
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    import polars as pl

    from kundekort.engine.recipe import DialectOverrides

SHOWN: Final = 50
"""Problems of a file that are told one by one."""
BLOCK: Final = 50_000
"""Rows that are written at a time."""
MOST_ROWS: Final = (1 << 32) - 1
MOST_COLUMNS: Final = 16_384
"""Of a file whose table is only written anew: as many columns as a spreadsheet has."""

InputFile = Annotated[
    Path, typer.Argument(metavar="FILE", show_default=False, help=_("The file to read; - is standard input."))
]
EncodingName = Annotated[str | None, typer.Option(help=_("Read the file in this encoding."))]
Separator = Annotated[str | None, typer.Option(help=_("Read the file with this separator."))]
HeaderRow = Annotated[int | None, typer.Option(min=1, help=_("The line with the column names."))]
SheetName = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=_("Read this sheet of a workbook."))]
OneCell = Annotated[
    bool, typer.Option("--one-cell", help=_("Split rows that are one single cell with all their columns in it."))
]
VisibleOnly = Annotated[
    bool, typer.Option("--visible-only", help=_("Leave out the rows of a sheet that are filtered out or hidden."))
]
LayoutName = Annotated[str | None, typer.Option("--layout", metavar="NAME", help=_("The columns of this layout."))]
OutputFile = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help=_("The file to write; - is standard output."))
]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file for reading; - is standard input. Raises CommandRefused when it is missing, a folder, or not readable."""
    if path == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise CommandRefused("file_missing", path=str(path)) from error
    except IsADirectoryError as error:
        raise CommandRefused("file_is_folder", path=str(path)) from error
    except OSError as error:
        raise CommandRefused("file_unreadable", path=str(path), why=error.strerror) from error
    with file:
        try:
            file.peek(1)  # there are files that can be opened and still not be read
        except OSError as error:
            raise CommandRefused("file_unreadable", path=str(path), why=error.strerror) from error
        yield file


def rows(
    file: InputFile,
    to: OutputFile = STANDARD,
    encoding: EncodingName = None,
    separator: Separator = None,
    header_row: HeaderRow = None,
    sheet: SheetName = None,
    one_cell: OneCell = False,
    visible_only: VisibleOnly = False,
) -> None:
    """Write the table of a messy file or of a workbook exactly as read, as clean CSV."""
    with report_failures():
        from kundekort.engine.reading import reader
        from kundekort.engine.reading.table import Limits
        from kundekort.engine.writing import csv

        overrides = dialect(
            encoding=encoding,
            separator=separator,
            header_row=header_row,
            sheet=sheet,
            one_cell=one_cell,
            visible_only=visible_only,
        )
        limits = Limits(bytes=sys.maxsize, rows=MOST_ROWS, columns=MOST_COLUMNS)  # of an import it has others
        with opened(file) as stream, file_bytes(stream) as data:
            table = reader.read(data, known=lambda header: False, overrides=overrides, limits=limits, as_is=True)
        cells = table.cells.drop("_row", "_line")
        output.write(csv.write(cells.iter_slices(BLOCK), headers=table.headers, form=csv.CLEAN), to)
        _tell_warnings(table.preamble.warnings())
        if table.problems.height:
            _tell_problems(table.problems)
        if table.encodings:
            _tell_encodings(table.encodings)
        if table.problems.height or table.preamble.header or table.encodings:
            raise typer.Exit(3)


def template(to: OutputFile = STANDARD, layout: LayoutName = None) -> None:
    """Write a file in the import format with two invented customers to write over; .xlsx or CSV by its name."""
    with report_failures():
        form = _form(to)
        from kundekort.services import lists
        from kundekort.store.fields import SCHEMA

        # Without the name of a layout no database is needed to see what a file looks like.
        columns: lists.Columns = [(field, field.header) for field in SCHEMA]
        if layout is not None:
            setup.setup_django()
            from kundekort.services import layouts

            columns = layouts.get(layout).fields
        output.write(lists.template(columns=columns, form=lists.FileFormat(form), language=language()), to)


def export_customers(
    to: OutputFile = STANDARD,
    plain: Annotated[
        bool, typer.Option("--plain", help=_("Values as they are, without protection from spreadsheets."))
    ] = False,
    segment: Annotated[str | None, typer.Option(metavar="NAME", help=_("Only the customers of this segment."))] = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Only the customers that this finds."))] = None,
    layout: LayoutName = None,
) -> None:
    """Write customers in the import format; .xlsx or CSV by the name of the file."""
    with report_failures():
        form = _form(to, plain=plain)
        if segment is not None and search is not None:
            raise CommandRefused("options_exclude", options=["--segment", "--search"])
        setup.setup_django()

        from kundekort.cli.actor import actor
        from kundekort.services import exports, lists
        from kundekort.store.selection import Selection

        what = Selection(segment=segment, search=search)
        file_format = lists.FileFormat(form)
        pieces = exports.stream(what=what, form=file_format, layout=layout, language=language(), actor=actor())
        output.write(pieces, to)


def _form(to: Path, *, plain: bool = False) -> str:
    """What kind of file the name of the output asks for. Raises CommandRefused for a plain workbook."""
    is_workbook = to.suffix.lower() == ".xlsx"
    if is_workbook and plain:
        raise CommandRefused("options_exclude", options=["--plain", to.suffix])
    return "xlsx" if is_workbook else "plain" if plain else "csv"


def dialect(
    *,
    encoding: str | None,
    separator: str | None,
    header_row: int | None,
    sheet: str | None,
    one_cell: bool = False,
    visible_only: bool = False,
) -> DialectOverrides:
    """What was said on the command line about the layout of a file. Raises CommandRefused for an unknown word."""
    from kundekort.engine.recipe import ENCODINGS, SEPARATORS, DialectOverrides

    if encoding is not None:
        encoding = _encoding(encoding)
        if encoding not in ENCODINGS:
            raise CommandRefused("option_unknown", option="--encoding", choices=list(ENCODINGS))
    if separator is not None:
        separator = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}.get(separator, separator)
        if separator not in SEPARATORS:
            raise CommandRefused("option_unknown", option="--separator", choices=[";", ",", "tab", "|"])
    return DialectOverrides(
        encoding=encoding,
        separator=separator,
        header_row=header_row,
        sheet=sheet,
        one_cell=one_cell or None,
        visible_only=visible_only or None,
    )


def _encoding(name: str) -> str:
    """The encoding of a name, by which else Python and others know it: cp1252, latin-1, ibm850, 850."""
    from kundekort.engine.reading.fit import CODECS

    by_codec = {codecs.lookup(codec).name: encoding for encoding, codec in CODECS.items()}
    try:
        return by_codec.get(codecs.lookup(name).name, name.lower())
    except LookupError:
        return name.lower()


@contextmanager
def file_bytes(file: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """The bytes of an opened file, without reading them where it is no pipe."""
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (ValueError, OSError):  # empty, or a pipe
        yield file.read()
        return
    yield mapped  # not closed here: the traceback of a refusal still looks into it


def _tell_encodings(encodings: Mapping[str, Sequence[str]]) -> None:
    from kundekort import wording

    setup.setup_translations()
    ways = [[name, list(words)] for name, words in encodings.items()]
    print(wording.refusal("encoding_unclear", {"ways": ways}), file=sys.stderr)


def _tell_warnings(warnings: list[tuple[str, dict[str, Any]]]) -> None:
    from kundekort import wording

    setup.setup_translations()
    for code, params in warnings:
        print(wording.warning(code, params), file=sys.stderr)


def _tell_problems(problems: pl.DataFrame) -> None:
    from kundekort import wording
    from kundekort.engine.problem import Problem

    setup.setup_translations()
    for row in problems.head(SHOWN).iter_rows(named=True):
        problem = Problem.from_row(row)
        words = wording.problem(problem.code, problem.params)
        print(_("Line %(line)s: %(problem)s") % {"line": row["_line"], "problem": words}, file=sys.stderr)
    if more := max(0, problems.height - SHOWN):
        told = ngettext("… and one more row with a problem.", "… and %(count)s more rows with problems.", more)
        print(told % {"count": more}, file=sys.stderr)
