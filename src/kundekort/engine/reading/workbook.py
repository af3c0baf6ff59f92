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
from kundekort.engine.reading import sniff
from kundekort.engine.reading.package import OLE, ZIP, Sheet, Workbook, unbroken
from kundekort.engine.reading.sheet import Row, rows
from kundekort.engine.reading.table import Chosen, Limits, Table, of_rows
from kundekort.engine.recipe import WORKBOOK, Dialect

BLOCK: Final = 20_000
"""Rows held as Python strings at a time."""
_SAMPLE: Final = 100


def begins(data: memoryview) -> bool:
    """Whether a file begins like a workbook: a zip, or the container of old and of locked ones."""
    return bytes(data[: len(OLE)]).startswith((ZIP, OLE))


def read(
    data: memoryview,
    *,
    known: Callable[[str], bool],
    chosen: Chosen,
    limits: Limits,
    progress: Callable[[int, int], None],
    as_is: bool = False,
) -> Table:
    """The rows of the chosen sheet, or of the first one whose header names a field; see `reader.read`.

    `_line` is the number of the row in its sheet. Blank rows are those above the last row with text. FileRefused for
    what cannot be read at all.
    """
    with unbroken():
        book = Workbook(data, expanded=limits.expanded)
        progress(0, len(data))
        found = _find(book, chosen=chosen, known=known, most=limits.columns)
        below = _Below(found.line, limit=limits.rows)
        for row in _rows(book, found.sheet, most=limits.columns):
            if row.line > found.line:
                below.take(row)
            if row.line % 1000 == 0:
                progress(len(data) * row.done // max(1, book.size(found.sheet)), len(data))
    if not below.count and not as_is:
        raise FileRefused("header_only")
    cells = below.cells(least=len(found.headers))
    headers = found.headers + ("",) * (cells.width - len(frames.NUMBERING) - len(found.headers))
    if not as_is:
        headers, cells = _without_margins(headers, cells)
    return Table(
        dialect=Dialect(encoding=WORKBOOK, separator="", header_row=found.line, sheet=found.sheet.name),
        headers=headers,
        cells=cells,
        problems=of_rows(_problems(cells), cells),
        blank_rows=below.blank_rows,
        sheets=tuple(sheet.name for sheet in book.sheets if not sheet.hidden or sheet is found.sheet),
    )


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header is, and what it says."""

    sheet: Sheet
    line: int
    headers: tuple[str, ...]
    known: int


def _find(book: Workbook, *, chosen: Chosen, known: Callable[[str], bool], most: int) -> _Header:
    """The header of the chosen sheet; of the first that names a field; of the first that is not empty."""
    sheets = sorted(book.sheets, key=lambda sheet: sheet.hidden)
    if chosen.sheet is not None:
        sheets = [sheet for sheet in sheets if sheet.name == chosen.sheet]
        if not sheets:
            raise FileRefused("sheet_unknown", sheet=chosen.sheet, sheets=[sheet.name for sheet in book.sheets])
    headers: list[_Header] = []
    for sheet in sheets:
        least = chosen.header_row or 1
        sample = list(islice((row for row in _rows(book, sheet, most=most) if row.line >= least), _SAMPLE))
        if sample:
            at, named = sniff.header_among([row.cells for row in sample], known=known, told=least > 1)
            trimmed = tuple(cell.strip() for cell in sample[at].cells)
            headers.append(_Header(sheet, sample[at].line, trimmed, named))
            if named:
                return headers[-1]
    if not headers:
        raise FileRefused("header_only" if chosen.header_row else "file_empty")
    return headers[0]


def _rows(book: Workbook, sheet: Sheet, *, most: int) -> Iterator[Row]:
    """The rows of a sheet that are not blank."""
    with book.open(sheet) as stream:
        for row in rows(stream, strings=book.strings, formats=book.formats, most=most):
            if any(cell and not cell.isspace() for cell in row.cells):
                yield row


class _Below:
    """The rows below the header, taken one by one and kept as columns."""

    def __init__(self, line: int, *, limit: int) -> None:
        self.count = self.blank_rows = 0
        self._last, self._limit = line, limit
        self._lines: list[int] = []
        self._rows: list[list[str]] = []
        self._frames: list[pl.DataFrame] = []

    def take(self, row: Row) -> None:
        """One more row. FileRefused where that is one too many."""
        self.count += 1
        if self.count > self._limit:
            raise FileRefused("too_many_rows", limit=self._limit)
        self.blank_rows += row.line - self._last - 1
        self._last = row.line
        self._lines.append(row.line)
        self._rows.append(row.cells)
        if len(self._rows) == BLOCK:
            self._settle()

    def cells(self, *, least: int) -> pl.DataFrame:
        """All rows taken, ROW and LINE and a String column for each column, at least so many."""
        self._settle()
        columns = {f"c{n}": pl.String for n in range(least)}
        empty = pl.DataFrame(schema={frames.LINE: pl.UInt32, **columns})
        return pl.concat([empty, *self._frames], how="diagonal").fill_null("").with_row_index(frames.ROW)

    def _settle(self) -> None:
        columns = zip_longest(*self._rows, fillvalue="")
        data = [pl.Series(f"c{n}", column, dtype=pl.String) for n, column in enumerate(columns)]
        self._frames.append(pl.DataFrame([pl.Series(frames.LINE, self._lines, dtype=pl.UInt32), *data]))
        self._lines, self._rows = [], []


def _without_margins(headers: tuple[str, ...], cells: pl.DataFrame) -> tuple[tuple[str, ...], pl.DataFrame]:
    """The columns that have a header or a cell: tables often begin some columns to the right."""
    kept = [n for n, header in enumerate(headers) if header or (cells[f"c{n}"] != "").any()]
    if len(kept) == len(headers):
        return headers, cells
    named = {f"c{old}": f"c{new}" for new, old in enumerate(kept)}
    return tuple(headers[n] for n in kept), cells.select(*frames.NUMBERING, *named).rename(named)


def _problems(cells: pl.DataFrame) -> pl.DataFrame:
    """The rows with a NUL character in some cell."""
    texts = cells.select(pl.exclude(frames.ROW, frames.LINE))
    broken = cells.filter(texts.select(pl.any_horizontal(pl.all().str.contains("\0", literal=True))).to_series())
    return broken.select(pl.col(frames.LINE), code=pl.lit("nul_byte"), value=pl.lit(""), params=pl.lit("{}"))
