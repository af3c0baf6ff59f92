"""From a block of rows as read to canonical rows and the problems of their cells.

Nothing is raised for what is in a cell. Nothing here knows the register (see `diff`) or the rest of the file (see
`uniqueness` and, for dates, `values.dates.Evidence`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kundekort.engine import frames, problem
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.mapping import key_field
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column, DateOrder, Policy
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.uniqueness import UniqueValues
from kundekort.engine.values import canonical, dates
from kundekort.engine.values.dates import Evidence


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The rows with a String column per mapped field, in schema order, and every problem of their cells.

    `rows` has ROW and LINE, then canonical text: '' is empty, null says that the row has no such cell. A cell with a
    problem of its own keeps the file's trimmed text. `problems` is a frame of `frames.PROBLEMS`. `evidence` is what
    each column of dates says about the order of day and month, by field key.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    evidence: Mapping[str, Evidence]


def check(
    block: Block,
    *,
    columns: Sequence[Column],
    policy: Policy,
    schema: Schema,
    today: date,
    country: str,
    date_orders: Mapping[str, DateOrder | None],
    unique: UniqueValues,
) -> CheckedRows:
    """Every mapped cell in canonical form, with all problems that it shows by itself.

    `date_orders` says by field key what slash dates mean; `unique` gathers the values that may stand on one row only.
    Rows that the reader found broken keep their cells but get no further problems, and gather nothing.
    """
    place = {c.field: f"c{n}" for n, c in enumerate(columns) if c.field is not None}
    key = key_field(policy, schema)
    sound = ~block.cells[ROW].is_in(block.problems[ROW].implode())
    rows, problems = block.cells.select(ROW, LINE), [block.problems]
    evidence = {}
    for field in (f for f in schema if f.key in place):
        raw = block.cells[place[field.key]]
        text = canonical.clean(raw)
        if field.kind is Kind.DATE:
            evidence[field.key] = dates.evidence(text.filter(sound))
        reading = canonical.read(
            field, text, today=today, country=country, order=policy.date_order or date_orders.get(field.key)
        )
        rows = rows.with_columns(reading.text.alias(field.key))
        if field == key or field.kind is not Kind.ID:
            cells = rows.select(ROW, LINE, value=raw, text=field.key, code=reading.code).filter(sound)
            if field == key and field.kind is not Kind.ID:
                missing = pl.when(pl.col("text") == "").then(pl.lit("key_missing")).otherwise("code")
                cells = cells.with_columns(code=missing)
            problems += _problems(cells, field)
            unique.add(field, cells)
    return CheckedRows(rows=rows, problems=frames.concat(problems, frames.PROBLEMS), evidence=evidence)


def _problems(cells: pl.DataFrame, field: Field) -> list[pl.DataFrame]:
    """The problems of single cells; they have ROW, LINE, value as in the file, canonical text and code."""
    wrong = cells.filter(pl.col("code").is_not_null())
    if wrong.is_empty():
        return []
    too_long = pl.col("code") == "too_long"
    size = {"length": canonical.length(field, wrong.filter(too_long)["text"]), "limit": field.max_length}
    choices = {"choices": field.choices} if field.kind is Kind.CHOICE else {}
    value, code = pl.col("value"), pl.col("code")
    return [
        problem.frame(
            wrong.filter(too_long),
            field=field,
            code=code,
            value=value,
            params={"length": pl.lit(size["length"]), "limit": size["limit"]},
        ),
        problem.frame(wrong.filter(~too_long), field=field, code=code, value=value, params=choices),
    ]
