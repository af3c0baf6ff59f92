"""Programs that compare two files by a key, each as quick as it can be told to; run by the peers' own Python."""

from __future__ import annotations

from typing import Any, Final

from bench.clock import Clock

KEY: Final = "CustomerID"


def csv_diff(clock: Clock, *, before: str, file: str) -> dict[str, Any]:
    """csv-diff: dicts of dicts."""
    import csv

    from csv_diff import compare, load_csv

    csv.register_dialect("semicolon", delimiter=";")
    with clock, open(before, newline="") as old, open(file, newline="") as new:
        found = compare(*(load_csv(source, key=KEY, dialect="semicolon") for source in (old, new)))
    return {"changed": len(found["changed"])}


def datacompy(clock: Clock, *, before: str, file: str) -> dict[str, Any]:
    """datacompy on Polars, which is the quickest of its backends for one machine."""
    import datacompy as package
    import polars as pl

    with clock:
        old, new = (pl.read_csv(path, separator=";", infer_schema=False).fill_null("") for path in (before, file))
        own = pl.format("new-{}", pl.int_range(pl.len()))  # new rows have 0, which is one customer to it
        new = new.with_columns(pl.when(pl.col(KEY) == "0").then(own).otherwise(KEY).alias(KEY))
        compared = package.PolarsCompare(old, new, join_columns=[KEY])
        found = compared.all_mismatch().height
    return {"changed": found}


def daff(clock: Clock, *, before: str, file: str) -> dict[str, Any]:
    """daff with a key."""
    import csv

    import daff as package

    with clock, open(before, newline="") as old, open(file, newline="") as new:
        tables = [package.PythonTableView(list(csv.reader(source, delimiter=";"))) for source in (old, new)]
        flags = package.CompareFlags()
        flags.addPrimaryKey(KEY)
        alignment = package.Coopy.compareTables(*tables, flags).align()
        result = package.PythonTableView([])
        package.TableDiff(alignment, flags).hilite(result)
    return {"rows": result.get_height()}
