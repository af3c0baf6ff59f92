"""Which separator a text has and where its header stands: by meaning first, by structure where nothing is known.

May not know encodings or frames; what a header means is asked of the caller.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from kundekort.engine.careful import Grammar, Record, records
from kundekort.engine.recipe import SEPARATORS

_HEADER_WITHIN: Final = 20
_SAMPLE_ROWS: Final = 100
_SAMPLE_BYTES: Final = 1 << 20
_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_DECLARED: Final = re.compile(rb'"?sep=([;,\t|])"?[;,\t| ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
# where structure alone cannot tell: a tab is hardly ever typed, a comma is in every second address
_PREFERENCE: Final = ("\t", ";", "|", ",")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header is (`line`, from 1), what it says, and where and on which line what follows it starts."""

    separator: str
    line: int
    headers: tuple[str, ...]
    body: int
    body_line: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that may be the header under a separator, and what speaks for it."""

    known: int
    order: float
    separator: str
    line: int
    record: Record

    @property
    def merit(self) -> tuple[float, ...]:
        """The greater the better: known columns, then well-ordered rows below, then the usual separator, then early."""
        return (self.known, self.order, -_PREFERENCE.index(self.separator), -self.line)


def find(
    text: bytes, *, known: Callable[[str], bool], separator: str | None = None, header_row: int | None = None
) -> Layout | None:
    """The layout of a text, or None where there are only blank lines.

    `separator` and `header_row` (physical line, from 1) are what a person has said; `known` tells whether a header
    names a field.
    """
    start, line = 0, 1
    declared = _DECLARED.match(text)
    if declared and separator is None:
        separator = declared[1].decode()
    if header_row is not None:
        for line in range(2, header_row + 1):  # noqa: B007
            start = _next_line(text, start)
        line = header_row
    elif declared:
        start, line = declared.end(), 2
    found = [
        candidate
        for each in ((separator,) if separator else SEPARATORS)
        for candidate in _candidates(text, start, line, each, known, only_first=header_row is not None)
    ]
    if not found:
        return None
    best = max(found, key=lambda candidate: candidate.merit)
    body_line = best.line + best.record.lines
    return Layout(best.separator, best.line, _headers(best.record), best.record.end, body_line)


def _candidates(
    text: bytes, start: int, line: int, separator: str, known: Callable[[str], bool], *, only_first: bool
) -> list[_Candidate]:
    """The rows that may be the header under a separator: those with the most known columns, or else the structural one."""
    grammar = Grammar(separator.encode())
    near = takewhile(lambda each: each[1].start - start < _SAMPLE_BYTES, records(text, start, line, grammar))
    sample = [
        each
        for _, each in zip(range(_SAMPLE_ROWS), near, strict=False)
        if text[each[1].start : each[1].stop].strip(grammar.blank)
    ]
    if not sample:
        return []
    rows = [row for _, row in sample]
    first = 0 if only_first else _first_of_table(rows)
    named = [len({h.casefold() for h in _headers(row) if h and known(h)}) for row in rows[:_HEADER_WITHIN]]
    if not only_first and max(named) > 0:
        first = named.index(max(named))
    line, row = sample[first]
    return [_Candidate(named[first] if first < len(named) else 0, _order(rows[first:]), separator, line, row)]


def _first_of_table(rows: list[Record]) -> int:
    """The index of the first row that is not a title: titles fill one cell in front of rows that fill more."""
    width = _usual_width(rows)
    if width < 2:
        return 0
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        if sum(1 for cell in row.cells if cell.strip()) > 1:
            return index
    return 0


def _order(rows: list[Record]) -> float:
    """How much the rows look like one table: the share of rows as wide as most, and the more columns the surer."""
    width = _usual_width(rows)
    if width < 2:
        return 0.0
    alike = sum(1 for row in rows if row.fault is None and len(row.cells) == width) / len(rows)
    return round(alike**3 * math.log2(width), 3)


def _usual_width(rows: list[Record]) -> int:
    """The commonest number of cells."""
    return Counter(len(row.cells) for row in rows).most_common(1)[0][0]


def _headers(row: Record) -> tuple[str, ...]:
    """The cells of a header as trimmed text."""
    return tuple(cell.decode("utf-8", "replace").strip() for cell in row.cells)


def _next_line(text: bytes, at: int) -> int:
    """Where the next physical line starts."""
    found = _LINE.match(text, at)
    return found.end() if found else len(text)
