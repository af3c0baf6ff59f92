"""Rows that a program sends as they are, written as the file that an import of them is."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

import polars as pl

from kundekort.engine.recipe import DialectOverrides
from kundekort.engine.schema import Schema
from kundekort.engine.writing import csv
from kundekort.services.refusals import RowsUneven

OVERRIDES: Final = DialectOverrides(encoding="utf-8", separator=csv.PLAIN.separator, header_row=1, one_cell=False)
"""How such a file is read: as it was written."""


def csv_of(rows: Sequence[Mapping[str, Any]], *, schema: Schema) -> BinaryIO:
    """Rows with the same names as a CSV file; a name that is the key of a field becomes its header.

    Raises RowsUneven for a row that has other names than the first: what it does not say would empty cells.
    """
    names = list(rows[0])
    for number, row in enumerate(rows):
        if row.keys() != rows[0].keys():
            raise RowsUneven(row=number)
    columns = [pl.Series(f"c{n}", [_text(row[name]) for row in rows], dtype=pl.String) for n, name in enumerate(names)]
    headers = [schema[name].header if name in schema else name for name in names]
    return io.BytesIO(b"".join(csv.write([pl.DataFrame(columns)], headers=headers, form=csv.PLAIN)))


def _text(value: Any) -> str:
    """A value as a cell says it."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case list():
            return "|".join(map(str, value))
    return str(value)
