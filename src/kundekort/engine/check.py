"""From the table as read to canonical rows and all their problems at once.

Nothing is raised for what is in a cell, and nothing here knows the register: see `diff` for what only it can tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.mapping import key_field
from kundekort.engine.reading.reader import Table
from kundekort.engine.recipe import Column, Policy
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical, dates

SHOWN: Final = 200
"""Characters of a cell that a problem repeats."""
LINES: Final = 5
"""Lines named when a value stands on several rows."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows with a String column per mapped field, in schema order, and every problem found so far.

    `rows` has ROW and LINE, then canonical text: '' is empty, null says that the row has no such cell. A cell with a
    problem of its own keeps the file's trimmed text. `problems` is a frame of `frames.PROBLEMS`.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame


def check(
    table: Table,
    *,
    columns: Sequence[Column],
    policy: Policy,
    schema: Schema,
    today: date,
    country: str = "NO",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Checked:
    """Every mapped cell in canonical form, with all problems that the file itself shows.

    Rows that the reader found broken keep their cells but get no further problems, and their values do not count as
    doubles. `progress` gets the cells checked and their total after each column, and may raise to cancel.
    """
    place = {c.field: f"c{n}" for n, c in enumerate(columns) if c.field is not None}
    fields = [f for f in schema if f.key in place]
    sound = ~table.cells[ROW].is_in(table.problems[ROW].implode())
    key = key_field(policy, schema)
    rows, problems = table.cells.select(ROW, LINE), [table.problems]
    for done, field in enumerate(fields, start=1):
        raw = table.cells[place[field.key]]
        text = canonical.clean(raw)
        order = policy.date_order or dates.order(text.filter(sound)) if field.kind is Kind.DATE else None
        reading = canonical.read(field, text, today=today, country=country, order=order)
        rows = rows.with_columns(reading.text.alias(field.key))
        if field == key or field.kind is not Kind.ID:
            found = rows.select(ROW, LINE, value=raw, text=field.key, code=reading.code).filter(sound)
            problems += _found(found, field, is_key=field == key)
        progress(done * table.cells.height, len(fields) * table.cells.height)
    return Checked(rows=rows, problems=_once(frames.problems(problems)))


def _once(problems: pl.DataFrame) -> pl.DataFrame:
    """The problems without what follows from others: where one card stands on several rows, so do its unique values."""
    twice = problems.filter(pl.col("code").is_in(["id_twice", "key_twice"]))[ROW]
    return problems.filter((pl.col("code") != "value_twice") | ~pl.col(ROW).is_in(twice.implode()))


def _found(found: pl.DataFrame, field: Field, *, is_key: bool) -> list[pl.DataFrame]:
    """The problems of a column; `found` has ROW, LINE, value as in the file, canonical text and code of sound rows."""
    if is_key and field.kind is not Kind.ID:
        missing = pl.when(pl.col("text") == "").then(pl.lit("key_missing")).otherwise("code")
        return [_wrong(found.with_columns(code=missing), field), _doubled(found, field, code="key_twice")]
    if is_key:
        return [_wrong(found, field), _doubled(found, field, code="id_twice")]
    if field.unique:
        return [_wrong(found, field), _doubled(found, field, code="value_twice")]
    return [_wrong(found, field)]


def _wrong(found: pl.DataFrame, field: Field) -> pl.DataFrame:
    """The problems of single cells."""
    wrong = found.filter(pl.col("code").is_not_null())
    characters = canonical.length(field, wrong["text"]).cast(pl.String)
    too_long = pl.concat_str(pl.lit('{"length": '), characters, pl.lit(f', "limit": {field.max_length}}}'))
    others = json.dumps({"choices": field.choices} if field.kind is Kind.CHOICE else {}, ensure_ascii=False)
    return _problems(
        wrong, field, params=pl.when(pl.col("code") == "too_long").then(too_long).otherwise(pl.lit(others))
    )


def _doubled(found: pl.DataFrame, field: Field, *, code: str) -> pl.DataFrame:
    """The problems of cells whose value may stand on one row only but stands on several; id 0 and '' may."""
    free = ("", "0") if field.kind is Kind.ID else ("",)
    good = found.filter(pl.col("code").is_null(), ~pl.col("text").is_in(free))
    same = good.with_columns(same=canonical.comparable(field, pl.col("text"))).filter(pl.col("same").is_duplicated())
    lines = same.group_by("same").agg(lines=pl.col(LINE).sort().head(LINES).cast(pl.String).str.join(", "))
    twice = same.join(lines, on="same").with_columns(code=pl.lit(code))
    return _problems(twice, field, params=pl.concat_str(pl.lit('{"lines": ['), "lines", pl.lit("]}")))


def _problems(cells_found: pl.DataFrame, field: Field, *, params: pl.Expr) -> pl.DataFrame:
    return cells_found.select(
        ROW,
        LINE,
        field=pl.lit(field.key),
        code="code",
        value=pl.col("value").str.slice(0, SHOWN),
        params=params,
    )
