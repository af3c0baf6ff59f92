"""Pages of a kept plan: which rows a filter shows, and the rows of one page. Reads only what a page needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from kundekort.engine import frames, plan
from kundekort.engine.frames import Status

BOXES: Final[dict[str, tuple[Status, ...]]] = {
    "all": tuple(Status),
    "changes": (Status.CHANGED, Status.NEW, Status.ERROR, Status.LEFT_OUT),
    "new": (Status.NEW,),
    "changed": (Status.CHANGED,),
    "unchanged": (Status.UNCHANGED,),
    "errors": (Status.ERROR,),
    "left_out": (Status.LEFT_OUT,),
}
"""The boxes of the preview, and the rows each of them shows."""

_AT: Final = "_at"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows to show: of a box, with a change in a column, a kind of problem (in a field), containing a text."""

    box: str = "all"
    column: str = ""
    code: str = ""
    field: str = ""
    search: str = ""


def page(folder: Path, chosen: Filter, *, offset: int, limit: int) -> tuple[int, pl.DataFrame, pl.DataFrame]:
    """How many rows the filter shows; `limit` of them from `offset` in file order; the problems of these."""
    rows = pl.scan_parquet(folder / plan.ROWS)
    if chosen == Filter():
        total = rows.select(pl.len()).collect().item()
        found = rows.slice(offset, limit).collect()
    else:
        at = _matching(rows, folder, chosen)
        total = len(at)
        found = _take(rows, at.slice(offset, limit).to_list())
    problems = pl.scan_parquet(folder / plan.PROBLEMS).filter(pl.col(frames.ROW).is_in(found[frames.ROW].implode()))
    return total, found, problems.collect()


def code_counts(problems: pl.DataFrame) -> list[dict[str, Any]]:
    """How many rows have each kind of problem in each field, most first."""
    counts = problems.group_by("code", "field").agg(pl.col(frames.ROW).n_unique().alias("count"))
    return counts.sort("count", "code", "field", descending=[True, False, False]).to_dicts()


def _matching(rows: pl.LazyFrame, folder: Path, chosen: Filter) -> pl.Series:
    """The positions of the rows that a filter shows."""
    names = rows.collect_schema().names()
    wanted = pl.col(frames.STATUS).is_in([int(s) for s in BOXES[chosen.box]])
    if chosen.column and frames.OLD + chosen.column in names:
        wanted &= (pl.col(frames.STATUS) == Status.CHANGED) & pl.col(frames.OLD + chosen.column).is_not_null()
    if chosen.code:
        problems = pl.scan_parquet(folder / plan.PROBLEMS).filter(pl.col("code") == chosen.code)
        if chosen.field:
            problems = problems.filter(pl.col("field") == chosen.field)
        wanted &= pl.col(frames.ROW).is_in(problems.select(frames.ROW).collect()[frames.ROW].unique().implode())
    if text := chosen.search.strip().lower():
        texts = [n for n in names if not n.startswith("_")]
        wanted &= pl.any_horizontal(
            pl.col(frames.ID).cast(pl.String) == text,
            *(pl.col(n).str.to_lowercase().str.contains(text, literal=True).fill_null(False) for n in texts),
        )
    return rows.with_row_index(_AT).filter(wanted).select(_AT).collect()[_AT]


def _take(rows: pl.LazyFrame, at: Sequence[int]) -> pl.DataFrame:
    """The rows at some positions, reading only the row groups they stand in."""
    parts = [rows.head(0).collect()]
    for group in sorted({position // plan.ROW_GROUP for position in at}):
        first = group * plan.ROW_GROUP
        inside = [position - first for position in at if position // plan.ROW_GROUP == group]
        parts.append(rows.slice(first, plan.ROW_GROUP).collect()[inside])
    return pl.concat(parts)
