"""From a block of rows as read to canonical rows and the problems of their cells.

Nothing is raised for what is in a cell. Nothing here knows the register (see `diff`) or the rest of the file (see
`uniqueness` and, for dates, `values.dates.Evidence`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce

import polars as pl
from polars import Series

from kundekort.engine import frames, problem
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.mapping import Key, key_fields
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column, ColumnOrder, Policy
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.uniqueness import UniqueValues
from kundekort.engine.values import canonical, dates
from kundekort.engine.values.column import Canonical, accept, mark
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
    date_orders: Mapping[str, ColumnOrder | None],
    unique: UniqueValues,
    stored: pl.DataFrame | None = None,
) -> CheckedRows:
    """Every mapped cell in canonical form, with all problems that it shows by itself.

    `date_orders` says by field key what slash dates mean; `unique` gathers the values that may stand on one row only.
    Rows that the reader found broken keep their cells but get no further problems, and gather nothing. `stored` has
    beside each row the canonical text of its card by field key, null where none: cells that say the same are right.
    """
    place = {c.field: f"c{n}" for n, c in enumerate(columns) if c.field is not None}
    keys = [by for by in key_fields(policy, schema) if all(f.key in place for f in by)]
    key_cells = {f.key: canonical.clean(block.cells[place[f.key]]) for by in keys for f in by}
    lost = _without_key(key_cells, keys)
    sound = ~block.cells[ROW].is_in(block.problems[ROW].implode())
    differing = _differences(block.cells, {k: p for k, p in place.items() if k not in key_cells}, stored)
    rows, problems = block.cells.select(ROW, LINE), [block.problems]
    texts: list[Series] = []
    evidence, codes = {}, {}
    for field in (f for f in schema if f.key in place):
        raw = block.cells[place[field.key]]
        text, at = (key_cells[field.key], None) if field.key in key_cells else _clean(raw, differing.get(field.key))
        if field.kind is Kind.DATE:
            evidence[field.key] = dates.evidence(text.filter(sound) if at is None else text[at].filter(sound[at]))
        order = policy.date_order or date_orders.get(field.key)
        read = partial(canonical.read, field, today=today, country=country, order=order)
        reading = read(text) if at is None else _read_some(text, at, read)
        texts.append(reading.text.alias(field.key))
        if field.key in key_cells or field.kind is not Kind.ID:
            codes[field.key] = reading.code
            if field.key in key_cells:
                codes[field.key] = _key_codes(field, text, reading.code, lost if field in keys[0] else None)
            if field.unique or codes[field.key].null_count() < rows.height:
                cells = rows.select(ROW, LINE, value=raw, text=reading.text, code=codes[field.key]).filter(sound)
                problems += _problems(cells, field)
                unique.add(field, cells)
    rows = rows.with_columns(texts)
    for by in keys:
        raw = block.cells.select(pl.concat_str([place[f.key] for f in by], separator=" ")).to_series()
        good = reduce(Series.__and__, (codes[f.key].is_null() for f in by), sound)
        unique.add_key(by, rows.with_columns(raw.alias("value")).filter(good))
    return CheckedRows(rows=rows, problems=frames.concat(problems, frames.PROBLEMS), evidence=evidence)


def _differences(cells: pl.DataFrame, place: Mapping[str, str], stored: pl.DataFrame | None) -> Mapping[str, Series]:
    """By field key, the places of the cells that say something else than their cards, where cards can be asked.

    All columns are asked in one go, for that costs the same as to ask one.
    """
    asked = [] if stored is None else [key for key in place if stored.schema.get(key) == pl.String]
    if stored is None or not asked:
        return {}
    both = cells.select(pl.col(place[key]).alias(key) for key in asked)
    there = both.select(pl.col(key).ne_missing(stored[key]).arg_true().implode() for key in asked)
    return {key: there[key][0] for key in asked}


def _clean(raw: Series, at: Series | None) -> tuple[Series, Series | None]:
    """The cells of a column as `canonical.clean` makes them, and the places of those that have to be looked at.

    `at` are those that differ from their cards. None for either means all; the others say what stands on their cards.
    """
    if at is None or 2 * len(at) > len(raw):  # to pick so many out would cost more than it saves
        return canonical.clean(raw), None
    if at.is_empty():
        return raw, at
    return raw.clone().scatter(at, canonical.clean(raw[at])), at


def _read_some(text: Series, at: Series, read: Callable[[Series], Canonical]) -> Canonical:
    """A column of which the cells at some places are to be read, and the others are right as they are."""
    right = accept(text)
    if at.is_empty():
        return right
    reading = read(text[at])
    wrong = reading.code.null_count() < len(at)
    code = right.code.clone().scatter(at, reading.code) if wrong else right.code
    return Canonical(text=text.clone().scatter(at, reading.text), code=code)


def _without_key(cells: Mapping[str, Series], keys: Sequence[Key]) -> Series:
    """Which rows have no key: of each of them some cell is empty."""
    texts = pl.DataFrame(dict(cells))
    without = [pl.any_horizontal(pl.col(f.key).fill_null("") == "" for f in by) for by in keys]
    return texts.select(pl.all_horizontal(pl.lit(True), *without).alias("lost")).to_series()


def _key_codes(field: Field, text: Series, code: Series, lost: Series | None) -> Series:
    """The problems of the cells of a key: an empty one is one where its row has no other, as far as `lost` says."""
    missing = "id_missing" if field.kind is Kind.ID else "key_missing"
    code = code.zip_with((text != "").fill_null(True), Series([None], dtype=pl.String))
    return code if lost is None else mark(missing, lost & (text.fill_null("") == ""), code)


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
