"""Marks that other programs put around the values of a text file, read as their writer meant them, or told.

`="0012"` and `'0012` keep a spreadsheet from counting; quotes that are no straight double ones keep nothing together.
An export of ours has tabs for the first (`spreadsheet_safe`) and is read as it stands, and so is a workbook, whose
cells say themselves that they are text. Looks at cells, never at fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine import problem
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.reading.table import Block, Place, Source
from kundekort.engine.recipe import OURS, WORKBOOK
from kundekort.engine.writing.spreadsheet_safe import at_risk

_PAIRS: Final = ("''", "‘’", "‚‘", "“”", "„“", "„”", "””", "«»", "»«")
_MARKED: Final = r"^ *[='‘‚“„”«»]"
_TEXT_FORMULA: Final = r'^="([^"]*)"$'
_APOSTROPHE: Final = "^'"
_GUARDED: Final = r"^'[=+@0-9-]"
_BETWEEN: Final = "\x1f"
_SPLIT: Final = "|".join(
    rf"(?:^|{_BETWEEN}) *{a}[^{a}{b}{_BETWEEN}]+{_BETWEEN}[^{a}{b}]*[^{a}{b}{_BETWEEN}]{b} *(?:{_BETWEEN}|$)"
    for a, b in _PAIRS
)
"""A cell that opens a quote and another that closes it."""


def as_meant(source: Source) -> Source:
    """The file with its marks read; rows with quotes around a separator are problems."""
    if source.dialect.encoding == WORKBOOK or OURS in (header.casefold() for header in source.headers):
        return source
    pair = next((pair for pair in _PAIRS if all(_quoted(header, pair) for header in source.headers)), None)
    after = source.blocks_from

    def blocks(found: Iterator[Block]) -> Iterator[Block]:
        return (_block(block, pair) for block in found)

    def blocks_from(place: Place) -> Iterator[Block]:
        assert after is not None
        return blocks(after(place))

    return replace(
        source,
        headers=tuple(header[1:-1] for header in source.headers) if pair else source.headers,
        blocks=lambda: blocks(source.blocks()),
        blocks_from=blocks_from if after else None,
    )


def _quoted(text: str, pair: str) -> bool:
    return len(text) > 1 and text[0] == pair[0] and text[-1] == pair[1]


def _block(block: Block, pair: str | None) -> Block:
    cells = block.cells
    texts = [name for name, kind in cells.schema.items() if kind == pl.String]
    found = cells.select(pl.col(texts).str.contains(_MARKED).any())
    marked = [name for name in texts if found[name].item()]
    if not marked:
        return block
    problems = _split(cells, marked, texts, block.problems)
    cells = cells.with_columns(_unmarked(cells[name], pair) for name in marked)
    return block._replace(cells=cells, problems=problems)


def _split(cells: pl.DataFrame, marked: list[str], texts: list[str], problems: pl.DataFrame) -> pl.DataFrame:
    """The problems of a block with those of rows in which foreign quotes stand around a separator."""
    rows = cells.filter(pl.any_horizontal(pl.col(marked).str.contains(_MARKED)))
    rows = rows.join(problems.select(ROW), on=ROW, how="anti")
    rows = rows.select(ROW, LINE, pl.concat_str(texts, separator=_BETWEEN, ignore_nulls=True).alias("text"))
    rows = rows.filter(pl.col("text").str.contains(_SPLIT))
    told = problem.frame(
        rows, field=None, code="quotes_foreign", value=pl.col("text").str.replace_all(_BETWEEN, " | ", literal=True)
    )
    return pl.concat([problems, told]).sort(ROW, maintain_order=True) if told.height else problems


def _unmarked(cells: pl.Series, pair: str | None) -> pl.Series:
    """The cells without `="…"`, an apostrophe where a spreadsheet would count, and the quotes of the whole file."""
    if pair:
        cells = cells.str.replace(f"^{re.escape(pair[0])}(.*){re.escape(pair[1])}$", "${1}")
    cells = cells.str.replace(_TEXT_FORMULA, "${1}")
    guarded = cells.str.contains(_GUARDED).fill_null(False)
    if not guarded.any():
        return cells
    guarded = guarded.scatter(guarded.arg_true(), at_risk(cells.filter(guarded)))
    return pl.select(pl.when(guarded).then(cells.str.replace(_APOSTROPHE, "")).otherwise(cells)).to_series()
