"""Files that the torture imports, with the register to which each leads; and the lists that it takes home."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import polars as pl

from kundekort.store.fields import SCHEMA
from tests.torture.replay import KEYS

BASE: Final = 21_000
"""Cards of the register: more than are exported while the person waits."""
MANY: Final = 6_000
"""Rows of a file that is planned and written by jobs."""
FEW: Final = 1_500
"""Rows of a file that is planned and written while the person waits."""
FILLER: Final = " Gata" * 75
"""What makes a file of many rows large."""
NEW: Final = 10
"""Of so many rows one is a new customer."""

COLUMNS: Final = ("id", "first_name", "last_name", "city", "internal_note", "gender")


def beginnings() -> pl.DataFrame:
    """The customers with which a register begins, without numbers."""
    numbers = pl.DataFrame({"n": range(BASE)})
    born = numbers.select(
        id=pl.lit(None, pl.Int64),
        first_name=pl.format("Kunde {}", "n"),
        last_name=pl.lit("Berg"),
        city=pl.lit("Oslo"),
        internal_note=pl.lit(""),
        gender=(pl.col("n") % 3).cast(pl.String),
    )
    return _whole(born)


def changes(before: pl.DataFrame, *, rows: int, mark: str, chance: Random) -> tuple[bytes, pl.DataFrame]:
    """A file that changes two cells of many cards and makes some new ones, and the register that it leads to."""
    cards = before.drop("version")
    ids = chance.sample(cards["id"].to_list(), rows - rows // NEW)
    # Every note is another one: the same on thousands of cards would have to be answered first.
    note = pl.concat_str(pl.lit(mark), pl.col("id").cast(pl.String).fill_null(""), separator=" ")
    written = {"city": pl.lit(f"By {mark}"), "internal_note": note + pl.lit(FILLER if rows >= MANY else "")}
    values = [text.str.strip_chars().alias(key) for key, text in written.items()]
    changed = pl.DataFrame({"id": ids}).join(cards, on="id").with_columns(values).select(COLUMNS)
    names = pl.DataFrame({"first_name": [f"{mark} {n}" for n in range(rows // NEW)]})
    born = names.with_columns(id=pl.lit(None, pl.Int64)).select(
        "id", "first_name", *values, last_name=pl.lit("Ny"), gender=pl.lit("1")
    )
    listed = pl.concat([changed, born.select(COLUMNS)]).sample(fraction=1, shuffle=True, seed=chance.randrange(2**30))
    there = pl.col("id").is_in(ids)
    left = cards.with_columns(
        pl.when(there).then(text).otherwise(key).alias(key) for key, text in zip(written, values, strict=True)
    )
    return as_file(listed), pl.concat([left, _whole(born)])


def as_file(cards: pl.DataFrame) -> bytes:
    """Cards as a file to import, those without a number as new ones."""
    headers = ";".join(SCHEMA[key].header for key in COLUMNS)
    rows = cards.select(COLUMNS).with_columns(pl.col("id").fill_null(0))
    return (headers + "\n" + rows.write_csv(separator=";", include_header=False, quote_style="never")).encode()


def is_list(path: Path, *, of: pl.DataFrame) -> None:
    """Fail unless a file is the whole list of a register."""
    found = pl.read_csv(path, separator=";", infer_schema=False, empty_string_is_null=False)
    headers = {SCHEMA[key].header: key for key in ("id", *KEYS)}
    assert found.rename(headers).select("id", *KEYS).equals(of.drop("version").cast(pl.String))


def same(cards: pl.DataFrame, lead: pl.DataFrame) -> bool:
    """Whether a register is the one to which something leads; a new card may have any number."""
    there = pl.col("id").is_in(lead["id"].drop_nulls().implode())
    known = cards.drop("version").filter(there).sort("id")
    new = cards.filter(~there).drop("id", "version")
    born = lead.filter(pl.col("id").is_null()).drop("id")
    return known.equals(lead.filter(pl.col("id").is_not_null()).sort("id")) and new.sort(pl.all()).equals(
        born.sort(pl.all())
    )


def _whole(cards: pl.DataFrame) -> pl.DataFrame:
    """The cards with all their fields, of which the others are empty."""
    return cards.with_columns(pl.lit("").alias(key) for key in KEYS if key not in cards.columns).select("id", *KEYS)
