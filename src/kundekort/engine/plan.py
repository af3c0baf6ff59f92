"""The plan: what would be done to the register, as a value that is shown, kept, named by its digest and applied.

A plan is made by a pure function (`pipeline`, `undo`, `merge`) and never changed; confirming it never looks at the file
again. This module knows neither where a plan is kept nor how it is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import polars as pl

from kundekort.engine import frames
from kundekort.engine.facts import ColumnChange, ProblemCount, Totals
from kundekort.engine.finding import Finding
from kundekort.engine.frames import Status
from kundekort.engine.schema import Field

BLOCK: Final = 50_000
"""Rows of a plan that are in memory at once."""


class RowSink(Protocol):
    """Where the values of rows go while a plan is made, block by block."""

    def add(self, values: pl.DataFrame) -> None:
        """Take the values of some more rows."""

    def finish(self) -> pl.LazyFrame:
        """All that was taken."""


class MemoryRows:
    """The values of a few rows, in memory."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []

    def add(self, values: pl.DataFrame) -> None:
        """Take the values of some more rows."""
        self._frames.append(values)

    def finish(self) -> pl.LazyFrame:
        """All that was taken."""
        return pl.concat(self._frames).lazy() if self._frames else pl.LazyFrame()


_NOT_COUNTED: Final = Totals(0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen to each row.

    `index`: a frame of `frames.index(fields)`, a line for each row. `values`, in the same order: the value of each of
    `fields` and under the prefix OLD the stored value where it changes, and INTO where cards are merged. `problems`: a
    frame of PROBLEMS. `conflicts`: a frame of CONFLICTS, cells that others have changed since. `evidence`: a
    frame of ANSWERED, what guards have noticed at rows, which `findings` sum up. `columns`: what becomes of
    those of the register, where that was counted. `blank_rows` of the file were skipped; `emptied` filled cells of the
    register stand empty in it; `newer` values of the register are kept because only others have changed them.
    `totals` are the rows by status and the changed cells, `changes` the number of changed cells by field key; both are
    counted here.
    """

    fields: tuple[Field, ...]
    index: pl.LazyFrame
    values: pl.LazyFrame
    problems: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=frames.PROBLEMS))
    conflicts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=frames.CONFLICTS))
    evidence: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=frames.ANSWERED))
    findings: tuple[Finding, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    blank_rows: int = 0
    hidden_rows: int = 0
    emptied: int = 0
    newer: int = 0

    totals: Totals = _NOT_COUNTED
    changes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", self.index.lazy())
        if self.totals is not _NOT_COUNTED:  # the same plan with something else beside it
            return
        sums = self.index.group_by(frames.STATUS).agg(
            pl.len(), *(pl.col(frames.CHANGED + f.key).sum() for f in self.fields)
        )
        by_status = {row[frames.STATUS]: row for row in sums.collect(engine="streaming").iter_rows(named=True)}
        changed = by_status.get(Status.CHANGED, {})
        changes = {f.key: int(changed.get(frames.CHANGED + f.key, 0)) for f in self.fields}
        object.__setattr__(self, "changes", changes)
        counts = {Status(status): int(row["len"]) for status, row in by_status.items()}
        object.__setattr__(self, "totals", _totals(counts, cells_changed=sum(changes.values())))

    @property
    def problem_counts(self) -> tuple[ProblemCount, ...]:
        """How many rows have each kind of problem in each field, most first."""
        counts = self.problems.group_by("code", "field").agg(pl.col(frames.ROW).n_unique().alias("count"))
        ordered = counts.sort("count", "code", "field", descending=[True, False, False])
        return tuple(ProblemCount(**row) for row in ordered.iter_rows(named=True))

    def blocks(self, *keys: str, size: int = BLOCK) -> Iterator[tuple[pl.DataFrame, Callable[[], pl.DataFrame]]]:
        """The index, so many rows at a time, each time with a way to the values of the same rows, or some of these."""
        values = self.values.select(keys) if keys else self.values
        for start in range(0, self.totals.rows, size):
            part = values.slice(start, size)
            yield self.index.slice(start, size).collect(), part.collect

    def rows(self, *statuses: Status, keys: Sequence[str] = (), size: int = BLOCK) -> Iterator[pl.DataFrame]:
        """The rows with one of the statuses, about so many at a time: index, and values (or some) side by side."""
        wanted = pl.col(frames.STATUS).is_in([int(status) for status in statuses])
        waiting: list[pl.DataFrame] = []
        for index, values in self.blocks(*keys, size=size):
            mask = index.select(wanted).to_series()
            if mask.any():
                waiting.append(pl.concat([index, values()], how="horizontal").filter(mask))
            if sum(frame.height for frame in waiting) >= size:
                yield pl.concat(waiting)
                waiting = []
        if waiting:
            yield pl.concat(waiting)


def _totals(counts: Mapping[Status, int], *, cells_changed: int) -> Totals:
    return Totals(
        rows=sum(counts.values()),
        new=counts.get(Status.NEW, 0),
        changed=counts.get(Status.CHANGED, 0),
        unchanged=counts.get(Status.UNCHANGED, 0),
        errors=counts.get(Status.ERROR, 0),
        left_out=counts.get(Status.LEFT_OUT, 0),
        cells_changed=cells_changed,
        removed=counts.get(Status.REMOVED, 0),
        restored=counts.get(Status.RESTORED, 0),
        conflicts=counts.get(Status.CONFLICT, 0),
    )


def changed_cells(rows: pl.DataFrame, fields: tuple[Field, ...]) -> pl.DataFrame:
    """The cells that change on the cards of changed rows, as the log has them (`frames.CHANGES`)."""
    parts = [
        rows.filter(pl.col(frames.OLD + f.key).is_not_null()).select(
            pl.col(frames.ID).alias("customer_id"),
            (pl.col(frames.VERSION) + 1).alias("version"),
            pl.lit(f.key).alias("field"),
            pl.col(frames.OLD + f.key).alias("old"),
            pl.col(f.key).alias("new"),
        )
        for f in fields
    ]
    return pl.concat([pl.DataFrame(schema=frames.CHANGES), *parts])


def removal(cards: pl.DataFrame, *, fields: tuple[Field, ...]) -> pl.DataFrame:
    """The rows of a plan that take cards (`frames.cards`) out of the register, merged into those that INTO names."""
    return cards.select(
        pl.col("id").alias(frames.ID),
        pl.col("version").alias(frames.VERSION),
        *(name for name in (frames.INTO,) if name in cards.columns),
        *(pl.lit("").alias(f.key) for f in fields),
        *(pl.when(pl.col(f.key) != "").then(f.key).alias(frames.OLD + f.key) for f in fields),
    )


def concat(parts: list[tuple[pl.DataFrame, Status]], *, fields: tuple[Field, ...]) -> Plan:
    """A plan of several sets of rows, each with its status: ID, VERSION, and what a set has of the rest.

    Values that a set lacks are empty and do not change.
    """
    whole = [rows.with_columns(pl.lit(status, pl.UInt8).alias(frames.STATUS)) for rows, status in parts]
    rows = pl.concat(whole, how="diagonal").with_row_index(frames.ROW)
    index, values = split(rows.with_columns((pl.col(frames.ROW) + 1).alias(frames.LINE)), fields=fields)
    return Plan(fields=fields, index=index.lazy(), values=values.lazy())


def split(rows: pl.DataFrame, *, fields: tuple[Field, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with all that is said of them as the index and the values of a plan; what they lack is null."""
    kept = [f.key for f in fields] + [frames.OLD + f.key for f in fields]
    types = frames.NUMBERING | {frames.STATUS: pl.UInt8, frames.ID: pl.Int64, frames.VERSION: pl.Int64}
    types |= {frames.INTO: pl.Int64, **dict.fromkeys(kept, pl.String)}
    rows = pl.concat([pl.DataFrame(schema=types), rows], how="diagonal")
    changed = [pl.col(frames.OLD + f.key).is_not_null().alias(frames.CHANGED + f.key) for f in fields]
    index = rows.with_columns(pl.col(frames.VERSION).alias(frames.BASE), *changed).select(*frames.index(fields))
    return index, rows.select(*kept, frames.INTO)
