"""What the guards cost of a preview, in a register of invented customers that is made on the way:

    KUNDEKORT_DATA=/an/empty/folder .venv/bin/python -m bench.guards_cost [CARDS] [ROWS] [ROUNDS]

Two files are planned as an upload is: so many new customers, and an export of all cards of which every row has one cell
edited, as often as it takes to have as many rows. Told are seconds of the clock, and of the processors in this process
and in the database, of the whole preview and of the guards in it: the median of the rounds.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
django.setup()

import polars as pl
from django.db import connection

from kundekort.cli import sample, setup
from kundekort.engine import guards
from kundekort.engine.guards import blast
from kundekort.services import confirming, customer_list, customers, fields, imports, planning, repetition
from kundekort.services.accounts import Actor
from kundekort.store.models import Import

BENCH: Final = Actor.system("bench")
TICKS: Final = os.sysconf("SC_CLK_TCK")
Cost = tuple[float, float, float]
"""Seconds of the clock, of this process, of the database."""


class Meter:
    """What calls cost by name."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])

    def watch(self, place: Any, name: str, label: str) -> None:
        """Have a function of a module or a class measured."""
        function: Callable[..., Any] = getattr(place, name)

        def measured(*args: Any, **kwargs: Any) -> Any:
            before = now()
            try:
                return function(*args, **kwargs)
            finally:
                for place, (end, begin) in enumerate(zip(now(), before, strict=True)):
                    self.spent[label][place] += end - begin

        setattr(place, name, measured)


def now() -> Cost:
    """The clocks."""
    pid = connection.connection.info.backend_pid if connection.connection else 0
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() if pid else ["0"] * 15
    return time.perf_counter(), time.process_time(), (int(fields[11]) + int(fields[12])) / TICKS


def planned(name: str, data: bytes) -> Import:
    """An import with its plan."""
    imp = imports.receive(io.BytesIO(data), filename=f"{name}.csv", actor=BENCH)
    planning.plan(imp.pk, ask=False)
    imp.refresh_from_db()
    return imp


def file(name: str, rows: int) -> bytes:
    """The bytes of one of the files."""
    if name == "new":
        number = pl.when(pl.col("ExternalID") != "").then(pl.lit("N") + pl.col("ExternalID")).otherwise(pl.lit(""))
        return sample.customers(rows, seed=2).with_columns(ExternalID=number).write_csv(separator=";").encode()
    frames = pl.concat(customer_list.stream(actor=BENCH))
    cards = frames.select(pl.col(f.key).alias(f.header) for f in fields.schema())
    cards = pl.concat([cards] * -(-rows // cards.height)).head(rows) if cards.height < rows else cards.head(rows)
    place = pl.int_range(pl.len())
    cells = [
        pl.when(place % 5 == 0).then(pl.lit("Ny gate 1")).otherwise("Address").alias("Address"),
        pl.when(place % 5 == 1).then(pl.lit("ny.") + place.cast(pl.String) + "@example.com").otherwise("Email"),
        pl.when(place % 5 == 2).then(pl.col("City") + " S").otherwise("City").alias("City"),
        pl.when(place % 5 == 3).then(pl.col("LastName") + "-Ås").otherwise("LastName").alias("LastName"),
        pl.when(place % 5 == 4).then(pl.lit("Ringt 1/2.")).otherwise("InternalNote").alias("InternalNote"),
    ]
    share = 1 if name == "all edited" else 100
    edited = cards.with_columns(cell.alias(cell.meta.output_name()) for cell in cells)
    few = pl.when(place % share == 0)
    return (
        cards.with_columns(few.then(edited[n]).otherwise(cards[n]).alias(n) for n in cards.columns)
        .write_csv(separator=";")
        .encode()
    )


def main() -> None:
    """Fill the register once, then plan both files several times."""
    given = [int(text) for text in sys.argv[1:]]
    cards, rows, rounds = (*given, *(100_000, 1_000_000, 3)[len(given) :])
    setup.migrate(verbosity=0)
    if not customers.count():
        imp = planned("cards", sample.customers(cards, seed=1).write_csv(separator=";").encode())
        confirming.apply(imp.pk, digest=imp.digest, actor=BENCH)
    meter = Meter()
    meter.watch(guards, "of_cells", "cells")
    meter.watch(guards, "of_cards", "cards")
    meter.watch(guards, "people", "people")
    meter.watch(guards.People, "add", "people")
    meter.watch(guards.People, "evidence", "people")
    meter.watch(blast, "columns", "columns")
    meter.watch(repetition, "compared", "repetition")
    only = os.environ.get("ONLY", "new,all edited,few edited").split(",")
    for name in only:
        data = file(name, rows)
        costs: dict[str, list[list[float]]] = defaultdict(list)
        for _ in range(rounds):
            meter.spent.clear()
            before = now()
            imp = planned(name, data)
            whole = [b - a for a, b in zip(before, now(), strict=True)]
            imports.cancel(imp.pk, actor=BENCH)
            costs["whole"].append(whole)
            for label, cost in meter.spent.items():
                costs[label].append(cost)
            costs["guards"].append([sum(c[i] for c in meter.spent.values()) for i in range(3)])
        medians = {label: [statistics.median(c) for c in zip(*of, strict=True)] for label, of in costs.items()}
        for label, (clock, process, database) in medians.items():
            share = (process + database) / (medians["whole"][1] + medians["whole"][2])
            print(
                f"{name:12} {label:10} {clock:7.2f} s clock {process:7.2f} s process {database:7.2f} s database"
                f"  {share:4.0%} of computing, {clock / medians['whole'][0]:4.0%} of the clock",
                flush=True,
            )


if __name__ == "__main__":
    main()
