"""Values that stand on several rows, told from numbers of eight bytes each however long the values are.

Only rows whose hash stands more than once are read as a whole; that they are really the same is for the caller to see.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine.frames import ROW

_FEW: Final = 10_000
"""Numbers of which Polars knows it before NumPy is loaded."""


def numbers(of: pl.Series) -> pl.Series:
    """Those of some numbers that stand more than once: of many NumPy knows it in a seventh of the time of Polars."""
    if of.len() <= _FEW:
        several = of.filter(of.is_duplicated())
        return several.drop_nulls().unique().sort() if len(several) else several
    import numpy as np

    ordered = np.sort(of.drop_nulls().to_numpy())
    return pl.Series(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))


def rows(of: pl.LazyFrame, name: str, *, also: pl.Series | None = None) -> pl.DataFrame:
    """The rows whose text in a column stands on several, with few others perhaps; those whose ROW is in `also` too."""
    hashes = of.select(pl.col(name).hash()).collect(engine="streaming").to_series()
    several = numbers(hashes)
    if several.is_empty() and (also is None or also.is_empty()):
        return pl.DataFrame(schema=of.collect_schema())
    there = pl.col(name).hash().is_in(several.implode())
    if also is not None and len(also):
        there |= pl.col(ROW).is_in(also.implode())
    return of.filter(there).collect(engine="streaming").sort(ROW, maintain_order=True)
