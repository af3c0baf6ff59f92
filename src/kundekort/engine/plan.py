"""The plan: what an import would do to the register, as a value that is shown, kept, named by its digest and applied.

A plan is made by a pure function and never changed; confirming it never looks at the file again. This module knows
neither where a plan is kept nor how it is applied.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from kundekort.engine import frames
from kundekort.engine.diff import Difference
from kundekort.engine.frames import Status
from kundekort.engine.recipe import Decisions
from kundekort.engine.schema import Field, Schema

ROWS: Final = "rows.parquet"
PROBLEMS: Final = "problems.parquet"
ROW_GROUP: Final = 20_000
"""Rows of one Parquet row group: the least that is read to show one row."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows of a file came to what; rows is the sum of the five that follow it."""

    rows: int
    new: int
    changed: int
    unchanged: int
    errors: int
    left_out: int
    cells_changed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen to each row of a file.

    `rows`: ROW, LINE, STATUS, ID, VERSION, the value of each of `fields`, and under the prefix OLD the stored value
    where it changes. `problems`: a frame of PROBLEMS.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    fields: tuple[Field, ...]

    @property
    def totals(self) -> Totals:
        """The rows counted by status, and the changed cells."""
        counts = dict(self.rows[frames.STATUS].value_counts().iter_rows())
        return Totals(
            rows=self.rows.height,
            new=counts.get(Status.NEW, 0),
            changed=counts.get(Status.CHANGED, 0),
            unchanged=counts.get(Status.UNCHANGED, 0),
            errors=counts.get(Status.ERROR, 0),
            left_out=counts.get(Status.LEFT_OUT, 0),
            cells_changed=sum(self.changes.values()),
        )

    @property
    def changes(self) -> dict[str, int]:
        """The number of changed cells of each field, by field key."""
        return {f.key: self.updates[frames.OLD + f.key].count() for f in self.fields}

    @property
    def changed_fields(self) -> tuple[Field, ...]:
        """The fields in which some card changes."""
        changes = self.changes
        return tuple(f for f in self.fields if changes[f.key])

    @property
    def updates(self) -> pl.DataFrame:
        """The rows that change a card."""
        return self.rows.filter(pl.col(frames.STATUS) == Status.CHANGED)

    @property
    def creates(self) -> pl.DataFrame:
        """The rows that become new cards."""
        return self.rows.filter(pl.col(frames.STATUS) == Status.NEW)

    @property
    def cells(self) -> pl.DataFrame:
        """Every cell of a card that changes: ID, VERSION, field, old, new."""
        updates = self.updates
        parts = [
            updates.filter(pl.col(frames.OLD + f.key).is_not_null()).select(
                frames.ID,
                frames.VERSION,
                pl.lit(f.key).alias("field"),
                pl.col(frames.OLD + f.key).alias("old"),
                pl.col(f.key).alias("new"),
            )
            for f in self.fields
        ]
        schema = {frames.ID: pl.Int64, frames.VERSION: pl.Int64, "field": pl.String, "old": pl.String, "new": pl.String}
        return pl.concat([pl.DataFrame(schema=schema), *parts])

    def to_parts(self) -> dict[str, bytes]:
        """The plan as Parquet files by name; the same plan gives the same bytes."""
        return {ROWS: _parquet(self.rows), PROBLEMS: _parquet(self.problems)}

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes], *, schema: Schema) -> Self:
        """The plan that `to_parts` gave. Raises KeyError when the schema has lost one of its fields."""
        rows = pl.read_parquet(io.BytesIO(parts[ROWS]))
        fields = tuple(schema[n.removeprefix(frames.OLD)] for n in rows.columns if n.startswith(frames.OLD))
        return cls(rows=rows, problems=pl.read_parquet(io.BytesIO(parts[PROBLEMS])), fields=fields)


def make(difference: Difference, decisions: Decisions) -> Plan:
    """What is to happen to the rows, given what a person decided. Every row gets exactly one status."""
    wrong = pl.col(frames.ROW).is_in(difference.problems[frames.ROW].unique().implode())
    changes = pl.any_horizontal(pl.lit(False), *(pl.col(frames.OLD + f.key).is_not_null() for f in difference.fields))
    status = (
        pl.when(wrong)
        .then(Status.LEFT_OUT if decisions.leave_out_errors else Status.ERROR)
        .when(pl.col(frames.ID) == 0)
        .then(Status.NEW)
        .when(changes)
        .then(Status.CHANGED)
        .otherwise(Status.UNCHANGED)
    )
    rows = difference.rows.with_columns(status.cast(pl.UInt8).alias(frames.STATUS))
    first = [frames.ROW, frames.LINE, frames.STATUS]
    return Plan(rows=rows.select(*first, pl.exclude(*first)), problems=difference.problems, fields=difference.fields)


def digest(parts: Mapping[str, bytes]) -> str:
    """The name of a plan: 64 hexadecimal digits that no other plan shares."""
    whole = hashlib.sha256()
    for name in sorted(parts):
        whole.update(f"{name} {len(parts[name])}\n".encode())
        whole.update(parts[name])
    return whole.hexdigest()


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
    return buffer.getvalue()
