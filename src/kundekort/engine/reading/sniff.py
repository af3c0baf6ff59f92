"""Which separator a text has and where its header stands: by meaning first, by structure where nothing is known.

May not know encodings or frames; what a header means is asked of the caller.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import Final

from kundekort.engine.facts import Preamble, TextLine
from kundekort.engine.problem import SHOWN
from kundekort.engine.reading.encoding import Text
from kundekort.engine.reading.records import EXCESSES, LONGEST, WIDEST, Grammar, Record, record, records
from kundekort.engine.reading.repair import mend, problem_of
from kundekort.engine.recipe import OURS, SEPARATORS

HEADER_WITHIN: Final = 20
"""Among how many rows the header is looked for, and how many lines above it are kept."""
_SAMPLE_ROWS: Final = 100
_SAMPLE_LINES: Final = 100_000  # blank ones too
_TITLED: Final = 3  # in a list of two columns a row with one cell is as likely a short row
_SAMPLE_BYTES: Final = 1 << 20
_LONGEST_HEADER: Final = 255
_ROWS_ALONE: Final = 0.65
_SOMETHING: Final = re.compile(b"[^ \t\r\n" + re.escape("".join(SEPARATORS).encode()) + b"]")
_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_DECLARED: Final = re.compile(rb'"?sep=([;,\t|])"?[;,\t| ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderPosition:
    """Where the header is (`line`, from 1), what it says, and where and on which line what follows it starts.

    `grammar` says how the rows under it are to be read, `fault` what is wrong with the header's own row, `preamble`
    what stands above.
    """

    separator: str
    line: int
    headers: tuple[str, ...]
    body: int
    body_line: int
    grammar: Grammar
    fault: str | None = None
    preamble: Preamble = Preamble()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that may be the header under a separator, what speaks for it, and the `usual` width of what follows."""

    usual: int
    known: int
    order: float
    separator: str
    line: int
    record: Record

    @property
    def merit(self) -> tuple[float, ...]:
        """The greater the better: known columns, then well-ordered rows, then the house separator before the others."""
        return (self.known, self.order, -SEPARATORS.index(self.separator))


def find_header(
    text: Text,
    *,
    known: Callable[[str], bool],
    separator: str | None = None,
    header_row: int | None = None,
    longest: int = LONGEST,
    begin: int = 0,
) -> HeaderPosition | None:
    """The layout of a text, or None where there are only blank lines.

    `separator` and `header_row` (physical line, from 1) are what a person has said; `known` tells whether a header
    names a field. `longest` is the number of bytes that a cell may have, `begin` where the text begins.
    """
    start, line = begin, 1
    declared = _DECLARED.match(text, begin)
    if declared and separator is None:
        separator = declared[1].decode()
    if header_row is not None:
        for _ in range(1, header_row):
            start = _next_line(text, start)
        line = header_row
    elif declared:
        start, line = declared.end(), 2
    candidates = []
    for each in (separator,) if separator else SEPARATORS:
        sample = _sample(text, start, line, Grammar(each.encode(), longest=longest))
        if not sample:
            return None
        candidates.append(_candidate(sample, each, known=known, told=header_row is not None))
    best = max(candidates, key=lambda candidate: candidate.merit)
    row = _whole(text, best, longest)
    headers = _headers(row)
    body, body_line = row.end, best.line + row.lines
    grammar = replace(_grammar(headers, best.separator), longest=longest)
    rows = [found.cells for _, found in _sample(text, body, body_line, grammar)]
    grammar = replace(grammar, widest=_widest(rows, grammar))
    fault = problem_of(row, text[row.start : row.stop])
    above = declared.end() if declared and row.start >= declared.end() else begin
    wrong = TextLine(best.line, _shown(text, row.start, row.stop), fault) if fault else None
    preamble = _preamble(text, above, 2 if above > begin else 1, row, wrong)
    return HeaderPosition(best.separator, best.line, headers, body, body_line, grammar, row.fault, preamble)


def header_among(rows: Sequence[Sequence[str]], *, known: Callable[[str], bool], told: bool) -> tuple[int, int]:
    """The index of the header among the first rows of a table, and how many columns it names.

    `told`: a person has said that it is the first.
    """
    records = [Record(0, 0, 0, 0, [cell.encode("utf-8", "replace") for cell in row], None) for row in rows]
    return _header_index(records, known=known, told=told)


def _sample(text: Text, start: int, line: int, grammar: Grammar) -> list[tuple[int, Record]]:
    """The first rows that say something, each with its line."""
    rows = islice(records(text, start, line, grammar), _SAMPLE_LINES)
    near = takewhile(lambda row: row[1].start - start < _SAMPLE_BYTES, rows)
    return list(islice(((at, row) for at, row in near if _SOMETHING.search(text, row.start, row.stop)), _SAMPLE_ROWS))


def _candidate(
    sample: list[tuple[int, Record]], separator: str, *, known: Callable[[str], bool], told: bool
) -> _Candidate:
    """The row that is the header under a separator; `told`: a person has said that it is the first."""
    rows = [row for _, row in sample]
    first, named = _header_index(rows, known=known, told=told)
    line, row = sample[first]
    usual = _usual(below.cells for below in rows[first + 1 :])
    return _Candidate(usual, named, _order(rows, first, separator), separator, line, row)


def _whole(text: Text, header: _Candidate, longest: int) -> Record:
    """The record of a header, with its quotes mended; it should be as wide as the rows under it."""
    if header.usual < 2 or header.record.fault in EXCESSES:
        return header.record
    grammar = Grammar(header.separator.encode(), least=header.usual, most=header.usual, longest=longest)
    return mend(text, record(text, header.record.start, grammar), grammar)


def _preamble(text: Text, at: int, line: int, header: Record, fault: TextLine | None) -> Preamble:
    """What stands above the rows: the lines from a position to the header that say something."""
    lines: list[TextLine] = []
    count = 0
    while at < header.start:
        end = _next_line(text, at)
        if _SOMETHING.search(text, at, min(end, header.start)):
            count += 1
            if len(lines) < HEADER_WITHIN:
                lines.append(TextLine(line, _shown(text, at, end)))
        at, line = end, line + 1
    return Preamble(tuple(lines), count, fault)


def _shown(text: Text, start: int, stop: int) -> str:
    """The beginning of a stretch of a text, as people read it."""
    return text[start : min(stop, start + 4 * SHOWN)].decode("utf-8", "replace").strip()[:SHOWN]


def _header_index(rows: list[Record], *, known: Callable[[str], bool], told: bool) -> tuple[int, int]:
    """The index of the row that is the header, and how many columns it names."""
    near = rows[:HEADER_WITHIN]
    named = [len({header.casefold() for header in _headers(row) if header and known(header)}) for row in near]
    first = 0 if told else _row_of_meaning(near, named, _first_of_table(rows))
    return first, named[first]


def _row_of_meaning(rows: list[Record], named: list[int], first: int) -> int:
    """The index of the row that names most columns, where it says clearly more than the first row of the table.

    Clearly, because a cell below the header may say "Email" too, and a header found too low takes rows away.
    """
    most = named.index(max(named))
    titled = _filled(rows[first]) == 1 < _filled(rows[most])
    enough = named[most] > 1 or named[most] > _filled(rows[most]) / 2 or titled
    return most if enough and named[most] > 2 * named[first] else first


def _first_of_table(rows: list[Record]) -> int:
    """The index of the first row that is no title and no comment."""
    usual = _usual(row.cells for row in rows if len(row.cells) > 1)
    common = 2 * sum(1 for row in rows if len(row.cells) == usual) > len(rows)
    first = (n for n, row in enumerate(rows[:HEADER_WITHIN]) if not _is_title(row, usual, common=common))
    return next(first, 0)


def _is_title(row: Record, usual: int, *, common: bool) -> bool:
    """Whether a row is a title or a comment: it fills one cell above rows that fill more.

    Where the usual width is `common` to most rows, also one with separators in its text, far from that width.
    """
    filled = _filled(row)
    if filled <= 1:
        return usual >= _TITLED or row.cells[0].startswith(b"#")
    return common and len(row.cells) < usual and 2 * filled < usual


def _order(rows: list[Record], first: int, separator: str) -> float:
    """How much the rows look like one table: the share that is alike, and the more columns the surer.

    Alike is what fits the header. Where the header is too wide or too narrow itself, the rows have to speak for it: it
    is what has the width of most of them, which has to be nearly all, and counts less, since a comma in each amount
    makes rows alike too. A header without the separator says that there is one column.
    """
    grammar = _grammar(_headers(rows[first]), separator)
    if grammar.most < 2:
        return 0.0
    sound = [row.cells for row in rows[first:] if row.fault is None]
    fitting = sum(1 for cells in sound if grammar.fits(cells)) / len(rows)
    usual = _usual(sound)
    alike = sum(1 for cells in sound if len(cells) == usual) / len(rows)
    by_header, by_rows = fitting**3 * math.log2(grammar.most), _ROWS_ALONE * alike**8 * math.log2(usual)
    return round(max(by_header, by_rows), 3)


def _usual(rows: Iterable[Sequence[bytes]]) -> int:
    """How many cells most rows have."""
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: widths[width], default=1)


def _grammar(headers: tuple[str, ...], separator: str) -> Grammar:
    """How rows under these headers are to be read: columns at the end that have no name may be missing."""
    named = max((n for n, header in enumerate(headers, 1) if header), default=1)
    ours = any(header.casefold() == OURS for header in headers)
    return Grammar(separator.encode(), least=named, most=len(headers), sound=ours)


def _widest(rows: Iterable[Sequence[bytes]], grammar: Grammar) -> int:
    """How many cells a row may have, those beyond the header empty: as many as the header or most rows have.

    A cell more than that means that a separator stands where none should, and pushes the others aside. In a list of
    one column nothing can be pushed.
    """
    if grammar.least == 1:
        return WIDEST
    widths = sorted(len(cells) for cells in rows if grammar.fits(cells))
    return max(grammar.most, widths[(len(widths) - 1) // 2] if len(widths) > 1 else 0)


def _filled(row: Record) -> int:
    """How many cells say something."""
    return sum(1 for cell in row.cells if cell.strip())


def _headers(row: Record) -> tuple[str, ...]:
    """The cells of a header as trimmed text, of which nobody reads more than the beginning."""
    return tuple(cell.decode("utf-8", "replace").strip()[:_LONGEST_HEADER] for cell in row.cells)


def _next_line(text: Text, at: int) -> int:
    """Where the next physical line starts."""
    found = _LINE.match(text, at)
    return found.end() if found else len(text)
