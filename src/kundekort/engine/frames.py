"""The frames that pass between the steps: their column names and types, declared once.

Names with a leading underscore are bookkeeping; all other columns are named by field key (or `c0`, `c1` … before the
mapping has named them) and hold text. In checked and planned frames a cell is canonical text and '' means empty; null
means that the file says nothing about the field.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import polars as pl

ROW: Final = "_row"
"""Number of a data row in its file, from 0, blank rows not counted."""
LINE: Final = "_line"
"""Physical line of the file on which the row starts, from 1."""
STATUS: Final = "_status"
"""One of `Status` as UInt8."""
ID: Final = "_id"
"""CustomerID of the card the row is about; 0 for a new one, null where unknown."""
VERSION: Final = "_version"
"""Version of that card in the snapshot; 0 for a new one."""
OLD: Final = "old:"
"""Prefix of the column with a field's stored value; null where the cell does not change."""


class Status(IntEnum):
    """What a row of the file comes to. A row is exactly one of these."""

    UNCHANGED = 0
    CHANGED = 1
    NEW = 2
    ERROR = 3
    LEFT_OUT = 4


NUMBERING: Final[dict[str, type[pl.DataType]]] = {ROW: pl.UInt32, LINE: pl.UInt32}

PROBLEMS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    ROW: pl.UInt32,
    LINE: pl.UInt32,
    "field": pl.String,  # field key, a file column `c3`, or null where the whole row is meant
    "code": pl.String,  # one of `problem.CODES`
    "value": pl.String,  # the cell as the file has it, at most 200 characters
    "params": pl.String,  # JSON object with what the words need besides the value
}


def problems(frames: list[pl.DataFrame] | None = None) -> pl.DataFrame:
    """All given problem frames as one in the order of their rows; an empty one without any."""
    if not frames:
        return pl.DataFrame(schema=PROBLEMS)
    return pl.concat(frames).sort(ROW, maintain_order=True)
