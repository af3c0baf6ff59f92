"""The frames that pass between the steps: their column names and types, declared once.

Names with a leading underscore are bookkeeping; all other columns are named by field key (or `c0`, `c1` … before the
mapping has named them) and hold text. In checked and planned frames a cell is canonical text and '' means empty; null
means that the file says nothing about the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Final, TypeAlias

import polars as pl

from kundekort.engine.schema import Field

Types: TypeAlias = dict[str, pl.DataType | type[pl.DataType]]

ROW: Final = "_row"
"""Number of a data row in its file, from 0, blank rows not counted."""
LINE: Final = "_line"
"""Physical line of the file on which the row starts, from 1."""
STATUS: Final = "_status"
"""One of `Status` as UInt8."""
ID: Final = "_id"
"""CustomerID of the card the row is about; 0 for a new one, null where unknown."""
VERSION: Final = "_version"
"""Version of that card in the register; 0 for a new one, the last one it had for a card that comes back."""
BASE: Final = "_base"
"""Version of that card that the person had before them, as exported or as first shown; VERSION where none is known."""
INTO: Final = "_into"
"""The card into which a removed card is merged, or out of which a restored one comes; null for none."""
OLD: Final = "old:"
"""Prefix of the column with a field's stored value; in a plan null where the cell does not change."""
CHANGED: Final = "changed:"
"""Prefix of the column that says whether the cell of a field changes."""


class Status(IntEnum):
    """What a row comes to. A row is exactly one of these."""

    UNCHANGED = 0
    CHANGED = 1
    NEW = 2
    ERROR = 3
    LEFT_OUT = 4
    REMOVED = 5
    RESTORED = 6
    CONFLICT = 7


NUMBERING: Final[Types] = {ROW: pl.UInt32, LINE: pl.UInt32}

PROBLEMS: Final[Types] = {
    ROW: pl.UInt32,
    LINE: pl.UInt32,
    "field": pl.String,  # field key, a file column `c3`, or null where the whole row is meant
    "code": pl.String,  # one of `problem.CODES`
    "value": pl.String,  # the cell as the file has it, at most 200 characters
    "params": pl.String,  # JSON object with what the words need besides the value
}

CONFLICTS: Final[Types] = {
    ROW: pl.UInt32,
    ID: pl.Int64,
    "field": pl.String,  # field key, or CARD where the card as a whole would go
    "base": pl.String,  # what the person had before them
    "mine": pl.String,
    "theirs": pl.String,
    "whose": pl.String,  # one of `decisions.Whose`: what stays; null as long as nobody has said
}
"""Cells that two people have changed to different values."""

EVIDENCE: Final[Types] = {
    ROW: pl.UInt32,
    "field": pl.String,  # field key, or null where the whole row is meant
    "code": pl.String,  # one of `finding.KINDS`
    "value": pl.String,  # what the file says, at most 200 characters
    "old": pl.String,  # what stands on the card, at most 200 characters
    "card": pl.Int64,  # another card that the row may be about, null for none
    "params": pl.String,  # JSON object with what the words need besides
}
"""What guards have noticed at rows."""
ANSWERED: Final[Types] = EVIDENCE | {"answer": pl.String}
"""Evidence, and what was decided about it: one of `decisions.Action`, null as long as nobody has."""
LEFT_OUT: Final = "_left_out"
"""Whether somebody has decided that a row is not imported."""

CHANGES: Final[Types] = {
    "customer_id": pl.Int64,
    "version": pl.Int64,  # of the card after the change
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
}
"""Cells that changed, as the register's log has them."""
CARD: Final = "id"
"""The field of the change that brings a card into the register or takes it out."""
MERGED: Final = "merged"
"""The field of the change that tells which card was merged into this one, or given back."""

FORMER: Final[Types] = {"id": pl.Int64, "version": pl.Int64, "field": pl.String, "old": pl.String}
"""Cells that have changed after a version of their card, and what they held then."""
VERSIONS: Final[Types] = {"id": pl.Int64, "version": pl.Int64}
"""Cards, and a version of each."""

REDIRECTS: Final[Types] = {"id": pl.Int64, "into": pl.Int64, "anonymised": pl.Boolean}
"""Cards that have gone, and the card that stands for each into which it was merged; null for one that was removed, or
anonymised, which nothing brings back."""


def index(fields: Iterable[Field]) -> Types:
    """The frame that says what each row of a plan comes to and which of its fields change."""
    known: Types = {STATUS: pl.UInt8, ID: pl.Int64, VERSION: pl.Int64, BASE: pl.Int64}
    return NUMBERING | known | {CHANGED + f.key: pl.Boolean for f in fields}


def cards(fields: Iterable[Field]) -> Types:
    """Cards of the register: numbers, and canonical text by field key, '' where a card has no value."""
    return {"id": pl.Int64, "version": pl.Int64, **{f.key: pl.String for f in fields}}


def changes_something(keys: Iterable[str]) -> pl.Expr:
    """Whether a row has an old value in any of the fields, which says that its cell changes."""
    return pl.any_horizontal(pl.lit(False), *(pl.col(OLD + key).is_not_null() for key in keys))


def blocks(rows: pl.LazyFrame, size: int) -> Iterator[pl.DataFrame]:
    """The rows of a frame, so many at a time; one block without rows for a frame without any."""
    start = 0
    while True:
        block = rows.slice(start, size).collect()
        if block.height or not start:
            yield block
        if block.height < size:
            return
        start += size


def concat(frames: Iterable[pl.DataFrame], types: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The frames as one in the order of their rows; an empty one without any."""
    filled = [frame for frame in frames if frame.height]
    return pl.concat(filled).sort(ROW, maintain_order=True) if filled else pl.DataFrame(schema=types)
