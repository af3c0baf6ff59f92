"""What a guard is given: some rows of a file beside their cards, and the register to ask further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from kundekort.engine.frames import CHANGED
from kundekort.engine.schema import Field, Schema


class Cards(Protocol):
    """What a guard may ask of the register (a part of `draft.Register`)."""

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys in a field, or in several: a frame of `frames.cards(fields)`."""

    def neighbours(self, homes: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """The cards that have one of the keys of `keys.home`: a frame of `frames.cards(fields)`."""

    def withdrawn(self, field: Field, ids: pl.Series) -> pl.Series:
        """Those of the ids (Int64) whose cards have once said yes in a field, and no after that."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file beside their cards.

    `rows`: ROW, LINE, ID (0 is a new card, null an unknown one), for each of `fields` what the file says under its key
    (canonical; the file's own text where it has a problem), what stands on the card under the prefix OLD (null without
    a card), and under the prefix CHANGED whether the two differ. `people`: the new ones as `doubles.people` gives them.
    """

    rows: pl.DataFrame
    fields: tuple[Field, ...]
    schema: Schema
    register: Cards
    people: pl.DataFrame = field(default_factory=pl.DataFrame)

    def changed(self, fields: Iterable[Field]) -> tuple[Field, ...]:
        """Those of the fields of which some cell changes."""
        given = tuple(fields)
        cells = self.rows.select(pl.col(CHANGED + f.key).any() for f in given)
        return tuple(f for f in given if cells[CHANGED + f.key][0])
