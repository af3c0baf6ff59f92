"""Frames of text as the bytes of a CSV file, block by block, so that a file of any length takes constant memory.

This module may not know fields, files or where the rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from kundekort.engine.writing.spreadsheet_safe import MAY_BE_AT_RISK, PLAIN_INTEGERS, at_risk

_LOOKED_AT: Final = 200
_FEW: Final = 100
"""Different values among the first cells of a column up to which each of them is looked at once."""


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

    Frames hold columns of text or of whole numbers, in the order of `headers`.
    """
    head = pl.DataFrame([[header] for header in headers], schema=[f"c{i}" for i in range(len(headers))])
    yield b"\xef\xbb\xbf" * form.byte_order_mark + _lines(head, form)
    for frame in frames:
        yield _lines(frame, form)


def _lines(frame: pl.DataFrame, form: Form) -> bytes:
    buffer = BytesIO()
    cells = [_cells(column, form=form, alone=frame.width == 1) for column in frame.iter_columns()]
    pl.DataFrame(cells).write_csv(
        buffer,
        include_header=False,
        separator=form.separator,
        line_terminator=form.line_end,
        quote_style="never",  # done already: Polars leaves a leading tab bare
    )
    return buffer.getvalue()


def _cells(column: pl.Series, *, form: Form, alone: bool) -> pl.Series:
    """A column as it stands in the file; most hold nothing that has to be protected or quoted."""
    text = column.cast(pl.String).fill_null("")
    whole = column.dtype.is_integer() and not column.null_count()
    if whole and column.min() in PLAIN_INTEGERS and column.max() in PLAIN_INTEGERS:
        return text
    quotable = rf'[{form.separator}"\t\r\n]'
    if form.protected and not alone:
        first, touched = text.head(_LOOKED_AT), f"{quotable}|{MAY_BE_AT_RISK}"
        if first.len() < text.len() and first.n_unique() <= _FEW:
            values = text.unique()
            ready = _cells(values, form=form, alone=False)
            return text if ready.equals(values) else text.replace_strict(values, ready)
        if not first.str.contains(touched).any() and not text.str.contains(touched).any():
            return text
    quoted = text.str.contains(quotable)
    if alone:  # an empty line would be no row at all
        quoted |= text == ""
    if not form.protected and not quoted.any():
        return text
    opened = [(quoted, '"')] + [(at_risk(text), '"\t')] * form.protected
    inside = text.str.replace_all('"', '""', literal=True) if quoted.any() else text
    written = pl.lit(text)
    for cells, opening in opened:
        if cells.any():
            cell = pl.concat_str(pl.lit(opening), pl.lit(inside), pl.lit('"'))
            written = pl.when(pl.lit(cells)).then(cell).otherwise(written)
    return pl.select(written.alias(text.name)).to_series()
