"""Tags: words with '|' between them.

Accepted: anything. Canonical: every tag once, trimmed and sorted by code point, so that their order never is a change.
A field limits the length of each tag, not of all together. The tags of several cards are united.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine.values.column import Outcome
from kundekort.engine.values.rules import KindRules, one_by_one
from kundekort.engine.values.text import trimmed

BETWEEN: Final = "|"


def tags(value: str) -> Outcome:
    """The distinct tags sorted by code point, joined by '|'."""
    return BETWEEN.join(sorted({tag for part in value.split(BETWEEN) if (tag := trimmed(part))})), None


def _longest(text: pl.Series) -> pl.Series:
    longest = pl.element().str.strip_chars().str.len_chars().max()
    return text.str.split(BETWEEN).list.eval(longest).list.first()


def _union(values: Sequence[str]) -> str:
    return BETWEEN.join(sorted({tag for value in values for tag in value.split(BETWEEN)}))


RULES: Final = KindRules(read=one_by_one(tags), length=_longest, union=_union)
