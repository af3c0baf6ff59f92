"""What a column of text comes to, and the one way to get there: every distinct odd value is looked at once.

This module knows no kind of field; what a value means is said by the function it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

Outcome: TypeAlias = tuple[str, str | None]
"""The canonical text of a value and None, or the value itself and the problem code that says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A column understood: canonical `text` (the given text where there is a problem) and problem `code` or null."""

    text: pl.Series
    code: pl.Series


def accept(text: pl.Series) -> Canonical:
    """A column in which nothing is wrong and all is canonical."""
    return Canonical(text=text, code=pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(text)))


def map_distinct(text: pl.Series, outcome: Callable[[str], Outcome], *, odd: pl.Series | None = None) -> Canonical:
    """The column with `outcome` asked once for each distinct non-empty value among the odd cells (default: all)."""
    looked_at = text if odd is None else text.filter(odd)
    outcomes = {v: outcome(v) for v in looked_at.unique().to_list() if v}
    new = {value: canonical for value, (canonical, _) in outcomes.items() if canonical != value}
    wrong = {value: code for value, (_, code) in outcomes.items() if code is not None}
    return Canonical(
        text=text.replace(new) if new else text,
        code=text.replace_strict(wrong, default=None, return_dtype=pl.String) if wrong else accept(text).code,
    )


def mark(code: str, cells: pl.Series, codes: pl.Series) -> pl.Series:
    """The problem codes of a column with `code` in those cells (null: not in it), whatever stood there."""
    if not cells.any():
        return codes
    return pl.Series([code]).zip_with(cells.fill_null(False), codes).alias("code")
