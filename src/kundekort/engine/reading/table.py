"""What a reader gives, whatever the file is: rows of text; and what may be said of the file beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kundekort.engine import frames
from kundekort.engine.recipe import Dialect


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may have at most; refused before memory is spent on it. `expanded`: bytes of an unpacked workbook."""

    bytes: int = 512 << 20
    rows: int = 2_000_000
    columns: int = 200
    expanded: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person has said about the layout of the file; None: find out.

    `header_row` is a physical line, from 1; `sheet` the name of a sheet of a workbook.
    """

    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows of text.

    `headers` are trimmed, one for each of the columns c0 … of `cells`, which has `_row` and `_line` before them; a cell
    is null where its row has none. `problems` are those of whole rows (`frames.PROBLEMS`, field null); their rows are
    in `cells` too. `blank_rows` were skipped. `sheets` are the names of the visible sheets of a workbook.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    cells: pl.DataFrame
    problems: pl.DataFrame
    blank_rows: int
    sheets: tuple[str, ...] = ()


def of_rows(problems: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The problems of lines (LINE, code, value, params) with the numbers of their rows."""
    row = pl.Series(frames.ROW, cells[frames.LINE].search_sorted(problems[frames.LINE]), dtype=pl.UInt32)
    return problems.with_columns(row, pl.lit(None, pl.String).alias("field")).select(*frames.PROBLEMS)
