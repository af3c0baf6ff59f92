"""The public door of the reader: bytes of a file become rows of text and the problems of rows.

A file that begins like a workbook is read by `workbook`. What comes out of a text is exactly what the careful reader
gives; the certified one only gives it sooner. May not know fields: what a header means is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import encoding, sniff, workbook
from kundekort.engine.reading.batches import Pace, batches
from kundekort.engine.reading.encoding import Buffer
from kundekort.engine.reading.table import Chosen, Limits, Table, of_rows
from kundekort.engine.recipe import Dialect

__all__ = ["Chosen", "Limits", "Table", "read"]


_PACE: Final = Pace()
_ANY: Final = Chosen()
_LIMITS: Final = Limits()


def _no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def read(
    data: Buffer,
    *,
    known: Callable[[str], bool],
    chosen: Chosen = _ANY,
    limits: Limits = _LIMITS,
    progress: Callable[[int, int], None] = _no_progress,
    as_is: bool = False,
    pace: Pace | None = _PACE,
) -> Table:
    """The rows of a file of separated text, or of one sheet of a workbook.

    `known` tells whether a header names a field. `progress` is told (bytes done, bytes in all) every few MiB and may
    raise to cancel. `as_is` is for who wants the table for itself, no customers: cells beyond the header are kept in
    columns without a name, and a header alone is a table. `pace` None reads every row carefully. FileRefused for what
    cannot be read at all.
    """
    view = memoryview(data).cast("B")
    if len(view) > limits.bytes:
        raise FileRefused("file_too_large", size=len(view), limit=limits.bytes)
    if not len(view):
        raise FileRefused("file_empty")
    if workbook.begins(view):
        return workbook.read(view, known=known, chosen=chosen, limits=limits, progress=progress, as_is=as_is)
    found = chosen.encoding or encoding.find(view)
    text = encoding.utf8(view, found, lambda: progress(0, len(view)))
    layout = sniff.find(text, known=known, separator=chosen.separator, header_row=chosen.header_row)
    if layout is None:
        raise FileRefused("header_only" if chosen.header_row else "file_empty")
    grammar = layout.grammar
    if grammar.least > limits.columns:
        raise FileRefused("too_many_columns", columns=grammar.least, limit=limits.columns)
    grammar = replace(grammar, most=min(grammar.most, limits.columns))
    headers = layout.headers[: grammar.most]
    cells: list[pl.DataFrame] = []
    problems: list[pl.DataFrame] = []
    blank_rows = rows = 0
    columns = limits.columns if as_is else len(headers)
    for batch in batches(text, layout.body, layout.body_line, grammar=grammar, columns=columns, pace=pace):
        progress(len(view) * batch.end // len(text), len(view))
        rows += batch.cells.height
        if rows > limits.rows:
            raise FileRefused("too_many_rows", limit=limits.rows)
        cells.append(batch.cells)
        problems.append(batch.problems)
        blank_rows += batch.blank_rows
    if not rows and not as_is:
        raise FileRefused("header_only")
    numbered = pl.concat(cells, how="diagonal").with_row_index(frames.ROW)
    unnamed = numbered.width - len(frames.NUMBERING) - len(headers)
    return Table(
        dialect=Dialect(encoding=found, separator=layout.separator, header_row=layout.line),
        headers=headers + ("",) * unnamed,
        cells=numbered,
        problems=of_rows(pl.concat(problems), numbered),
        blank_rows=blank_rows,
    )
