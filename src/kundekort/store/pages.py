"""Pages of a kept plan: which rows a filter shows, and the rows of one page. Reads only what a page needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.frames import Status
from kundekort.store import plans, search_text

BOXES: Final[dict[str, tuple[Status, ...]]] = {
    "all": tuple(Status),
    "changes": tuple(status for status in Status if status is not Status.UNCHANGED),
    "new": (Status.NEW,),
    "changed": (Status.CHANGED,),
    "unchanged": (Status.UNCHANGED,),
    "errors": (Status.ERROR,),
    "left_out": (Status.LEFT_OUT,),
    "conflicts": tuple(Status),
    "removed": (Status.REMOVED,),
    "restored": (Status.RESTORED,),
}
"""The boxes of the preview, and the rows each of them shows; conflicts are those that have one, settled or not."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows a filter shows; some of them from `offset`, with their problems and conflicts.

    `found` is where a place was found among all of them; None where none was asked for or there is none.
    """

    total: int
    rows: pl.DataFrame
    problems: pl.DataFrame
    conflicts: pl.DataFrame
    evidence: pl.DataFrame
    offset: int = 0
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows to show: of a box, with a change in a column, a kind of problem, a conflict in a field, a text.

    With `card`, those about the card of this number. `first`: rows with errors, and then those with something to
    choose, come before the others. With `value`, only where the column changes to this; with `rows`, those numbers.
    """

    box: str = "all"
    column: str = ""
    code: str = ""
    field: str = ""
    search: str = ""
    card: int | None = None
    first: bool = False
    finding: str = ""
    value: str | None = None
    rows: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A row to be found among those that a filter shows: the first that stands at or after the file's row `at`.

    Without `at`, the first row with an error `after` so many of those shown, else the first of all.
    """

    at: int | None = None
    after: int = 0


def page(
    folder: Path, wanted: Filter, *, offset: int, limit: int, numbers: Path | None = None, place: Place | None = None
) -> Rows:
    """At most `limit` of the rows that a filter shows, from `offset`; with a `place` the page on which that stands.

    `numbers` is a file with the ID of each row, where the plan itself does not know them all.
    """
    whole = pl.scan_parquet(folder / plans.INDEX)
    looked_at = {frames.ROW, frames.STATUS, frames.CHANGED + wanted.column}
    looked_at |= {frames.ID} if wanted.search or wanted.card is not None else set()
    index = whole.select(name for name in whole.collect_schema() if name in looked_at).collect()
    ids = None if numbers is None else pl.read_parquet(numbers)[frames.ID]
    if ids is not None:
        index = index.with_columns(ids)
    values = plans.values(folder)
    at = _matching(index, values, folder, wanted)
    found = _position(index[at], place) if place else None
    if found is not None:
        offset = found - found % limit
    shown = at.slice(offset, limit).to_list()
    rows = pl.concat([_take(whole, shown), _take(values, shown)], how="horizontal")
    if ids is not None:
        rows = rows.with_columns(ids[shown])
    of_rows = pl.col(frames.ROW).is_in(rows[frames.ROW].implode())
    evidence = plans.evidence(folder).filter(of_rows)
    problems, conflicts = (
        pl.scan_parquet(folder / part).filter(of_rows).collect() for part in (plans.PROBLEMS, plans.CONFLICTS)
    )
    return Rows(
        total=len(at), rows=rows, problems=problems, conflicts=conflicts, evidence=evidence, offset=offset, found=found
    )


def _position(rows: pl.DataFrame, place: Place) -> int | None:
    """Where among some rows of the index a place is; None where there is no such row."""
    if place.at is not None:
        after = (rows[frames.ROW] >= place.at).arg_true()
        if not len(after):
            return rows.height - 1 if rows.height else None
        return int(after[rows[frames.ROW][after].arg_min() or 0])
    errors = (rows[frames.STATUS] == Status.ERROR).arg_true()
    later = errors.filter(errors >= place.after)
    return int((later if len(later) else errors)[0]) if len(errors) else None


def _matching(index: pl.DataFrame, values: pl.LazyFrame, folder: Path, wanted: Filter) -> pl.Series:
    """The positions of the rows that a filter shows."""
    shown = pl.col(frames.STATUS).is_in([int(s) for s in BOXES[wanted.box]])
    if wanted.column and frames.CHANGED + wanted.column in index.columns:
        shown &= (pl.col(frames.STATUS) == Status.CHANGED) & pl.col(frames.CHANGED + wanted.column)
        if wanted.value is not None:
            said = values.select(pl.col(wanted.column) == wanted.value).collect().to_series()
            shown &= pl.lit(said.fill_null(False))
    if wanted.box == "conflicts":
        both = pl.scan_parquet(folder / plans.CONFLICTS)
        if wanted.field:
            both = both.filter(pl.col("field") == wanted.field)
        shown &= pl.col(frames.ROW).is_in(both.select(frames.ROW).collect()[frames.ROW].unique().implode())
    if wanted.card is not None:
        shown &= pl.col(frames.ID) == wanted.card
    if wanted.rows is not None:
        shown &= pl.col(frames.ROW).is_in(wanted.rows)
    if wanted.code:
        problems = pl.scan_parquet(folder / plans.PROBLEMS).filter(pl.col("code") == wanted.code)
        if wanted.field:
            problems = problems.filter(pl.col("field") == wanted.field)
        shown &= pl.col(frames.ROW).is_in(problems.select(frames.ROW).collect()[frames.ROW].unique().implode())
    if wanted.finding:
        noticed = plans.evidence(folder).filter(pl.col("code") == wanted.finding)
        if wanted.field:
            noticed = noticed.filter(pl.col("field") == wanted.field)
        shown &= pl.col(frames.ROW).is_in(noticed[frames.ROW].unique().implode())
    mask = index.select(shown).to_series()
    if text := wanted.search.strip().lower():
        found = (index[frames.ID].cast(pl.String) == text).fill_null(False)
        mask &= found | search_text.containing(folder, text, rows=index.height)
    at = mask.arg_true()
    return _gravest_first(at, index) if wanted.first else at


def _gravest_first(at: pl.Series, index: pl.DataFrame) -> pl.Series:
    """Some positions with those of rows that need a decision before the others, else in the order of the file."""
    status = pl.col(frames.STATUS)
    rank = pl.when(status == Status.ERROR).then(0).when(status == Status.CONFLICT).then(1).otherwise(2)
    ranked = pl.DataFrame([at.alias("at"), index[frames.STATUS][at]]).with_columns(rank=rank)
    return ranked.sort("rank", maintain_order=True)["at"]


def _take(values: pl.LazyFrame, at: Sequence[int]) -> pl.DataFrame:
    """The values of the rows at some positions, reading only the groups they stand in."""
    parts = [pl.DataFrame(schema=values.collect_schema())]
    if not parts[0].width:
        return parts[0]
    for group in sorted({position // plans.GROUP for position in at}):
        first = group * plans.GROUP
        inside = [position - first for position in at if position // plans.GROUP == group]
        parts.append(values.slice(first, plans.GROUP).collect()[inside])
    return pl.concat(parts)
