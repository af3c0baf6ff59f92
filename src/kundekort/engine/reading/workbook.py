"""The reader of workbooks of all kinds: one of their sheets becomes rows of text, as `reader` gives them for a text.

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
from kundekort.engine.facts import Preamble, TextLine
from kundekort.engine.problem import SHOWN, LineProblem, of_lines
from kundekort.engine.reading import markup, one_cell, opendocument, sniff
from kundekort.engine.reading.archive import ZIP, Archive, unbroken
from kundekort.engine.reading.book import WIDEST, Book, Row, Sheet
from kundekort.engine.reading.compound import OLE
from kundekort.engine.reading.html_tables import HtmlTables
from kundekort.engine.reading.opendocument import OpenDocument
from kundekort.engine.reading.package import Workbook
from kundekort.engine.reading.spreadsheet_xml import SpreadsheetXml
from kundekort.engine.reading.table import Block, Limits, Piece, Source, number
from kundekort.engine.reading.xls import OldWorkbook
from kundekort.engine.recipe import WORKBOOK, Dialect, DialectOverrides

_SAMPLE: Final = 100
_FEW: Final = 2  # columns that a sheet names at least when it looks like a list
_MARGIN_SAMPLE: Final = 200  # rows below the header that are looked at for columns without a name


def begins(data: memoryview) -> bool:
    """Whether a file begins like a workbook: a zip, the container of old ones, or a table in XML or HTML."""
    return bytes(data[: len(OLE)]).startswith((ZIP, OLE)) or bool(markup.kind(data))


def open_book(data: memoryview, *, expanded: int) -> Book:
    """A workbook of whatever kind. FileRefused (file_damaged, file_encrypted, file_binary, file_expands) for none.

    `expanded` are the bytes that it may have when unpacked.
    """
    if bytes(data[: len(OLE)]) == OLE:
        return OldWorkbook(data, expanded=expanded)
    if kind := markup.kind(data):
        return HtmlTables(data) if kind == "html" else SpreadsheetXml(data)
    archive = Archive(data, expanded=expanded)
    return OpenDocument(archive) if opendocument.is_spreadsheet(archive) else Workbook(archive)


def open_source(
    data: memoryview,
    *,
    known: Callable[[str], bool],
    overrides: DialectOverrides,
    limits: Limits,
    as_is: bool,
    rows: int,
) -> Source:
    """The sheet that was chosen, or the one whose header names most fields; see `reader.open_source`.

    LINE is the number of the row in its sheet. Blank rows are those above the last row with text. A block has so many
    `rows` at most. FileRefused for what cannot be read at all.
    """
    with unbroken():
        book = open_book(data, expanded=limits.expanded)
        header, similar = _find(book, overrides=overrides, known=known, most=limits.columns)
        kept = None if as_is else _columns(book, header, most=limits.columns)
    headers = header.headers if kept is None else tuple(header.name(n) for n in kept)
    visible_only = bool(overrides.visible_only)
    names = tuple(sheet.name for sheet in book.sheets if not sheet.hidden or sheet is header.sheet)

    def pieces() -> Iterator[Piece]:
        with unbroken():
            below = _Below(header.line, size=len(data), whole=book.size(header.sheet), visible_only=visible_only)
            for row in _below(book, header, most=limits.columns):
                below.take(row)
                if below.count == rows:
                    yield below.piece(kept, least=len(header.headers))
            yield below.piece(kept, least=len(header.headers))

    def blocks() -> Iterator[Block]:
        try:
            yield from number(pieces(), limit=limits.rows, header_alone=as_is)
        except FileRefused as refused:
            refused.of_sheet(header.sheet.name, names)
            raise

    return Source(
        dialect=Dialect(WORKBOOK, "", header.line, header.sheet.name, visible_only=visible_only),
        headers=headers,
        size=len(data),
        blocks=blocks,
        sheets=names,
        similar=similar,
        preamble=header.preamble,
    )


def one_cell_text(
    data: memoryview, *, known: Callable[[str], bool], overrides: DialectOverrides, limits: Limits
) -> tuple[str, bytes]:
    """The name of the sheet that `open_source` takes, and as a text the cells of one column that hold whole rows."""
    with unbroken():
        book = open_book(data, expanded=limits.expanded)
        header, _ = _find(book, overrides=overrides, known=known, most=limits.columns)
        rows = _rows(book, header.sheet, most=limits.columns)
        return header.sheet.name, one_cell.lines(row for row in rows if not (overrides.visible_only and row.hidden))


def texts(data: memoryview, *, limits: Limits) -> Iterator[list[str]]:
    """The cells of all rows of all sheets. FileRefused for what cannot be read."""
    with unbroken():
        book = open_book(data, expanded=limits.expanded)
        for sheet in book.sheets:
            yield from (row.cells for row in book.rows(sheet, most=WIDEST))


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header is, what it says, how many fields that names, whether there is no row below it, and what stands
    above."""

    sheet: Sheet
    line: int
    headers: tuple[str, ...]
    known: int
    alone: bool
    preamble: Preamble

    @property
    def merit(self) -> tuple[bool, int, bool]:
        """The greater the better: a list with rows, then known columns; a column of which nothing is known is none."""
        wide = sum(map(bool, self.headers)) > 1
        return not self.alone and (self.known > 0 or wide), self.known, wide

    def name(self, column: int) -> str:
        """The header of a column, '' beyond the header."""
        return self.headers[column] if column < len(self.headers) else ""


def _find(
    book: Book, *, overrides: DialectOverrides, known: Callable[[str], bool], most: int
) -> tuple[_Header, tuple[str, ...]]:
    """The header of the chosen sheet, or of the one that names most fields; and the names of sheets that are like it.

    Of equals the first counts, and one with rows before one without. Hidden sheets are looked at where no other names a
    field.
    """
    if overrides.sheet is not None:
        sheets = [sheet for sheet in book.sheets if sheet.name == overrides.sheet]
        if not sheets:
            raise FileRefused("sheet_unknown", sheet=overrides.sheet, sheets=[sheet.name for sheet in book.sheets])
        tables = iter([(sheets[0], book.rows(sheets[0], most=most))])
    else:
        tables = book.tables(most=most)
    least = overrides.header_row or 1
    headers = [h for sheet, rows in tables if (h := _header(sheet, rows, least=least, known=known))]
    visible = [header for header in headers if not header.sheet.hidden]
    best = None
    for among in (visible, headers):
        best = max(among, key=lambda header: header.merit, default=None)
        if best is not None and best.known:
            like = (h for h in visible if not h.alone and h.known >= max(_FEW, best.known / 2))
            return best, tuple(h.sheet.name for h in like if h is not best)
    if best is None:
        raise FileRefused("header_only" if overrides.header_row else "file_empty")
    return best, ()


def _header(sheet: Sheet, rows: Iterator[Row], *, least: int, known: Callable[[str], bool]) -> _Header | None:
    """The header of a sheet among its rows from the line `least` on; None where there is nothing."""
    above = _Above()
    sample: list[Row] = []
    for row in (row for row in rows if not row.is_blank):
        if row.line < least:
            above.take(row)
        else:
            sample.append(row)
            if len(sample) == _SAMPLE:
                break
    if not sample:
        return None
    at, named = sniff.header_among([row.cells for row in sample], known=known, told=least > 1)
    for row in sample[:at]:
        above.take(row)
    headers = tuple(cell.strip() for cell in sample[at].cells)
    return _Header(
        sheet, sample[at].line, headers, named, at + 1 == len(sample), Preamble(tuple(above.lines), above.count)
    )


class _Above:
    """The rows above a header: how many, and the first of them as lines of text."""

    def __init__(self) -> None:
        self.lines: list[TextLine] = []
        self.count = 0

    def take(self, row: Row) -> None:
        """One more row."""
        self.count += 1
        if len(self.lines) < sniff.HEADER_WITHIN:
            text = " | ".join(cell.strip() for cell in row.cells if cell and not cell.isspace())
            self.lines.append(TextLine(row.line, text[:SHOWN]))


def _rows(book: Book, sheet: Sheet, *, most: int) -> Iterator[Row]:
    """The rows of a sheet that are not blank."""
    return (row for row in book.rows(sheet, most=most) if not row.is_blank)


def _below(book: Book, header: _Header, *, most: int) -> Iterator[Row]:
    """The rows below the header that are not blank."""
    return (row for row in _rows(book, header.sheet, most=most) if row.line > header.line)


def _columns(book: Book, header: _Header, *, most: int) -> list[int]:
    """The columns that have a header or, in the first rows, a cell: tables often begin some columns to the right."""
    sample = [row.cells for row in islice(_below(book, header, most=most), _MARGIN_SAMPLE)]
    filled = {n for cells in sample for n, cell in enumerate(cells) if cell}
    return sorted(filled | {n for n, name in enumerate(header.headers) if name})


class _Below:
    """The rows below the header, taken one by one and given on in pieces. `size` and `whole`: of file and sheet."""

    def __init__(self, line: int, *, size: int, whole: int, visible_only: bool) -> None:
        self._last, self._size, self._whole, self._visible_only = line, size, max(1, whole), visible_only
        self._lines: list[int] = []
        self._rows: list[list[str]] = []
        self._uncalculated: list[tuple[int, int]] = []
        self._blank_rows = self._hidden_rows = self._done = 0

    @property
    def count(self) -> int:
        """The rows that wait to be given on."""
        return len(self._rows)

    def take(self, row: Row) -> None:
        """One more row."""
        self._blank_rows += row.line - self._last - 1
        self._last, self._done = row.line, row.done
        if row.hidden:
            self._hidden_rows += 1
            if self._visible_only:
                return
        self._lines.append(row.line)
        self._rows.append(row.cells)
        if row.uncalculated:
            self._uncalculated += [(row.line, column) for column in row.uncalculated]

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
        done = self._size * self._done // self._whole
        piece = Piece(cells, self._problems(cells, wanted), self._blank_rows, done, hidden_rows=self._hidden_rows)
        self._blank_rows = self._hidden_rows = 0
        self._lines, self._rows, self._uncalculated = [], [], []
        return piece

    def _problems(self, cells: pl.DataFrame, columns: list[int]) -> pl.DataFrame:
        """The rows with a NUL character in some cell, and the cells with a formula that nobody has calculated."""
        holds_nul = pl.any_horizontal(pl.lit(False), pl.exclude(frames.LINE).str.contains("\0", literal=True))
        nul = [LineProblem(line, "nul_byte") for line in cells.filter(holds_nul)[frames.LINE]]
        place = {column: n for n, column in enumerate(columns)}
        formulas = [
            LineProblem(line, "formula_uncalculated", column=place[column])
            for line, column in self._uncalculated
            if column in place
        ]
        return of_lines(sorted(nul + formulas, key=lambda problem: problem.line) if formulas else nul)
