"""A hash of texts that is the same in every version and on every machine, so that it may be kept; column by column.

Polars' own hash is for one process only. This one is defined here to the last bit, and made of whole-column arithmetic.
"""

from __future__ import annotations

from typing import Final

import polars as pl

BYTES: Final = 128
"""Bytes (UTF-8) of a text that count; of those beyond only how many there are."""
_LANE: Final = 8
_MULTIPLIERS: Final = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)


def of(texts: pl.Series) -> pl.Series:
    """A number (Int64, not negative) for each text; null stays null.

    The text is padded with spaces to BYTES and cut there. From its length in bytes on, each eight bytes, read as a
    little-endian number, are mixed in: exclusive or, times an odd number modulo 2^64, exclusive or with the upper half.
    """
    padded = texts.str.pad_end(BYTES, " ").cast(pl.Binary)
    made = texts.str.len_bytes().cast(pl.UInt64)
    for start in range(0, BYTES, _LANE):
        lane = padded.bin.slice(start, _LANE).bin.reinterpret(dtype=pl.UInt64, endianness="little")
        made = _mixed(made ^ lane, _MULTIPLIERS[0])
    return (_mixed(made, _MULTIPLIERS[1]) // 2).cast(pl.Int64)


def _mixed(made: pl.Series, multiplier: int) -> pl.Series:
    made = made * pl.Series([multiplier], dtype=pl.UInt64)
    return made ^ (made // 2**32)
