"""Guards: what can be wrong with a file though every cell of it is right. One file each; none changes a plan.

A guard is a function of a `Block`, some rows beside their cards, that gives evidence (`frames.EVIDENCE`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.guards import consent
from kundekort.engine.guards.block import Block

__all__ = ["Block", "of_cards", "of_cells"]

CELLS: Final[tuple[Callable[[Block], pl.DataFrame], ...]] = (consent.evidence,)
"""The guards that compare cells with what stands on their card."""
CARDS: Final[tuple[Callable[[Block], pl.DataFrame], ...]] = ()
"""The guards that ask whether a row is about another card than the one it names."""


def of_cells(block: Block) -> pl.DataFrame:
    """What the guards of cells notice in a block."""
    return pl.concat([pl.DataFrame(schema=frames.EVIDENCE), *(guard(block) for guard in CELLS)])


def of_cards(block: Block) -> pl.DataFrame:
    """What the guards of cards notice in a block."""
    return pl.concat([pl.DataFrame(schema=frames.EVIDENCE), *(guard(block) for guard in CARDS)])
