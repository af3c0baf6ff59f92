"""Guards: what can be wrong with a file though every cell of it is right. One file each; none changes a plan.

A guard is a function of a `Block`, some rows beside their cards, that gives evidence (`frames.EVIDENCE`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.guards import consent, damage, doubles, identity, permutation
from kundekort.engine.guards.block import Block
from kundekort.engine.guards.doubles import known_by, people, twice_in_file
from kundekort.engine.guards.stranger import stranger

__all__ = ["OF_FILE", "Block", "known_by", "of_cards", "of_cells", "of_file", "people", "twice_in_file"]

CELLS: Final[tuple[Callable[[Block], pl.DataFrame], ...]] = (
    consent.evidence,
    damage.evidence,
    identity.column_sorted,
    permutation.column_moved,
)
"""The guards that compare cells with what stands on their card."""
CARDS: Final[tuple[Callable[[Block], pl.DataFrame], ...]] = (identity.other_card, stranger)
"""The guards that ask whether a row is about another card than the one it names."""
NEW: Final[tuple[Callable[[Block], pl.DataFrame], ...]] = (doubles.already_card, doubles.example_row)
"""The guards that ask whether a new row is somebody new."""

OF_FILE: Final = (identity.SORTED, permutation.CODE)
"""The findings that only a whole file shows: of their evidence in a block, `of_file` leaves some or none."""


def of_cells(block: Block) -> pl.DataFrame:
    """What the guards of cells notice in a block."""
    guards = CELLS if _has_cards(block) else ()
    return pl.concat([pl.DataFrame(schema=frames.EVIDENCE), *(guard(block) for guard in guards)])


def of_cards(block: Block) -> pl.DataFrame:
    """What the guards of cards and of new rows notice in a block."""
    guards = (*CARDS, *NEW) if _has_cards(block) else NEW
    found = pl.concat([pl.DataFrame(schema=frames.EVIDENCE), *(guard(block) for guard in guards)])
    known = found.filter(pl.col("code") == "other_card")[frames.ROW]  # who they are says more than who they are not
    return found.filter((pl.col("code") != "stranger") | ~pl.col(frames.ROW).is_in(known.implode()))


def _has_cards(block: Block) -> bool:
    """Whether any row stands beside a card."""
    return block.rows[frames.OLD + "id"].null_count() < block.rows.height


def of_file(evidence: pl.DataFrame) -> pl.DataFrame:
    """The evidence of all blocks of a file without that which is none once the whole file is known."""
    return permutation.without_edits(identity.without_alike(evidence))
