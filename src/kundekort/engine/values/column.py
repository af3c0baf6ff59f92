"""What a column of text comes to, and the one way to get there: every distinct odd value is looked at once.

This module knows no kind of field; what a value means is said by the function it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

Answer: TypeAlias = tuple[str, str | None]
"""The canonical text of a value and None, or the value itself and the problem code that says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A column understood: canonical `text` (the given text where there is a problem) and problem `code` or null."""

    text: pl.Series
    code: pl.Series


def accept(text: pl.Series) -> Reading:
    """A column in which nothing is wrong and all is canonical."""
    return Reading(text=text, code=pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(text)))


def by_value(text: pl.Series, answer: Callable[[str], Answer], *, odd: pl.Series | None = None) -> Reading:
    """The column with `answer` given once for each distinct non-empty value among the odd cells (default: all)."""
    looked_at = text if odd is None else text.filter(odd)
    answers = {v: answer(v) for v in looked_at.unique().to_list() if v}
    new = {value: canonical for value, (canonical, _) in answers.items() if canonical != value}
    wrong = {value: code for value, (_, code) in answers.items() if code is not None}
    reading = accept(text)
    return Reading(
        text=text.replace(new) if new else text,
        code=text.replace_strict(wrong, default=None, return_dtype=pl.String) if wrong else reading.code,
    )
