"""The files of a register: invented Nordic customers, and what people make of an export of them; always the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from bench.clock import Clock

from bench.steps.product import BENCH  # isort: skip - before all that wants Django

from kundekort.cli import sample
from kundekort.services import customer_list, fields


def new(clock: Clock, *, folder: str, rows: int) -> None:
    """So many new customers."""
    with clock:
        _write(sample.customers(rows, seed=1), folder, "new")


def exported(clock: Clock, *, folder: str) -> None:
    """An untouched export of the register; 10 % of its rows changed and 2 % new ones; every row changed."""
    with clock:
        schema = fields.schema()
        cards = pl.concat(customer_list.stream(actor=BENCH))
        every = cards.select(pl.col(f.key).cast(pl.String).alias(f.header) for f in schema)
        _write(every, folder, "unchanged")
        _write(every.drop("Version"), folder, "unversioned")
        place, email = pl.int_range(pl.len()), pl.col("Email")
        street = pl.format("Ny gate {}", place % 200 + 1)
        tenth = every.with_columns(
            Email=pl.when((place % 10 == 0) & (email != "")).then("ny." + email).otherwise(email),
            Address=pl.when(place % 20 == 0).then(street).otherwise(pl.col("Address")),
        )
        born = sample.customers(max(1, every.height // 50), seed=99).with_columns(
            Email=pl.when(email == "").then(email).otherwise(pl.format("x{}.{}", place, email)),
            ExternalID=pl.format("Z9-{}", place),
        )
        _write(pl.concat([tenth, born], how="diagonal").fill_null(""), folder, "tenth")
        _write(every.with_columns(Address=street, City=pl.col("City") + "x"), folder, "every")


def _write(frame: pl.DataFrame, folder: str, name: str) -> None:
    frame.write_csv(Path(folder) / f"{name}.csv", separator=";")
