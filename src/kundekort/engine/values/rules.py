"""What there is to say about a kind of field; the file of each kind says it, and `kinds` has them all.

This module knows no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import polars as pl

from kundekort.engine.recipe import ColumnOrder
from kundekort.engine.schema import Field
from kundekort.engine.values.column import Canonical, Outcome, accept, map_distinct


@dataclass(frozen=True, slots=True)
class Context:
    """What the meaning of a cell hangs on besides its text: the field, the day, and whose way of writing it is.

    `country` (alpha-2) is where phone numbers without a calling code belong, `order` what slash dates mean.
    """

    field: Field
    today: date
    country: str
    order: ColumnOrder | None


Read: TypeAlias = Callable[[pl.Series, Context], Canonical]
"""From a column that `text.clean` has made to its canonical text and problem codes."""


def as_is(text: pl.Series, context: Context) -> Canonical:
    """Every text is canonical as it is."""
    return accept(text)


def one_by_one(outcome: Callable[[str], Outcome]) -> Read:
    """A way to read a column whose values mean something each by themselves."""
    return lambda text, context: map_distinct(text, outcome)


def characters(text: pl.Series) -> pl.Series:
    """How many characters each cell has."""
    return text.str.len_chars()


def first(values: Sequence[str]) -> str:
    """The first of several values, '' without any."""
    return values[0] if values else ""


@dataclass(frozen=True, slots=True)
class KindRules:
    """All that a kind of field decides.

    `read` makes canonical text and finds problems. `empty` is the problem of an empty cell in any field of the kind;
    without it a cell may be empty unless its field is required. Two values are the same when their canonical texts are,
    `ignores_case` or not. `length` counts the characters that a field limits, never more than the cell has bytes.
    `union` makes one value of the distinct non-empty ones that the cards of one person have, the first card's first.
    """

    read: Read
    empty: str | None = None
    ignores_case: bool = False
    length: Callable[[pl.Series], pl.Series] = characters
    union: Callable[[Sequence[str]], str] = first
