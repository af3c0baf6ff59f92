"""From cells as read to cells as their fields need them: words that a person translated, full names that are split.

Looks at blocks and columns, never at the register; what a cell means is the business of `check`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from kundekort.engine import full_name
from kundekort.engine.facts import WordCount
from kundekort.engine.mapping import COMPANY, FULL_NAME, spread
from kundekort.engine.reading.table import Block
from kundekort.engine.recipe import Column
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical

CHOICES: Final = (Kind.YES_NO, Kind.GENDER, Kind.COUNTRY, Kind.LANGUAGE, Kind.CHOICE)
"""The kinds whose values are a few words, which a person can translate once for a whole column."""
NAMES: Final = 3
SHOWN: Final = 60
"""Characters of a name that are shown, and of a word at most: a note in the wrong column holds none."""
LISTED: Final = 20
"""Unknown words of a column that are asked about, the most frequent."""


def translate(block: Block, columns: Sequence[Column]) -> Block:
    """The block with what its columns need: cells c0, c1 … as `mapping.spread` says of the columns."""
    cells = block.cells
    for place, column in enumerate(columns):
        if column.words:
            cells = cells.with_columns(_translated(cells[f"c{place}"], column).alias(f"c{place}"))
    names = next((f"c{place}" for place, column in enumerate(columns) if column.field == FULL_NAME), None)
    if names is not None:
        parts = full_name.split(cells[names])
        if any(column.field == COMPANY for column in columns):  # it keeps companies of its own
            parts = parts.with_columns(pl.coalesce("last_name", "company").alias("last_name"))
        added = spread(columns)[len(columns) :]
        for place, column in enumerate(added, len(columns)):
            assert column.field is not None
            cells = cells.with_columns(parts[column.field].alias(f"c{place}"))
    return block._replace(cells=cells)


def unknown_words(cells: pl.DataFrame, columns: Sequence[Column], schema: Schema) -> tuple[WordCount, ...]:
    """The words in columns of few words that their fields do not know, with how often each stands in the cells."""
    found: list[WordCount] = []
    for place, column in enumerate(columns):
        field = schema[column.field] if column.field is not None and column.field in schema else None
        if field is not None and field.kind in CHOICES:
            found += _unknown(place, cells[f"c{place}"], field)
    return tuple(found)


def sample_names(cells: pl.DataFrame, columns: Sequence[Column]) -> tuple[str, ...]:
    """Some names of the first rows, those first whose letters a wrong encoding would spoil.

    They come from the columns of names; from what may be one, as long as nothing else is known.
    """
    place = {column.field or column.suggestion: f"c{n}" for n, column in reversed([*enumerate(columns)])}
    parts = [place[part] for part in ("first_name", "last_name") if part in place]
    name = next(([place[key]] for key in (FULL_NAME, COMPANY) if key in place), [])
    if not (parts or name):
        return ()
    texts = cells.select(pl.concat_str(parts or name, separator=" ", ignore_nulls=True).alias("name"))["name"]
    names = [text for text in canonical.clean(texts.str.head(SHOWN)).unique(maintain_order=True) if text]
    return tuple(sorted(names, key=str.isascii)[:NAMES])


def _unknown(place: int, cells: pl.Series, field: Field) -> list[WordCount]:
    texts = canonical.clean(cells).rename("text")
    texts = texts.filter(texts.str.len_chars() <= SHOWN)
    counts = (
        texts.filter(texts != "").value_counts(sort=True, name="count").sort("count", "text", descending=[True, False])
    )
    code = canonical.read(field, counts["text"], today=date.max).code
    if code.null_count() == len(code):
        return []
    unknown = counts.filter(code.is_not_null()).with_columns(pl.col("text").str.to_lowercase().alias("word"))
    several = unknown.group_by("word", maintain_order=True).agg(pl.col("text").first(), pl.col("count").sum())
    several = several.sort("count", "word", descending=[True, False])
    return [WordCount(place, text, count) for _, text, count in several.head(LISTED).iter_rows()]


def _translated(cells: pl.Series, column: Column) -> pl.Series:
    """The cells with the words that were translated, whatever their case, in canonical form."""
    words = {word.lower(): value for word, value in column.words.items()}
    new = canonical.clean(cells).str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(new, cells)).to_series()
