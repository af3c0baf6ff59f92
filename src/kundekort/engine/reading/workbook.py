"""The reader of workbooks (.xlsx): one of their sheets becomes rows of text, as `reader` gives them for a text file.

Empty cells are '' and never null: a sheet has no short rows. May not know fields: what a header means is asked of the
caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.problem import LineProblem
from kundekort.engine.reading import one_cell, sniff
from kundekort.engine.reading.package import OLE, ZIP, Sheet, Workbook, unbroken
from kundekort.engine.reading.sheet import Row, rows
from kundekort.engine.reading.table import Limits, Piece, Source, number
from kundekort.engine.recipe import WORKBOOK, Dialect, DialectOverrides

_SAMPLE: Final = 100
_MARGIN_SAMPLE: Final = 200  # rows below the header that are looked at for columns without a name


def begins(data: memoryview) -> bool:
    """Whether a file begins like a workbook: a zip, or the container of old and of locked ones."""
    return bytes(data[: len(OLE)]).startswith((ZIP, OLE))


def open_source(
    data: memoryview,
    *,
    known: Callable[[str], bool],
    overrides: DialectOverrides,
    limits: Limits,
    as_is: bool,
    rows: int,
) -> Source:
    """The sheet that was chosen, or the first one whose header names a field; see `reader.open_source`.

    LINE is the number of the row in its sheet. Blank rows are those above the last row with text. A block has so many
    `rows` at most. FileRefused for what cannot be read at all.
    """
    with unbroken():
        book = Workbook(data, expanded=limits.expanded)
        header = _find(book, overrides=overrides, known=known, most=limits.columns)
        kept = None if as_is else _columns(book, header, most=limits.columns)
    headers = header.headers if kept is None else tuple(header.name(n) for n in kept)

    def pieces() -> Iterator[Piece]:
        with unbroken():
            below = _Below(header.line, size=len(data), whole=book.size(header.sheet))
            for row in _below(book, header, most=limits.columns):
                below.take(row)
                if below.count == rows:
                    yield below.piece(kept, least=len(header.headers))
            yield below.piece(kept, least=len(header.headers))

    return Source(
        dialect=Dialect(encoding=WORKBOOK, separator="", header_row=header.line, sheet=header.sheet.name),
        headers=headers,
        size=len(data),
        blocks=lambda: number(pieces(), limit=limits.rows, header_alone=as_is),
        sheets=tuple(sheet.name for sheet in book.sheets if not sheet.hidden or sheet is header.sheet),
    )


def one_cell_text(
    data: memoryview, *, known: Callable[[str], bool], overrides: DialectOverrides, limits: Limits
) -> tuple[str, bytes]:
    """The name of the sheet that `open_source` takes, and as a text the cells of one column that hold whole rows."""
    with unbroken():
        book = Workbook(data, expanded=limits.expanded)
        header = _find(book, overrides=overrides, known=known, most=limits.columns)
        return header.sheet.name, one_cell.lines(_rows(book, header.sheet, most=limits.columns))


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header is, and what it says."""

    sheet: Sheet
    line: int
    headers: tuple[str, ...]
    known: int

    def name(self, column: int) -> str:
        """The header of a column, '' beyond the header."""
        return self.headers[column] if column < len(self.headers) else ""


def _find(book: Workbook, *, overrides: DialectOverrides, known: Callable[[str], bool], most: int) -> _Header:
    """The header of the chosen sheet; of the first that names fields as others do; of the first that is not empty.

    A cover sheet may name a field or two; so the first counts that names at least half as many as any other. Hidden
    sheets are looked at where no other names a field.
    """
    if overrides.sheet is None:
        groups = [[s for s in book.sheets if not s.hidden], [s for s in book.sheets if s.hidden]]
    else:
        groups = [[sheet for sheet in book.sheets if sheet.name == overrides.sheet]]
        if not groups[0]:
            raise FileRefused("sheet_unknown", sheet=overrides.sheet, sheets=[sheet.name for sheet in book.sheets])
    headers: list[_Header] = []
    for sheets in groups:
        headers += [h for s in sheets if (h := _header(book, s, overrides=overrides, known=known, most=most))]
        best = max((header.known for header in headers), default=0)
        if best:
            return next(header for header in headers if 2 * header.known >= best)
    if not headers:
        raise FileRefused("header_only" if overrides.header_row else "file_empty")
    return headers[0]


def _header(
    book: Workbook, sheet: Sheet, *, overrides: DialectOverrides, known: Callable[[str], bool], most: int
) -> _Header | None:
    """The header of a sheet, None where it is empty."""
    least = overrides.header_row or 1
    sample = list(islice((row for row in _rows(book, sheet, most=most) if row.line >= least), _SAMPLE))
    if not sample:
        return None
    at, named = sniff.header_among([row.cells for row in sample], known=known, told=least > 1)
    return _Header(sheet, sample[at].line, tuple(cell.strip() for cell in sample[at].cells), named)


def _rows(book: Workbook, sheet: Sheet, *, most: int) -> Iterator[Row]:
    """The rows of a sheet that are not blank."""
    with book.open(sheet) as stream:
        for row in rows(stream, strings=book.strings, formats=book.formats, most=most):
            if any(cell and not cell.isspace() for cell in row.cells):
                yield row


def _below(book: Workbook, header: _Header, *, most: int) -> Iterator[Row]:
    """The rows below the header that are not blank."""
    return (row for row in _rows(book, header.sheet, most=most) if row.line > header.line)


def _columns(book: Workbook, header: _Header, *, most: int) -> list[int]:
    """The columns that have a header or, in the first rows, a cell: tables often begin some columns to the right."""
    sample = [row.cells for row in islice(_below(book, header, most=most), _MARGIN_SAMPLE)]
    filled = {n for cells in sample for n, cell in enumerate(cells) if cell}
    return sorted(filled | {n for n, name in enumerate(header.headers) if name})


class _Below:
    """The rows below the header, taken one by one and given on in pieces. `size` and `whole`: of file and sheet."""

    def __init__(self, line: int, *, size: int, whole: int) -> None:
        self._last, self._size, self._whole = line, size, max(1, whole)
        self._lines: list[int] = []
        self._rows: list[list[str]] = []
        self._blank_rows = self._done = 0

    @property
    def count(self) -> int:
        """The rows that wait to be given on."""
        return len(self._rows)

    def take(self, row: Row) -> None:
        """One more row."""
        self._blank_rows += row.line - self._last - 1
        self._last, self._done = row.line, row.done
        self._lines.append(row.line)
        self._rows.append(row.cells)

    def piece(self, columns: list[int] | None, *, least: int) -> Piece:
        """What has been taken since the last time: the given columns of the sheet, or all, which are at least so many.

        An empty cell is ''.
        """
        wide = max(least, max(map(len, self._rows), default=0))
        wanted = list(range(wide)) if columns is None else columns
        across = dict(enumerate(zip_longest(*self._rows, fillvalue="")))
        blank = ("",) * len(self._rows)
        texts = [pl.Series(f"c{n}", across.get(at, blank), dtype=pl.String) for n, at in enumerate(wanted)]
        cells = pl.DataFrame([pl.Series(frames.LINE, self._lines, dtype=pl.UInt32), *texts])
        blank_rows, self._blank_rows = self._blank_rows, 0
        self._lines, self._rows = [], []
        return Piece(cells, _problems(cells), blank_rows, self._size * self._done // self._whole)


def _problems(cells: pl.DataFrame) -> list[LineProblem]:
    """The rows with a NUL character in some cell."""
    holds_nul = pl.any_horizontal(pl.lit(False), pl.exclude(frames.LINE).str.contains("\0", literal=True))
    return [LineProblem(line, "nul_byte") for line in cells.filter(holds_nul)[frames.LINE]]
