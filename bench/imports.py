"""How long the main job takes, on an empty register:

    KUNDEKORT_DATA=/tmp/bench .venv/bin/python bench/imports.py [ROWS]

Loads ROWS invented customers (1,000,000 unless told), then plans and applies an edited list of them all (one in ten
with another e-mail address, one in twenty with another street), and looks at pages of its preview.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
django.setup()

import polars as pl

from kundekort.cli import sample, setup
from kundekort.services import confirming, customers, fields, imports, planning, preview
from kundekort.services.accounts import Actor
from kundekort.store.models import Import
from kundekort.store.pages import Filter

BENCH = Actor.system("bench")


def tell(what: str, since: float) -> None:
    """One line of the table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:52} {time.perf_counter() - since:8.2f} s   peak {peak:5,} MB", flush=True)


def run(name: str, frame: pl.DataFrame) -> Import:
    """Plan and apply a list of customers."""
    data = frame.write_csv(separator=";").encode()
    began = time.perf_counter()
    imp = imports.receive(io.BytesIO(data), filename=f"{name}.csv", actor=BENCH)
    planning.plan(imp.pk, ask=False)
    imp.refresh_from_db()
    tell(f"{name}: preview of {imp.totals.rows:,} rows, {len(data) / 1e6:.0f} MB", began)
    for box in ("all", "changes", "changed"):
        began = time.perf_counter()
        page = preview.page(imp, Filter(box=box), offset=imp.totals.rows // 25, limit=100)
        tell(f"{name}: a page of {page.total:,} rows ({box})", began)
    began = time.perf_counter()
    confirming.apply(imp.pk, digest=imp.digest, actor_name="bench")
    tell(f"{name}: {imp.totals.new:,} new, {imp.totals.changed:,} changed, written", began)
    return imp


def edited() -> pl.DataFrame:
    """All customers as an untouched export has them, with some cells changed."""
    schema = fields.schema()
    cards = pl.concat(customers.stream(actor=BENCH))
    place = pl.int_range(pl.len())
    return cards.select(
        pl.col("id").alias(schema["id"].header), *(pl.col(f.key).alias(f.header) for f in schema.values)
    ).with_columns(
        pl.when((place % 10 == 0) & (pl.col("Email") != ""))
        .then(pl.lit("ny.") + pl.col("Email"))
        .otherwise(pl.col("Email"))
        .alias("Email"),
        pl.when(place % 20 == 0).then(pl.lit("Ny gate 1")).otherwise(pl.col("Address")).alias("Address"),
    )


if __name__ == "__main__":
    setup.migrate(verbosity=0)
    assert not customers.count(), "The register is not empty: name an empty folder in KUNDEKORT_DATA."
    run("new", sample.customers(int(sys.argv[1]) if sys.argv[1:] else 1_000_000, seed=1))
    run("edited", edited())
