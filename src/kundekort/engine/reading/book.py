"""What the reader of workbooks asks of a workbook of any kind: its sheets, and their rows as exact text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


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
