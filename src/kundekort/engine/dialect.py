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
_TITLED: Final = 3  # in a list of two columns a row with one cell is as likely a short row
_SAMPLE_BYTES: Final = 1 << 20
_NOTHING: Final = b" \t\r\n" + "".join(SEPARATORS).encode()
_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_DECLARED: Final = re.compile(rb'"?sep=([;,\t|])"?[;,\t| ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header is (`line`, from 1), what it says, and where and on which line what follows it starts."""

    separator: str
    line: int
    headers: tuple[str, ...]
    body: int
    body_line: int

    @property
    def grammar(self) -> Grammar:
        """How the rows under this header are to be read."""
        return _grammar(self.headers, self.separator)


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
        """The greater the better: known columns, then well-ordered rows, then the house separator before the others."""
        return (self.known, self.order, -SEPARATORS.index(self.separator))


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
    """The row that is the header under a separator: that with the most known columns, or else the first of a table."""
    grammar = Grammar(separator.encode())
    near = takewhile(lambda each: each[1].start - start < _SAMPLE_BYTES, records(text, start, line, grammar))
    sample = [
        each
        for _, each in zip(range(_SAMPLE_ROWS), near, strict=False)
        if text[each[1].start : each[1].stop].strip(_NOTHING)
    ]
    if not sample:
        return []
    rows = [row for _, row in sample]
    first = 0 if only_first else _first_of_table(rows)
    named = [len({h.casefold() for h in _headers(row) if h and known(h)}) for row in rows[:_HEADER_WITHIN]]
    if not only_first and max(named) > 0:
        first = named.index(max(named))
    line, row = sample[first]
    return [_Candidate(named[first] if first < len(named) else 0, _order(rows, first, separator), separator, line, row)]


def _first_of_table(rows: list[Record]) -> int:
    """The index of the first row that is no title and no comment: those fill one cell above rows that fill more."""
    widths = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
    usual = max(widths, key=lambda width: widths[width], default=1)
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        filled = sum(1 for cell in row.cells if cell.strip())
        if filled > 1 or not (usual >= _TITLED or row.cells[0].startswith(b"#")):
            return index
    return 0


def _order(rows: list[Record], first: int, separator: str) -> float:
    """How much the rows look like one table: the share that fits the header, and the more columns the surer."""
    grammar = _grammar(_headers(rows[first]), separator)
    if grammar.most < 2:
        return 0.0
    fitting = sum(1 for row in rows[first:] if row.fault is None and grammar.fits(row.cells)) / len(rows)
    return round(fitting**3 * math.log2(grammar.most), 3)


def _grammar(headers: tuple[str, ...], separator: str) -> Grammar:
    """How rows under these headers are to be read: columns at the end that have no name may be missing."""
    named = max((n for n, header in enumerate(headers, 1) if header), default=1)
    return Grammar(separator.encode(), least=named, most=len(headers))


def _headers(row: Record) -> tuple[str, ...]:
    """The cells of a header as trimmed text."""
    return tuple(cell.decode("utf-8", "replace").strip() for cell in row.cells)


def _next_line(text: bytes, at: int) -> int:
    """Where the next physical line starts."""
    found = _LINE.match(text, at)
    return found.end() if found else len(text)
