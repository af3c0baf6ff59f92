"""Names and dates of birth that stand in other rows than on the cards: a column that was sorted or pushed by itself."""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine import finding, frames
from kundekort.engine.frames import CHANGED, OLD
from kundekort.engine.guards import traits
from kundekort.engine.guards.block import Block

CODE: Final = "column_moved"
"""The code of a finding that only the whole file shows: not all evidence of a block comes to one."""
_NAMES: Final = (*traits.PERSON, traits.COMPANY)
_REACHED: Final = (traits.EMAIL, traits.MOBILE, "phone")
_WHOLE: Final = 0.95
"""The share of the cells whose values have to be those that the cards of the same rows had, each as often."""
_VALUES: Final = 5
"""Different values that have to be among them: two that change places a hundred times are no sorted column."""


def column_moved(block: Block) -> pl.DataFrame:
    """Cells with another name or date of birth, in rows that are their card's for the rest: `of_moved` judges them.

    Cells that are empty and keep what the card has are among them (`kept` in the params), because where a value has
    come from counts too.
    """
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    known = block.rows.filter(pl.col(OLD + "id").is_not_null())
    for field in block.fields:
        rest = {*_REACHED, *(_NAMES if field.key == traits.BIRTH else (traits.BIRTH,))}
        same = [pl.col(f.key) == pl.col(OLD + f.key) for f in block.fields if f.key in rest]
        if field.key not in (*_NAMES, traits.BIRTH) or not same:
            continue
        said = [(pl.col(f.key) != "").fill_null(False) for f in block.fields if f.key in rest]
        value, old = pl.col(field.key), pl.col(OLD + field.key)
        differs = value.str.to_lowercase() != old.str.to_lowercase()
        rows = known.filter(differs, *(s.fill_null(True) for s in same), pl.any_horizontal(said))
        for kept in (False, True):
            cells = rows.filter(pl.col(CHANGED + field.key).fill_null(False) != kept)
            cells = cells.filter(value == "") if kept else cells
            params = {"kept": True} if kept else {}
            found.append(finding.evidence(cells, field=field, code=CODE, value=value, old=old, params=params))
    return pl.concat(found)


def of_moved(evidence: pl.DataFrame) -> pl.DataFrame:
    """The evidence of a whole file without that of columns which are edited and not moved.

    Moved is a column whose new values are the former ones, in other rows.
    """
    cells = evidence.filter(pl.col("code") == CODE)
    if cells.is_empty():
        return evidence
    by = ["field", "text"]
    counts = [
        cells.group_by("field", pl.col(name).str.to_lowercase().alias("text")).len(name) for name in ("value", "old")
    ]
    both = counts[0].join(counts[1], on=by, how="left").with_columns(pl.col("old").fill_null(0))
    told = both.group_by("field").agg(
        pl.min_horizontal("value", "old").sum().alias("moved"),
        pl.col("value").sum().alias("all"),
        (pl.col("text").filter(pl.col("old") > 0) != "").sum().alias("values"),
    )
    moved = told.filter(pl.col("moved") >= pl.col("all") * _WHOLE, pl.col("values") >= _VALUES)["field"]
    there = pl.col("field").is_in(moved.implode()) & ~pl.col("params").str.contains('"kept"', literal=True)
    return evidence.filter((pl.col("code") != CODE) | there)
