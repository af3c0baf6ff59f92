"""What the reader of workbooks asks of a workbook of any kind: its sheets, and their rows as exact text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple, Protocol

from kundekort.engine.errors import FileRefused

LONGEST: Final = 32_767
"""Characters of a cell at most."""
WIDEST: Final = 16_384
"""Columns of a sheet at most."""
SAMPLED: Final = 2_000
"""Lines of each sheet that `Book.tables` gives, if it has so many."""
LAST_LINE: Final = 1_048_576
"""Rows of a sheet at most."""


class Row(NamedTuple):
    """A row that has cells: its number in the sheet, its cells from the first column on ('' for none), and the share
    of the sheet's bytes that were read until here.

    `hidden`: a filter or a person has hidden it. `uncalculated` are the columns with a formula whose result nobody has
    worked out; their cells are ''.
    """

    line: int
    cells: list[str]
    done: int
    hidden: bool = False
    uncalculated: Sequence[int] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.uncalculated and not any(cell and not cell.isspace() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook and the part of it in which it stands."""

    name: str
    part: str
    hidden: bool = False


class Book(Protocol):
    """A workbook of any kind."""

    @property
    def sheets(self) -> Sequence[Sheet]:
        """The sheets in their order."""

    def size(self, sheet: Sheet) -> int:
        """What `Row.done` comes to at the end of a sheet."""

    def rows(self, sheet: Sheet, *, most: int) -> Iterator[Row]:
        """The rows of a sheet that have cells, in their order. FileRefused (too_many_columns) for text beyond `most`
        columns, (cell_too_long), and for what is damaged."""

    def tables(self, *, most: int) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """All sheets that have rows, each with the first of its rows, which are there until the next is asked for.

        What stands beyond `most` columns is left out here.
        """


class Stream:
    """A book whose sheets stand one after the other in one stream: a base for kinds of them."""

    def __init__(self, sheets: Sequence[Sheet], *, size: int) -> None:
        self.sheets, self._size = tuple(sheets), size

    def size(self, sheet: Sheet) -> int:
        """What `Row.done` comes to at the end."""
        return self._size

    def rows(self, sheet: Sheet, *, most: int) -> Iterator[Row]:
        """The rows of one sheet."""
        wanted = self.sheets.index(sheet)
        for number, row in self._all(most=most, wanted=wanted):
            if number > wanted:
                return
            if number == wanted:
                yield row

    def tables(self, *, most: int) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """All sheets that have rows."""
        if len(self.sheets) == 1:  # nothing stands behind it, so nobody has to go through all of it
            yield self.sheets[0], self.rows(self.sheets[0], most=most)
            return
        for number, rows in groupby(self._all(most=most, wanted=None), key=lambda found: found[0]):
            yield self.sheets[number], (row for _, row in rows)

    def _all(self, *, most: int, wanted: int | None) -> Iterator[tuple[int, Row]]:
        """The rows of all sheets by the number of theirs; of others than the `wanted` one may be missing."""
        raise NotImplementedError


class RowBuilder:
    """Cells become a row one by one, from the left. FileRefused (cell_too_long); if `strict`, too_many_columns."""

    def __init__(self, most: int, *, strict: bool) -> None:
        self._most, self._strict = most, strict
        self.begin(0)

    def begin(self, line: int) -> None:
        """Begin a row."""
        self.line, self.column = line, 0
        self.cells: list[str] = []
        self.uncalculated: list[int] = []

    def skip(self, columns: int) -> None:
        """Leave cells empty."""
        self.column += columns

    def add(self, text: str, *, times: int = 1, calculated: bool = True) -> None:
        """The next cell, or as many equal ones."""
        if len(text) > LONGEST:
            raise FileRefused("cell_too_long", line=self.line, limit=LONGEST)
        end = self.column + times
        if self._strict and end > self._most and text.strip():
            raise FileRefused("too_many_columns", columns=end, limit=self._most)
        if text or not calculated:
            end = max(self.column, min(end, self._most))
            if not calculated:
                self.uncalculated += range(self.column, end)
            if text and self.column < end:
                self.cells += [""] * (self.column - len(self.cells)) + [text] * (end - self.column)
        self.column += times

    def row(self, done: int, *, hidden: bool) -> Row:
        """The row as it is now."""
        return Row(self.line, self.cells, done, hidden, self.uncalculated)


def keep(text: str, cells: list[str], column: int, most: int) -> None:
    """Put one more text into its row. FileRefused (too_many_columns)."""
    if column == len(cells) < most:
        cells.append(text)
    elif column < most:
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = text
    elif text.strip():
        raise FileRefused("too_many_columns", columns=column + 1, limit=most)
