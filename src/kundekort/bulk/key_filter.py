"""Which keys no card has, told from memory: of millions of new rows hardly any is on a card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from psycopg import Connection

from kundekort.bulk import statements
from kundekort.bulk.copy import SLICE, copied
from kundekort.engine.schema import Field

OFTEN: Final = SLICE
"""So many keys are looked up one by one; to look up more costs as much as to read those of all cards."""


class KeyFilter:
    """The keys of all cards in a field, or in several together, as four bytes each, once many have been asked for.

    What cards are given after they were read is not among them.
    """

    def __init__(self, by: Sequence[Field]) -> None:
        self._by = by
        self._asked = 0
        self._hashes: pl.Series | None = None

    def possible(self, conn: Connection, keys: pl.Series) -> pl.Series:
        """Those of the keys, text as `engine.keys` makes it, that a card may have: all that one has, and hardly more.

        They come in any order and once each.
        """
        keys = keys.drop_nulls().unique()
        self._asked += keys.len()
        if self._hashes is None and self._asked > OFTEN:
            self._hashes = self._read(conn)
        if self._hashes is None:
            return keys
        if self._hashes.is_empty():
            return keys.clear()
        hashes = _hash(keys.str.replace_all(statements.RECORD, "", literal=True))
        places = self._hashes.search_sorted(hashes).clip(upper_bound=self._hashes.len() - 1)
        return keys.filter(self._hashes.gather(places) == hashes)

    def _read(self, conn: Connection) -> pl.Series:
        parts = [pl.Series(dtype=pl.UInt32)]
        with copied(conn, statements.keys(self._by), {"keys": pl.String}) as batches:
            parts += [_hash(batch["keys"].str.split(statements.RECORD).explode()) for batch in batches]
        return pl.concat(parts).unique().sort()


def _hash(keys: pl.Series) -> pl.Series:
    return (keys.hash() % 2**32).cast(pl.UInt32)
