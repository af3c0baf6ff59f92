"""The public door of the reader: bytes of a file become rows of text and the problems of rows.

A file that begins like a workbook is read by `workbook`. What comes out of a text is exactly what the careful reader
(`records`) gives; stretches that are proven to be plain (`rfc4180`) only come sooner. May not know fields: what a
header means is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import encoding, one_cell, sniff, workbook
from kundekort.engine.reading.batches import PACE, Pace, batches, refuse_excess
from kundekort.engine.reading.encoding import Buffer, Text
from kundekort.engine.reading.fit import Fit
from kundekort.engine.reading.table import Block, Limits, Piece, Place, Source, Table, number
from kundekort.engine.recipe import WORKBOOK, Dialect, DialectOverrides

_ANY: Final = DialectOverrides()
_LIMITS: Final = Limits()


def open_source(
    data: Buffer,
    *,
    known: Callable[[str], bool],
    overrides: DialectOverrides = _ANY,
    limits: Limits = _LIMITS,
    as_is: bool = False,
    pace: Pace = PACE,
) -> Source:
    """A file of separated text, or one sheet of a workbook, with its layout found and its rows still to be read.

    `known` tells whether a header names a field. `as_is` is for who wants the table for itself, no customers: cells
    beyond the header are kept in columns without a name, and a header alone is a table. FileRefused for what cannot be
    read at all.
    """
    view = memoryview(data).cast("B")
    if len(view) > limits.bytes:
        raise FileRefused("file_too_large", size=len(view), limit=limits.bytes)
    if not len(view):
        raise FileRefused("file_empty")
    if workbook.begins(view) and not overrides.one_cell:
        return workbook.open_source(
            view, known=known, overrides=overrides, limits=limits, as_is=as_is, rows=pace.workbook_rows
        )
    if workbook.begins(view):
        found = WORKBOOK
        text: Text
        sheet, text = workbook.one_cell_text(view, known=known, overrides=overrides, limits=limits)
        begin, encodings = 0, {}
    else:
        fit = Fit(overrides.encoding) if overrides.encoding else encoding.detect(view)
        sheet, found = "", fit.encoding
        encodings = {each: encoding.samples(view, each) for each in (found, *fit.others) if fit.others}
        text, begin = encoding.single_line_ends(*encoding.text_of(data, found))
        if overrides.one_cell:
            text, begin = one_cell.unwrap(text[begin:]), 0
    header = sniff.find_header(
        text,
        known=known,
        separator=overrides.separator,
        header_row=overrides.header_row,
        longest=limits.cell,
        begin=begin,
    )
    if header is None:
        raise FileRefused("header_only" if overrides.header_row else "file_empty")
    grammar = header.grammar
    if grammar.least > limits.columns:
        raise FileRefused("too_many_columns", columns=grammar.least, limit=limits.columns)
    refuse_excess(header.fault, line=header.line, grammar=grammar)
    grammar = replace(grammar, most=min(grammar.most, limits.columns))
    headers = header.headers[: grammar.most]
    columns = limits.columns if as_is else len(headers)
    whole = len(text)

    def blocks_from(first: Place) -> Iterator[Block]:
        found = batches(text, first.byte, first.line, grammar=grammar, columns=columns, pace=pace)
        pieces = (Piece(b.cells, b.problems, b.blank_rows, len(view) * b.end // whole, b.start, b.line) for b in found)
        return number(pieces, limit=limits.rows, header_alone=as_is or first.row > 0, first=first.row)

    return Source(
        dialect=Dialect(found, header.separator, header.line, sheet, one_cell=bool(overrides.one_cell)),
        headers=headers,
        size=len(view),
        blocks=lambda: blocks_from(Place(0, header.body, header.body_line)),
        blocks_from=blocks_from,
        encodings=encodings,
        preamble=header.preamble,
    )


def read(
    data: Buffer,
    *,
    known: Callable[[str], bool],
    overrides: DialectOverrides = _ANY,
    limits: Limits = _LIMITS,
    as_is: bool = False,
    pace: Pace = PACE,
) -> Table:
    """All rows of a file at once; see `open_source`."""
    source = open_source(data, known=known, overrides=overrides, limits=limits, as_is=as_is, pace=pace)
    blocks = list(source.blocks())
    cells = pl.concat([block.cells for block in blocks], how="diagonal")
    unnamed = cells.width - len(frames.NUMBERING) - len(source.headers)
    return Table(
        dialect=source.dialect,
        headers=source.headers + ("",) * unnamed,
        cells=cells,
        problems=pl.concat([block.problems for block in blocks]),
        blank_rows=sum(block.blank_rows for block in blocks),
        sheets=source.sheets,
        encodings=source.encodings,
        preamble=source.preamble,
    )
