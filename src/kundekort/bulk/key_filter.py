"""Which keys no card has, told from memory: of millions of new rows hardly any is on a card."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

import polars as pl
from psycopg import Connection

from kundekort.bulk import register, statements
from kundekort.bulk.copy import SLICE, copied
from kundekort.engine.schema import Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OFTEN: Final = SLICE
"""So many keys are looked up one by one in any register, and in a large one a share of it (`_SHARE`)."""
_SHARE: Final = 8
"""To look up the keys of every eighth card costs about as much as to read those of all."""
_BITS: Final = 32
"""Bits for each key that a card has, of which two are set: about one in three hundred others has both of them too."""


class KeyFilter:
    """A Bloom filter of the keys of all cards in a field, or in several together, made once many have been asked for.

    Without a field it is one of their homes.
    Keys that cards are given after that are not in it.
    """

    def __init__(self, by: Sequence[Field]) -> None:
        self._by = by
        self._asked = 0
        self._lock = Lock()
        self._bits: NDArray[np.uint8] | None = None

    def possible(self, conn: Connection, keys: pl.Series) -> pl.Series:
        """Those of the keys, text as `engine.keys` makes it, that a card may have: all that one has, and few others."""
        with self._lock:  # several threads ask, and one reads
            self._asked += keys.len()
            if self._bits is None:
                if self._asked <= OFTEN or self._asked <= register.size(conn, 0) // _SHARE:
                    return keys
                self._bits = self._read(conn)
        import numpy as np

        keys = keys.drop_nulls()
        there = np.ones(keys.len(), np.bool_)
        for place in _places(keys, self._bits):
            there &= (self._bits[place >> 3] >> (place & 7) & 1).astype(np.bool_)
        return keys.filter(pl.Series(there))

    def _read(self, conn: Connection) -> NDArray[np.uint8]:
        import numpy as np

        parts, there = [pl.Series(dtype=pl.UInt64)], 0
        query = statements.keys(self._by) if self._by else statements.homes()
        with copied(conn, query, {"keys": pl.String, "number": pl.Int64}) as batches:
            for batch in batches:
                parts.append(batch["keys"].str.split(statements.RECORD).explode().hash())
                there += int(batch["number"].sum())
        hashes = pl.concat(parts)
        if hashes.len() != there:  # what stands between them is in a key: any can be on a card
            return np.full(1, 255, np.uint8)
        bits = np.zeros(max(1, 1 << (hashes.len() * _BITS - 1).bit_length() >> 3), np.uint8)
        for place in _places(hashes, bits):
            np.bitwise_or.at(bits, place >> 3, (1 << (place & 7)).astype(np.uint8))
        return bits


def _places(keys: pl.Series, bits: NDArray[np.uint8]) -> list[NDArray[np.uint64]]:
    """The two bits of each key, or of its hash."""
    import numpy as np

    hashes = keys.hash() if keys.dtype == pl.String else keys
    numbers: NDArray[np.uint64] = hashes.to_numpy()
    last = np.uint64(len(bits) * 8 - 1)
    return [numbers & last, numbers >> np.uint64(32) & last]
