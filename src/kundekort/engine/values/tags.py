"""Tags: words with '|' between them.

Accepted: anything; without any '|' also with ';' or ',' between them, as others have it, and a list of them
as JSON or Python write it.
Canonical: every tag once, trimmed and sorted by code point, so that their order never is a change; one by itself has no
';' or ',' in it. A field limits the length of each tag, not of all together. The tags of several cards are united.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import polars as pl

from kundekort.engine.values.column import Outcome, map_distinct
from kundekort.engine.values.rules import KindRules, one_by_one
from kundekort.engine.values.text import trimmed

BETWEEN: Final = "|"
_PYTHON_TEXT: Final = re.compile(r"'([^']*)'")
_PYTHON_LIST: Final = re.compile(r"\[\s*+'[^']*+'(?:\s*+,\s*+'[^']*+')*+\s*+\]")


def tags(value: str) -> Outcome:
    """The distinct tags sorted by code point, joined by '|'."""
    return BETWEEN.join(sorted(_several(value))), None


def _several(value: str) -> set[str]:
    if _PYTHON_LIST.fullmatch(value):
        value = BETWEEN.join(_PYTHON_TEXT.findall(value))
    elif value.startswith("[") and value.endswith("]"):
        with suppress(ValueError, RecursionError):
            value = BETWEEN.join(str(tag) for tag in json.loads(value) if isinstance(tag, str | int))
    found = {value}
    for between in (BETWEEN, ";", ","):
        if len(found) == 1:  # what has several already may have the other marks in it
            found = {tag for part in found.pop().split(between) if (tag := trimmed(part))}
    return found


def _longest(text: pl.Series) -> pl.Series:
    longest = pl.element().str.strip_chars().str.len_chars().max()
    return map_distinct(text, tags).text.str.split(BETWEEN).list.eval(longest).list.first()


def _union(values: Sequence[str]) -> str:
    return BETWEEN.join(sorted({tag for value in values for tag in value.split(BETWEEN)}))


RULES: Final = KindRules(read=one_by_one(tags), length=_longest, union=_union)
