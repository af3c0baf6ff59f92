"""Commands that turn files into files: `rows`, `template` and `export`. Nothing here writes customers."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from kundekort.cli import output, surroundings
from kundekort.cli.language import _, ngettext
from kundekort.cli.noes import CommandRefused, noes

if TYPE_CHECKING:
    import polars as pl

    from kundekort.engine.source import Chosen

SHOWN: Final = 50
"""Problems of a file that are told one by one."""
BLOCK: Final = 50_000
"""Rows that are written at a time."""

InputFile = Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help=_("The file to read."))]
OutputFile = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help=_("The file to write; - is standard output."))
]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file for reading. Raises CommandRefused when it is missing, a folder, or not readable."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise CommandRefused("file_missing", path=str(path)) from error
    except IsADirectoryError as error:
        raise CommandRefused("file_is_folder", path=str(path)) from error
    except PermissionError as error:
        raise CommandRefused("file_unreadable", path=str(path), why=error.strerror) from error


def rows(
    file: InputFile,
    to: OutputFile = output.STANDARD_OUTPUT,
    encoding: Annotated[str | None, typer.Option(help=_("Read the file in this encoding."))] = None,
    separator: Annotated[str | None, typer.Option(help=_("Read the file with this separator."))] = None,
    header_row: Annotated[int | None, typer.Option(min=1, help=_("The line with the column names."))] = None,
) -> None:
    """Write the table of a messy file exactly as read, as clean CSV."""
    with noes():
        from kundekort.engine import export, source

        chosen = dialect(encoding=encoding, separator=separator, header_row=header_row)
        with opened(file) as stream, _bytes(stream) as data:
            table = source.read(data, known=lambda header: False, chosen=chosen, as_is=True)
        cells = table.cells.drop("_row", "_line")
        output.write(export.csv(cells.iter_slices(BLOCK), headers=table.headers, form=export.CLEAN), to)
        if table.problems.height:
            _tell_problems(table.problems)
            raise typer.Exit(3)


def template(to: OutputFile = output.STANDARD_OUTPUT) -> None:
    """Write a file in the import format with one invented customer to write over."""
    with noes():
        from kundekort.cli.sample import HEADERS, customers
        from kundekort.engine import export

        output.write(export.csv([customers(1)], headers=HEADERS, form=export.SPREADSHEET), to)


def export_customers(
    to: OutputFile = output.STANDARD_OUTPUT,
    plain: Annotated[
        bool, typer.Option("--plain", help=_("Values as they are, without protection from spreadsheets."))
    ] = False,
) -> None:
    """Write all customers in the import format."""
    with noes():
        surroundings.register()
        import polars as pl

        from kundekort.cli.actor import actor
        from kundekort.engine import export
        from kundekort.services import customers
        from kundekort.store.fields import SCHEMA

        blocks = customers.every(actor=actor())
        text = (block.select(pl.col([field.key for field in SCHEMA]).cast(pl.String)) for block in blocks)
        headers = [field.header for field in SCHEMA]
        output.write(export.csv(text, headers=headers, form=export.PLAIN if plain else export.SPREADSHEET), to)


def dialect(*, encoding: str | None, separator: str | None, header_row: int | None) -> Chosen:
    """What was said on the command line about the layout of a file. Raises CommandRefused for an unknown word."""
    from kundekort.engine.recipe import ENCODINGS, SEPARATORS
    from kundekort.engine.source import Chosen

    if encoding is not None:
        encoding = {"cp1252": "windows-1252", "latin-1": "iso-8859-1"}.get(encoding.lower(), encoding.lower())
        if encoding not in ENCODINGS:
            raise CommandRefused("option_unknown", option="--encoding", choices=list(ENCODINGS))
    if separator is not None:
        separator = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}.get(separator, separator)
        if separator not in SEPARATORS:
            raise CommandRefused("option_unknown", option="--separator", choices=[";", ",", "tab", "|"])
    return Chosen(encoding=encoding, separator=separator, header_row=header_row)


@contextmanager
def _bytes(file: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (ValueError, OSError):  # empty, or a pipe
        yield file.read()
        return
    yield mapped  # not closed here: the traceback of a refusal still looks into it


def _tell_problems(problems: pl.DataFrame) -> None:
    from kundekort import wording
    from kundekort.engine.problem import load_params

    surroundings.words()
    for line, code, params in problems.select("_line", "code", "params").head(SHOWN).iter_rows():
        words = wording.problem(code, load_params(params))
        print(_("Line %(line)s: %(problem)s") % {"line": line, "problem": words}, file=sys.stderr)  # noqa: T201
    if more := max(0, problems.height - SHOWN):
        told = ngettext("… and one more row with a problem.", "… and %(count)s more rows with problems.", more)
        print(told % {"count": more}, file=sys.stderr)  # noqa: T201
