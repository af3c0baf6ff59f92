"""Frames of text as the bytes of a CSV file, block by block, so that a file of any length takes constant memory.

This module may not know fields, files or where the rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from kundekort.engine.writing.spreadsheet_safe import at_risk


@dataclass(frozen=True, slots=True)
class Form:
    """How a CSV file is written; quoting is always that of RFC 4180."""

    separator: str
    line_end: str
    byte_order_mark: bool
    protected: bool


SPREADSHEET: Final = Form(separator=";", line_end="\r\n", byte_order_mark=True, protected=True)
"""The import format: what a spreadsheet opens without asking and without damaging a cell."""

PLAIN: Final = Form(separator=";", line_end="\r\n", byte_order_mark=True, protected=False)
"""The import format with the values as they are, for programs."""

CLEAN: Final = Form(separator=",", line_end="\n", byte_order_mark=False, protected=False)
"""Plain CSV as the standard has it, for people who only want a messy file made clean."""


def write(frames: Iterable[pl.DataFrame], *, headers: Sequence[str], form: Form) -> Iterator[bytes]:
    """The bytes of a CSV file, UTF-8: its header row, then each frame in turn; null is written as an empty cell.

    Frames hold String columns only, in the order of `headers`.
    """
    head = pl.DataFrame([[header] for header in headers], schema=[f"c{i}" for i in range(len(headers))])
    yield b"\xef\xbb\xbf" * form.byte_order_mark + _lines(head, form)
    for frame in frames:
        yield _lines(frame, form)


def _lines(frame: pl.DataFrame, form: Form) -> bytes:
    buffer = BytesIO()
    cells = [_cells(column.fill_null(""), form=form, alone=frame.width == 1) for column in frame.iter_columns()]
    pl.DataFrame(cells).write_csv(
        buffer,
        include_header=False,
        separator=form.separator,
        line_terminator=form.line_end,
        quote_style="never",  # done already: Polars leaves a leading tab bare
    )
    return buffer.getvalue()


def _cells(text: pl.Series, *, form: Form, alone: bool) -> pl.Series:
    """A column as it stands in the file; most hold nothing that has to be protected or quoted."""
    quoted = text.str.contains(rf'[{form.separator}"\t\r\n]')
    if alone:  # an empty line would be no row at all
        quoted |= text == ""
    risky = at_risk(text) if form.protected else None
    if risky is not None and not risky.any():
        risky = None
    if risky is None and not quoted.any():
        return text
    inside = text.str.replace_all('"', '""', literal=True) if quoted.any() else text
    written = pl.when(pl.lit(quoted)).then('"' + pl.lit(inside) + '"').otherwise(pl.lit(text))
    if risky is not None:
        written = pl.when(pl.lit(risky)).then('"\t' + pl.lit(inside) + '"').otherwise(written)
    return pl.select(written.alias(text.name)).to_series()
