"""A register too large to be imported for every bench: a sample many times over, each a little different, by SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl
import psycopg
from bench.clock import Clock
from bench.registers import address
from bench.steps.floors import TABLE, WRITTEN, csv

import bench.steps.product  # isort: skip  # noqa: F401 - before all that wants Django

from kundekort.cli import sample
from kundekort.services import fields
from kundekort.services.register import DatabaseRegister
from kundekort.store.fields import SCHEMA

SAMPLE: Final = 200_000
_OTHERWISE: Final = {
    "address": "s.address || CASE WHEN g > 0 THEN ' ' || chr(64 + g %% 26 + 1) ELSE '' END",
    "email": "CASE WHEN s.email = '' THEN '' ELSE replace(s.email, '@', '.' || g || '@') END",
    "mobile": "CASE WHEN s.mobile = '' THEN '' ELSE left(s.mobile, 3) || "
    "lpad((abs(hashtext(s.mobile || g)) %% 100000000)::text, 8, '4') END",
    "external_id": "CASE WHEN s.external_id = '' THEN '' ELSE s.external_id || '-' || g END",
}
"""What a column holds in the copy `g` of the sample."""


def fill(clock: Clock, *, rows: int) -> None:
    """So many cards in an empty register."""
    people = sample.customers(min(rows, SAMPLE), seed=1)
    people = people.rename({field.header: field.key for field in SCHEMA}, strict=False).select(WRITTEN)
    names = ", ".join(WRITTEN)
    values = ", ".join(_OTHERWISE.get(name, f"s.{name}") for name in WRITTEN)
    with psycopg.connect(address(), autocommit=True) as conn, clock, conn.transaction():
        conn.execute("SET LOCAL maintenance_work_mem = '1GB'")
        indexes = conn.execute(
            "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = %s AND NOT EXISTS "
            "(SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
            [TABLE],
        ).fetchall()
        for name, _ in indexes:
            conn.execute(f'DROP INDEX "{name}"')
        conn.execute(
            f"CREATE TEMPORARY TABLE sample ON COMMIT DROP AS SELECT {names} FROM {TABLE} WITH NO DATA"  # noqa: S608 - our names
        )
        nulls = "date_of_birth, email_consent, sms_consent"
        copy = f"COPY sample ({names}) FROM STDIN (FORMAT csv, FORCE_NULL ({nulls}))"
        with conn.cursor() as cursor, cursor.copy(copy) as target:
            target.write(csv(people))
        conn.execute(
            f"INSERT INTO {TABLE} ({names}) SELECT {values} FROM generate_series(0, %s) g, sample s LIMIT %s",  # noqa: S608 - our names
            [rows // people.height, rows],
        )
        for _, definition in indexes:
            conn.execute(definition)


def files(clock: Clock, *, folder: str, rows: int) -> None:
    """Short files against the register: four rows of five with another address, one in twenty new."""
    schema = fields.schema()
    for count in (50, 1_000):
        known = count - count // 20
        ids = pl.Series("id", [1 + n * (rows // known) for n in range(known)])
        cards = DatabaseRegister().cards(schema["id"], ids, schema.values).sort("id")
        place = pl.int_range(pl.len())
        cards = cards.select(pl.col(f.key).cast(pl.String).alias(f.header) for f in schema).with_columns(
            Address=pl.when(place % 5 < 4).then(pl.format("Ny gate {}", place % 200 + 1)).otherwise(pl.col("Address"))
        )
        born = sample.customers(count - known, seed=99).with_columns(
            ExternalID=pl.format("Z9-{}", place), Email=pl.format("x{}.{}", place, pl.col("Email"))
        )
        whole = pl.concat([cards, born], how="diagonal").fill_null("")
        whole.write_csv(Path(folder) / f"rows-{count}.csv", separator=";")
