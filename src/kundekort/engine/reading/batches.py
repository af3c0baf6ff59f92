"""All records of a text as batches of rows: proven stretches by the fast parser, everything else carefully.

May not know fields, files or encodings.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

import polars as pl

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.problem import SHOWN, LineProblem, of_lines, of_texts
from kundekort.engine.reading.encoding import Text, release
from kundekort.engine.reading.records import EXCESSES, TOO_LONG, WIDEST, Grammar, Record, record, records
from kundekort.engine.reading.repair import mend, problem_of

if TYPE_CHECKING:
    from kundekort.engine.reading.rfc4180 import Plain, Positions, Stretch

_LOOKED_AT: Final = 50
_VISIBLE: Final = re.compile(rb"[^ \t\r\n\x1a]")
_MOST_CELLS: Final = 4 << 20  # of a batch: also empty ones take memory


@dataclass(frozen=True, slots=True)
class Pace:
    """How a file is cut while it is read; what comes out is the same however it is cut.

    Bytes of which is proven at once what is plain, at `most`; of a text of `short` bytes nothing is proven, and every
    row is read carefully. A block of a text ends after so many bytes (`batch`), one of a workbook after so many rows.
    """

    most: int = 512 << 10
    batch: int = 5 << 20
    workbook_rows: int = 20_000
    short: int = 0


PACE: Final = Pace(short=32 << 10)
"""The usual one: a command reads a short text carefully in less time than it loads what proves and parses a long one.
"""


class Batch(NamedTuple):
    """Some consecutive rows: `cells` with LINE, c0 …; their problems by lines; they start at a byte, on a line, and
    `end`."""

    cells: pl.DataFrame
    problems: pl.DataFrame
    blank_rows: int
    start: int
    line: int
    end: int


def batches(text: Text, start: int, line: int, *, grammar: Grammar, columns: int, pace: Pace) -> Iterator[Batch]:
    """The rows from a position on, which is on physical line `line`.

    A row has at least the cells of the header and, where it has more, at most `columns`. FileRefused (cell_too_long,
    row_too_wide) at the first row that is not read whole.
    """
    careful = len(text) <= pace.short
    width = 0 if careful else _usual_width(text, start, grammar)
    new = partial(_Growing, text=text, grammar=grammar, columns=columns, width=width, widest=grammar.most)
    growing = new(start=start, line=line)
    counted: Stretch | None = None
    within = start
    while start < len(text):
        if not careful:
            if counted is None or start >= counted.stop:
                counted = _stretch(text, start, line, pace.most, grammar=grammar, width=width)
            doubtful = start < within
            plain = counted.plain(start, growing.room, within if doubtful else sys.maxsize)
            growing.add_plain(start, plain, doubtful=doubtful)
            start, line = plain.end, plain.end_line
        if start < len(text):
            found = record(text, start, grammar)
            within = max(within, found.within)
            growing.add_record(found, line, doubtful=start < within)
            start, line = found.end, line + found.lines
        if start < len(text) and (start - growing.start >= pace.batch or not growing.room):
            yield growing.batch(start)
            release(text, growing.start, start)
            growing = new(start=start, line=line)
    yield growing.batch(start)


@dataclass(slots=True)
class _Growing:
    """A batch while it grows: `width` is the number of cells of rows for the fast parser, 0 where it is to have none,
    `widest` the number of columns."""

    text: Text
    grammar: Grammar
    columns: int
    width: int
    start: int
    line: int
    widest: int
    pieces: list[memoryview | bytes] = field(default_factory=list)
    lines: list[Positions | list[int]] = field(default_factory=list)
    height: int = 0
    rows: list[list[object]] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    doubtful: list[tuple[memoryview, Plain]] = field(default_factory=list)
    blank_rows: int = 0

    @property
    def room(self) -> int:
        """How many more rows it can take at least before it is large."""
        return max(0, _MOST_CELLS // (self.widest + 1) - self.height - len(self.rows))

    def add_plain(self, start: int, plain: Plain, *, doubtful: bool = False) -> None:
        """Take the plain records that start at a position; `doubtful` as of `add_record`."""
        self.blank_rows += plain.empty
        if not len(plain.lines):
            return
        piece = memoryview(self.text)[start : plain.end]
        self._add_piece(piece, plain.lines)
        if doubtful:
            self.doubtful.append((piece, plain))

    def add_record(self, found: Record, line: int, *, doubtful: bool = False) -> None:
        """Take one record, with what is wrong with it; a blank one is only counted.

        `doubtful`: it may be a part of a cell that begins above.
        """
        refuse_excess(found.fault, line=line, grammar=self.grammar)
        found = mend(self.text, found, self.grammar)
        raw = self.text[found.start : found.stop]
        if not found.fault and not raw.strip(self.grammar.blank) and not any(map(_VISIBLE.search, found.cells)):
            self.blank_rows += 1
            return
        said = raw.decode("utf-8", "replace")
        problem = _problem(found, raw, self.grammar) or (("between_quotes", {}) if doubtful else None)
        if self.columns > self.grammar.most and any(found.cells[self.columns :]):
            problem = "cells_cut", {"cells": len(found.cells), "limit": self.columns}
        if problem:
            code, params = problem
            self.problems.append(LineProblem(line, code, said[:SHOWN], params))
        usual = len(found.cells) == self.width and not any(found.cells[self.grammar.most :])
        if usual and "\0" not in said and "\ufffd" not in said:
            self._add_piece(_quoted(found.cells, self.grammar.separator), [line])
            return
        cells = [cell.decode("utf-8", "replace") for cell in found.cells[: self.columns]]
        while len(cells) > self.grammar.most and not cells[-1]:
            cells.pop()
        self.widest = max(self.widest, len(cells))
        self.rows.append([line, *cells])

    def _add_piece(self, piece: memoryview | bytes, lines: Positions | list[int]) -> None:
        """Take plain rows for the fast parser."""
        self.pieces.append(piece)
        self.lines.append(lines)
        self.height += len(lines)

    def batch(self, end: int) -> Batch:
        """What has been gathered, in the order of the file."""
        return Batch(self._cells(), self._problems(), self.blank_rows, self.start, self.line, end)

    def _cells(self) -> pl.DataFrame:
        if self.lines and not self.rows:  # as nearly always: nothing has to be put in order
            plain = self._plain()
            return plain.with_columns(pl.lit(None, pl.String).alias(f"c{n}") for n in range(self.width, self.widest))
        wide = max(map(len, self.rows), default=1)
        schema: dict[str, type[pl.DataType]] = {frames.LINE: pl.UInt32}
        schema |= {f"c{n}": pl.String for n in range(wide - 1)}
        rows = [row + [None] * (wide - len(row)) for row in self.rows]
        cells = pl.DataFrame(rows, schema=schema, orient="row")
        cells = cells.with_columns(pl.lit(None, pl.String).alias(f"c{n}") for n in range(wide - 1, self.widest))
        if self.lines:
            cells = pl.concat([self._plain(), cells], how="diagonal").rechunk().sort(frames.LINE)
        return cells

    def _problems(self) -> pl.DataFrame:
        """Those of single records, and that of the doubtful plain ones."""
        single = of_lines(self.problems)
        if not self.doubtful:
            return single
        import numpy as np
        import pyarrow as pa

        starts: list[int] = []
        size = 0
        for piece, plain in self.doubtful:
            size += len(piece)
            starts += [at - plain.end + size for at in plain.starts]
        lines = np.concatenate([plain.lines for _, plain in self.doubtful])
        offsets, text = np.array([*starts, size], np.int64), b"".join(piece for piece, _ in self.doubtful)
        said = pa.LargeStringArray.from_buffers(len(lines), pa.py_buffer(offsets.data), pa.py_buffer(text))
        values = pl.Series(said).str.strip_chars_end("\r\n")
        doubtful = of_texts(pl.Series(lines, dtype=pl.UInt32), values, "between_quotes")
        return pl.concat([single, doubtful]).sort(frames.LINE)

    def _plain(self) -> pl.DataFrame:
        """The pieces for the fast parser, read by it."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.csv

        names = [f"c{n}" for n in range(self.width)]
        data = b"".join(self.pieces)
        table = pyarrow.csv.read_csv(
            cast("IO[bytes]", pa.BufferReader(pa.py_buffer(data))),  # the stubs know files only
            # In one piece: what comes in several has to be put together again, and others have work for all processors.
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(delimiter=self.grammar.separator.decode(), newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                check_utf8=False,
                column_types={name: pa.string() for name in names},
                include_columns=names[: self.grammar.most],
                strings_can_be_null=False,
            ),
        )
        lines = pl.Series(frames.LINE, np.concatenate(self.lines), dtype=pl.UInt32)
        return pl.DataFrame(pl.from_arrow(table)).insert_column(0, lines)


def _stretch(text: Text, start: int, line: int, size: int, *, grammar: Grammar, width: int) -> Stretch:
    from kundekort.engine.reading import rfc4180  # with NumPy, for which nobody waits who reads a short text

    return rfc4180.stretch(text, start, line, size, grammar=grammar, width=width)


def _quoted(cells: Sequence[bytes], separator: bytes) -> bytes:
    """A row of these cells as RFC 4180 has it; no NUL is in them."""
    return b'"' + b"\0".join(cells).replace(b'"', b'""').replace(b"\0", b'"' + separator + b'"') + b'"\n'


def refuse_excess(fault: str | None, *, line: int, grammar: Grammar) -> None:
    """Raises FileRefused where that is the fault of the row on a line."""
    if fault in EXCESSES:
        raise FileRefused(fault, line=line, limit=grammar.longest if fault == TOO_LONG else WIDEST)


def _usual_width(text: Text, start: int, grammar: Grammar) -> int:
    """How many cells most of the first rows have, of those that fit the header."""
    first = (found for _, found in islice(records(text, start, 1, grammar), _LOOKED_AT))
    fitting = Counter(len(found.cells) for found in first if grammar.fits(found.cells))
    return max(fitting, key=lambda width: fitting[width], default=grammar.most)


def _problem(found: Record, raw: bytes, grammar: Grammar) -> tuple[str, dict[str, int]] | None:
    """The most telling thing that is wrong with a row."""
    if code := problem_of(found, raw):
        return code, {}
    if grammar.fits(found.cells):
        return None
    if len(found.cells) < grammar.least:
        return "row_too_short", {"cells": len(found.cells), "expected": grammar.least}
    return "row_too_long", {"cells": len(found.cells), "expected": grammar.most}
