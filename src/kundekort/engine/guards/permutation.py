"""Names and dates of birth that stand in other rows than on the cards: a column that was sorted or pushed by itself."""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine import finding, frames
from kundekort.engine.frames import CHANGED, OLD, ROW
from kundekort.engine.guards import traits
from kundekort.engine.guards.block import Block

CODE: Final = "column_moved"
"""The code of a finding that only the whole file shows: not all evidence of a block comes to one."""
_NAMES: Final = (*traits.PERSON, traits.COMPANY)
_WHOLE: Final = 0.95
"""The share of the cells whose values have to be those that the cards of the same rows had, each as often."""
_UNIQUE: Final = 0.5
"""The same share of values that may stand on one card only: none of them comes to another card by itself."""
_VALUES: Final = 5
"""Different values that have to be among them: two that change places a hundred times are no sorted column."""


def column_moved(block: Block) -> pl.DataFrame:
    """Cells with another name or date of birth, in rows that are their card's for the rest, as `without_edits` wants.

    So are cells with another unique value, also where the rest says nothing: values that go round are what a sorting
    leaves of them. Cells that are empty and keep what the card has are among them (`kept` in the params), because where
    a value has come from counts too.
    """
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    known = pl.col(OLD + "id").is_not_null()
    told = [f for f in block.fields if f.unique or f.key in (*_NAMES, traits.BIRTH)]
    differ = block.rows.select((known & (pl.col(f.key) != pl.col(OLD + f.key))).any().alias(f.key) for f in told)
    for field in (f for f in told if differ[f.key][0]):  # of most no more is looked at
        rest = {*traits.REACHED, *(() if field.key in _NAMES else _NAMES), traits.BIRTH} - {field.key}
        same = [pl.col(f.key) == pl.col(OLD + f.key) for f in block.fields if f.key in rest]
        if not (field.unique or same):
            continue
        said = [(pl.col(f.key) != "").fill_null(False) for f in block.fields if f.key in rest]
        value, old = pl.col(field.key), pl.col(OLD + field.key)
        said = [old != ""] if field.unique else said
        rows = block.rows.filter(known, value != old)
        differs = value.str.to_lowercase() != old.str.to_lowercase()
        rows = rows.filter(differs, *(s.fill_null(True) for s in same), pl.any_horizontal(said))
        for kept in (False, True):
            cells = rows.filter(pl.col(CHANGED + field.key).fill_null(False) != kept)
            cells = cells.filter(value == "") if kept else cells
            params = ({"kept": True} if kept else {}) | ({"unique": True} if field.unique else {})
            found.append(finding.evidence(cells, field=field, code=CODE, value=value, old=old, params=params))
    return pl.concat(found)


def without_edits(evidence: pl.DataFrame) -> pl.DataFrame:
    """The evidence of a whole file without that of columns which are edited and not moved.

    Moved is a column whose new values are the former ones, in other rows.
    """
    cells = evidence.filter(pl.col("code") == CODE).with_columns(pl.col("value").str.to_lowercase().alias("text"))
    if cells.is_empty():
        return evidence
    by = ["field", "text"]
    unique = set(cells.filter(pl.col("params").str.contains('"unique"', literal=True))["field"].unique())
    whole = pl.when(pl.col("field").is_in(unique)).then(_UNIQUE).otherwise(_WHOLE)
    said = cells.group_by(by).len("new")
    were = cells.group_by("field", pl.col("old").str.to_lowercase().alias("text")).len("former")
    both = said.join(were, on=by, how="left").with_columns(pl.col("former").fill_null(0))
    columns = both.group_by("field").agg(
        pl.min_horizontal("new", "former").sum().alias("moved"),
        pl.col("new").sum(),
        ((pl.col("former") > 0) & (pl.col("text") != "")).sum().alias("values"),
    )
    moved = columns.filter(pl.col("moved") >= pl.col("new") * whole, pl.col("values") >= _VALUES)
    theirs = both.filter(pl.col("former") > 0).join(moved, on="field", how="semi")
    cells = cells.filter(~pl.col("params").str.contains('"kept"', literal=True)).join(theirs, on=by, how="semi")
    others = evidence.filter(pl.col("code") != CODE)
    return pl.concat([others, cells.drop("text")]).sort(ROW, maintain_order=True)
