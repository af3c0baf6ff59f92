"""Whether a file of which little is known would be understood if it were cut in another way. It is only offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Recut
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.reading.encoding import Buffer
from kundekort.engine.reading.reader import open_source
from kundekort.engine.reading.table import Block, Limits, Source
from kundekort.engine.recipe import SEPARATORS, WORKBOOK, DialectOverrides

_FEW: Final = 2
"""Columns that are known at least when the file is cut in another way."""
_ROWS: Final = 3


def find(
    data: Buffer,
    source: Source,
    first: Block,
    *,
    known: Callable[[str], bool],
    limits: Limits,
    overrides: DialectOverrides,
) -> Recut | None:
    """Another way to cut the file, if as it is nearly nothing is known of it, or rows stand in one cell.

    `first` is the first block with rows.
    """
    if overrides.one_cell:
        return None
    if sum(map(known, source.headers)) < _FEW:
        separators = () if source.dialect.encoding == WORKBOOK else SEPARATORS
        ways = [replace(overrides, one_cell=True, separator=None)]
        ways += [replace(overrides, separator=each) for each in separators if each != source.dialect.separator]
        return next((way for way in (_cut(data, way, known=known, limits=limits) for way in ways) if way), None)
    if source.dialect.encoding != WORKBOOK and _in_one_cell(first, source.dialect.separator):
        way = replace(overrides, one_cell=True, separator=source.dialect.separator)
        return _cut(data, way, known=known, limits=limits)
    return None


def _cut(data: Buffer, overrides: DialectOverrides, *, known: Callable[[str], bool], limits: Limits) -> Recut | None:
    try:
        source = open_source(data, known=known, overrides=overrides, limits=limits)
        first = next(block for block in source.blocks() if block.cells.height)
    except FileRefused:
        return None
    if sum(map(known, source.headers)) < _FEW:
        return None
    rows = first.cells.head(_ROWS).select(pl.exclude(ROW, LINE).fill_null("")).rows()
    return Recut(
        separator=source.dialect.separator,
        one_cell=bool(overrides.one_cell),
        headers=source.headers,
        rows=tuple(tuple(map(str, row)) for row in rows),
    )


def _in_one_cell(block: Block, separator: str) -> bool:
    """Whether some row has one cell in which the separator stands that should have cut it."""
    if block.cells.width < len((ROW, LINE)) + _FEW:
        return False
    first, second = pl.col("c0"), pl.col("c1")
    wrapped = second.is_null() & first.str.contains(separator, literal=True)
    return not block.cells.filter(wrapped.fill_null(False)).is_empty()
