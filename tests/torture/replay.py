"""The register as its log tells it: every card built again from its birth by its changes alone, all of them at once."""

from __future__ import annotations

from typing import Final

import polars as pl
from psycopg import Connection
from psycopg.sql import SQL

from kundekort.bulk import log_statements, statements
from kundekort.bulk.copy import copy_out
from kundekort.bulk.statements import EVERYBODY
from kundekort.engine import frames
from kundekort.engine.frames import CARD, MERGED
from kundekort.store.fields import SCHEMA

KEYS: Final = [field.key for field in SCHEMA.values]
CARDS: Final = frames.cards(SCHEMA.values)
LOG: Final = {"id": pl.Int64, "revision_id": pl.Int64, **frames.CHANGES}


def cards(conn: Connection) -> pl.DataFrame:
    """The register as it is: number, version and canonical text of every card, by number."""
    return copy_out(conn, statements.customers(SCHEMA.values), CARDS)


def log(conn: Connection) -> pl.DataFrame:
    """Every change that there has ever been, in its order."""
    names = SQL(", ").join(map(SQL, LOG))
    cells = log_statements.cells(EVERYBODY)
    return copy_out(conn, SQL("SELECT {} FROM {} h ORDER BY id").format(names, cells), LOG)


def replayed(log: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    """The register that follows from the log, and from the values (`cards`, without version) that cards were born with.

    Nothing of the register of today goes in.
    """
    of_cells = log.filter(~pl.col("field").is_in([CARD, MERGED]))
    last = of_cells.group_by("customer_id", "field").agg(pl.col("new").sort_by("version").last())
    born = births.unpivot(index="id", on=KEYS, variable_name="field", value_name="born")
    cells = born.join(last, left_on=["id", "field"], right_on=["customer_id", "field"], how="left")
    now = cells.with_columns(pl.coalesce("new", "born").alias("now")).pivot("field", index="id", values="now")
    lives = log.filter(pl.col("field") == CARD).group_by("customer_id").agg(pl.col("new").sort_by("version").last())
    alive = lives.filter(pl.col("new") != "").select(id="customer_id")
    versions = log.group_by("customer_id").agg(pl.col("version").max()).rename({"customer_id": "id"})
    return alive.join(versions, on="id").join(now, on="id", how="left").select(*CARDS).sort("id")


def faults(log: pl.DataFrame, births: pl.DataFrame, cards: pl.DataFrame) -> list[str]:
    """What is wrong with the register or its log, in words; nothing when every card is the replay of its log."""
    found = []
    cells = log.filter(pl.col("field") != MERGED).sort("customer_id", "field", "version", "id")
    former = pl.col("new").shift(1).over("customer_id", "field")
    # A card's values before its first change are those it was born with.
    born = births.unpivot(index="id", on=KEYS, variable_name="field", value_name="born")
    chain = cells.join(
        born, left_on=["customer_id", "field"], right_on=["id", "field"], how="left", maintain_order="left"
    ).with_columns(former=former)
    before = pl.coalesce("former", pl.when(pl.col("field") == CARD).then(pl.lit("")).otherwise("born"))
    found += _told("changes begin from another value than the one before left", chain.filter(pl.col("old") != before))
    found += _told("changes change nothing", log.filter(pl.col("old") == pl.col("new")))
    twice = cells.filter(pl.struct("customer_id", "version", "field").is_duplicated())
    found += _told("cells change twice in a version", twice)
    hands = log.group_by("customer_id", "version").agg(pl.col("revision_id").n_unique())
    found += _told("versions are of two revisions", hands.filter(pl.col("revision_id") > 1))
    steps = log.group_by("customer_id").agg(pl.col("version").n_unique().alias("count"), pl.col("version").max())
    found += _told("cards have gaps in their versions", steps.filter(pl.col("count") != pl.col("version")))
    again = replayed(log, births)
    if not again.equals(cards):
        for name, one, other in (("replayed", again, cards), ("found", cards, again)):
            found += _told(f"cards are only {name}", one.join(other, on=list(CARDS), how="anti", nulls_equal=True))
    return found


def _told(what: str, rows: pl.DataFrame) -> list[str]:
    return [f"{rows.height} {what}: {rows.head(5).rows(named=True)}"] if rows.height else []
