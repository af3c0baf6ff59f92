"""A kept plan from afar: what happens where in the file, in a few hundred bands however many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.frames import Status
from kundekort.store import plans

MOST: Final = 400
"""Bands of a plan at most: about as many as a window has lines to draw them in."""

_GRAVE: Final = (Status.ERROR, Status.CONFLICT)
_COMMON: Final = (Status.CHANGED, Status.NEW, Status.REMOVED, Status.RESTORED, Status.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows beside each other, from the first to the last, with what of them there is to see from afar.

    `grave` is what needs a decision, if anything; `common` what happens most, if anything does.
    """

    first: int
    last: int
    grave: Status | None
    common: Status | None

    @property
    def states(self) -> tuple[Status | None, Status | None]:
        """What there is to see."""
        return self.grave, self.common


def bands(folder: Path, *, most: int = MOST) -> list[Band]:
    """A plan in at most so many bands, in the order of the file; those in which nothing happens are left out."""
    statuses = pl.read_parquet(folder / plans.INDEX, columns=[frames.STATUS])
    band = pl.int_range(pl.len()) * most // max(statuses.height, most)
    counted = (
        statuses.with_columns(band=band, row=pl.int_range(pl.len()))
        .group_by("band")
        .agg(
            pl.col("row").min().alias("first"),
            pl.col("row").max().alias("last"),
            *((pl.col(frames.STATUS) == status).sum().alias(status.name) for status in (*_GRAVE, *_COMMON)),
        )
        .sort("band")
    )
    found: list[Band] = []
    for one in counted.iter_rows(named=True):
        band_of = _band(one)
        if found and found[-1].last + 1 == band_of.first and found[-1].states == band_of.states:
            band_of = replace(found.pop(), last=band_of.last)
        if band_of.states != (None, None):
            found.append(band_of)
    return found


def _band(one: Mapping[str, int]) -> Band:
    grave = next((status for status in _GRAVE if one[status.name]), None)
    common = max(_COMMON, key=lambda status: one[status.name])
    return Band(first=one["first"], last=one["last"], grave=grave, common=common if one[common.name] else None)
