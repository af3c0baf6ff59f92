"""What a reader gives, whatever the file is: rows of text in blocks; and what the file may have at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Preamble
from kundekort.engine.problem import with_rows
from kundekort.engine.recipe import Dialect


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may have at most; refused before memory is spent on it.

    `expanded`: bytes of an unpacked workbook. `cell`: bytes of a cell of a text; in workbooks `package.LONGEST` holds.
    """

    bytes: int = 512 << 20
    rows: int = 2_000_000
    columns: int = 200
    expanded: int = 2 << 30
    cell: int = 1 << 20


class Place(NamedTuple):
    """Where rows of a text begin: the number of the first one, its byte in the text, and its line."""

    row: int
    byte: int
    line: int


class Block(NamedTuple):
    """Some consecutive rows.

    `cells` has ROW and LINE and a String column for each header, c0 …; a cell is null where its row has none.
    `problems` are those of whole rows (`frames.PROBLEMS`, field null); their rows are in `cells` too. `blank_rows` were
    skipped. `done` are the bytes of the file that have been read by now. `place` is where they begin, if one can go on
    reading there. `hidden_rows` of a sheet do not show in a spreadsheet, whether they are among the rows or not.
    """

    cells: pl.DataFrame
    problems: pl.DataFrame
    blank_rows: int
    done: int
    place: Place | None = None
    hidden_rows: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose layout is known, and the way to its rows.

    `headers` are trimmed, one for each column. `blocks` begins anew at each call, and while it runs raises FileRefused
    for what cannot be read at all. `blocks_from` goes on at a place, where the file has any. `sheets` are the names of
    the visible sheets of a workbook, `similar` of those among them that were not chosen and look as much like the list.
    `size` is in bytes. `encodings` are those of which one must be chosen, as nothing in the file tells them apart: the
    likeliest, which is that of the dialect, first, each with some words read by it. `preamble` is what
    stands above the rows.
    """

    dialect: Dialect
    headers: tuple[str, ...]
    size: int
    blocks: Callable[[], Iterator[Block]]
    sheets: tuple[str, ...] = ()
    blocks_from: Callable[[Place], Iterator[Block]] | None = None
    similar: tuple[str, ...] = ()
    encodings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    preamble: Preamble = Preamble()


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file as rows of text; as `Source` and `Block` say."""

    dialect: Dialect
    headers: tuple[str, ...]
    cells: pl.DataFrame
    problems: pl.DataFrame
    blank_rows: int
    sheets: tuple[str, ...] = ()
    encodings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    preamble: Preamble = Preamble()


class Piece(NamedTuple):
    """Rows before they are numbered: cells with LINE, problems in the order of lines, blank rows, bytes done.

    In a text they begin at a `byte`, on a `line`.
    """

    cells: pl.DataFrame
    problems: pl.DataFrame
    blank_rows: int
    done: int
    byte: int | None = None
    line: int = 0
    hidden_rows: int = 0


def number(pieces: Iterable[Piece], *, limit: int, header_alone: bool = False, first: int = 0) -> Iterator[Block]:
    """The pieces as blocks whose rows are numbered. FileRefused (too_many_rows, or header_only unless allowed)."""
    rows = first
    for piece in pieces:
        cells = piece.cells.with_row_index(frames.ROW, offset=rows)
        place = None if piece.byte is None else Place(rows, piece.byte, piece.line)
        rows += cells.height
        if rows > limit:
            raise FileRefused("too_many_rows", limit=limit)
        problems = with_rows(piece.problems, cells)
        yield Block(cells, problems, piece.blank_rows, piece.done, place, piece.hidden_rows)
    if not rows and not header_alone:
        raise FileRefused("header_only")
