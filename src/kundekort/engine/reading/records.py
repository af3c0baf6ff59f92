"""The careful reader: one record of a separated text file at a time, so plain that it is obviously right.

What it says is the truth the fast reader is measured by. It works on UTF-8 bytes in which whatever was no text in the
file's own encoding is no UTF-8 either, and may not know files, encodings, fields or frames.

The grammar is RFC 4180 with LF, CRLF and CR ending a line. Blanks around a quoted cell do not count; any other quote
that does not start a cell is a letter. A quoted cell that never closes, or closes on a later line in front of text,
counts as unclosed: its row ends at its own line end, so that a lost quote costs one row and not the rest of the file.
Of a cell that is too long only the beginning is taken, and of a row that is too wide only its first cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from kundekort.engine.reading.encoding import Text

LONGEST: Final = 1 << 20
"""Bytes of a cell at most, unless a grammar says otherwise."""
WIDEST: Final = 1 << 20
"""Cells of a row that are told apart at most."""
TOO_LONG: Final = "cell_too_long"
TOO_WIDE: Final = "row_too_wide"
EXCESSES: Final = (TOO_LONG, TOO_WIDE)
"""Faults for which a whole file is refused."""

JOINED: Final = 4
"""Columns from which on rows are seen in a record of the right width; in fewer a note may look like that."""
_KEPT: Final = 1_000  # bytes of a cell that is too long

_NO_BLANK: Final = re.compile(rb"[^ ]")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_BREAK: Final = re.compile(rb"[\r\n]")
# possessive, so that a cell of many megabytes costs one pass and no stack
_QUOTED: Final = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')


class Record(NamedTuple):
    """A row as it stands in the file: `cells` in bytes without their quotes, `end` where the next record starts.

    `lines` counts the line ends in it; `fault` is unclosed_quote, text_after_quote, None, or what `repair` finds. With
    one of EXCESSES, cells are cut off or missing, and it may go on to the end of the text. What stands in front of
    `within` may belong to it all the same.
    """

    start: int
    stop: int
    end: int
    lines: int
    cells: list[bytes]
    fault: str | None
    within: int = 0


@dataclass(frozen=True)
class Grammar:
    """What separates cells, how many of them a row has, from `least` to `most` (the named and all header cells), and
    of how many bytes one is at `longest`, without its quotes. With empty cells behind them it has `widest` at most.
    `sound`: the writer is known to leave out no quotes."""

    separator: bytes
    least: int = 0
    most: int = 0
    longest: int = LONGEST
    widest: int = WIDEST
    sound: bool = False

    @cached_property
    def cell_end(self) -> re.Pattern[bytes]:
        """Where an unquoted cell ends."""
        return re.compile(b"[" + re.escape(self.separator) + rb"\r\n]")

    @cached_property
    def simple(self) -> re.Pattern[bytes]:
        """Cells of a line, each up to its separator or the end, between whose quotes no separator stands; any other
        quote in them is a letter."""
        separator = re.escape(self.separator)
        cell = rb'(?:[^"S]*+|"[^"S]*+"|[^" S][^S]*+)(?:S|\Z)'.replace(b"S", separator)
        return re.compile(b"(?:" + cell + b")++")

    @cached_property
    def spaced(self) -> re.Pattern[bytes]:
        """A quoted cell of one line with blanks before its quote, as in `1, "Oslo, Norway"`."""
        return re.compile(rb' ++"([^"\r\n]*+(?:""[^"\r\n]*+)*+)" *+(?=[' + re.escape(self.separator) + rb"\r\n]|\Z)")

    @cached_property
    def blank(self) -> bytes:
        """The bytes of which a blank row consists: quotes around empty cells too, and the Ctrl-Z at the end."""
        return b' \t\r\n"\x1a' + self.separator

    def fits(self, cells: Sequence[bytes]) -> bool:
        """Whether a row of these cells has the width of the header; the usual empty cells beyond it do not count."""
        return self.least <= len(cells) <= self.widest and not any(cells[self.most :])


def records(text: Text, start: int, line: int, grammar: Grammar) -> Iterator[tuple[int, Record]]:
    """Every record from a position on, each with the physical line on which it starts; blank ones too."""
    while start < len(text):
        found = record(text, start, grammar)
        yield line, found
        start, line = found.end, line + found.lines


def record(text: Text, start: int, grammar: Grammar) -> Record:
    """The record that starts at a position, read so that a lost quote does not swallow the rows behind it."""
    found = parse(text, start, grammar)
    alone = _first_row(text, found, grammar) if found.lines > 1 else None
    return alone or found


def parse(text: Text, start: int, grammar: Grammar, *, one_line: bool = False) -> Record:
    """The record at a position just as the grammar has it; `one_line`: a quote must close on its own line."""
    cells: list[bytes] = []
    fault = None
    at, line_end, short = start, -1, False
    while True:
        if at > line_end:
            line_end = _end_of_line(text, at)
            short = line_end - at <= min(grammar.longest, WIDEST - len(cells) - 1)
        if short and (simple := grammar.simple.match(text, at, line_end)):  # most of a line, and found at once
            whole = simple.end() == line_end
            pieces = simple.group().split(grammar.separator)
            if text.find(b'"', at, simple.end()) >= 0:
                pieces = [piece[1:-1] if piece[:1] == b'"' else piece for piece in pieces]
            cells += pieces
            if whole:
                return _ended(text, start, line_end, cells, fault)
            cells.pop()  # behind the last separator
            at = simple.end()
        sign = text[at : at + 1]
        opening = _QUOTED if sign == b'"' else grammar.spaced if sign == b" " else None
        quoted = opening.match(text, at) if opening else None
        tail = quoted.end() if quoted else at
        stop = _search(grammar.cell_end, text, tail, within=grammar.longest)
        if quoted is None and opening is not _QUOTED:
            cells.append(text[at : at + _KEPT if stop is None else stop])
        else:
            after = _NO_BLANK.search(text, tail, tail + grammar.longest if stop is None else stop) is not None
            if quoted is None or (_has_line_end(text, *quoted.span(1)) and (one_line or after)):
                stop = _end_of_line(text, at)
                rest, excess = _split(text, at, stop, grammar)
                cells += rest
                fault = excess or _worse(fault, "unclosed_quote")
                break
            cell = _content(text, *quoted.span(1), longest=grammar.longest)
            if after:
                fault = _worse(fault, "text_after_quote")
                cell += text[tail : tail if stop is None else stop]
            if len(cell) > grammar.longest:
                fault, cell = TOO_LONG, text[at : at + _KEPT]
            cells.append(cell)
        if stop is None:
            fault, stop = TOO_LONG, len(text)
            break
        if text[stop : stop + 1] != grammar.separator:
            break
        if len(cells) >= WIDEST:
            fault, stop = TOO_WIDE, _end_of_line(text, stop)
            break
        at = stop + 1
    return _ended(text, start, stop, cells, fault)


def _content(text: Text, start: int, stop: int, *, longest: int) -> bytes:
    """What a cell holds between its quotes; of one that is too long, not much more than shows it."""
    return text[start : min(stop, start + 2 * longest + 2)].replace(b'""', b'"')  # no more than every other byte goes


def _split(text: Text, at: int, stop: int, grammar: Grammar) -> tuple[list[bytes], str | None]:
    """The cells of a stretch of a line without regard to quotes, and what is in excess in it."""
    if stop - at <= grammar.longest:
        return text[at:stop].split(grammar.separator), None
    cells: list[bytes] = []
    fault = None
    while len(cells) < WIDEST:
        end = text.find(grammar.separator, at, stop)
        end = stop if end < 0 else end
        fits = end - at <= grammar.longest
        cells.append(text[at : end if fits else at + _KEPT])
        fault = fault if fits else TOO_LONG
        if end == stop:
            return cells, fault
        at = end + 1
    return cells, TOO_WIDE


def _worse(fault: str | None, new: str) -> str:
    """Of two faults of a row the one that is told."""
    return fault if fault in EXCESSES else new


def _ended(text: Text, start: int, stop: int, cells: list[bytes], fault: str | None) -> Record:
    """The record whose text goes to `stop`, with its line end."""
    newline = _LINE_END.match(text, stop)
    end = newline.end() if newline else stop
    whole = text[start:end]
    lines = whole.count(b"\n")
    if whole.find(b"\r") >= 0:
        lines += whole.count(b"\r") - whole.count(b"\r\n")
    return Record(start, stop, end, lines, cells, fault)


def _first_row(text: Text, found: Record, grammar: Grammar) -> Record | None:
    """The first line of a record of several, by itself, where the record is rather a lost quote with rows behind it.

    It is when its width is wrong and its second line by itself is a row. Where the width is right, RFC 4180 has the
    last word, but for what no note looks like: two lost quotes in the same column of two rows.
    """
    if not grammar.most:
        return None
    fits = grammar.fits(found.cells)
    if fits and (grammar.sound or found.fault or grammar.least < JOINED or not _kind(found.cells[0])):
        return None
    first = _end_of_line(text, found.start)
    second = parse(text, _ended(text, first, first, [], None).end, grammar, one_line=True)
    row = not second.fault and grammar.fits(second.cells)
    if not (row or (second.fault in EXCESSES and not fits)):
        return None
    alone = _first_line(text, found, first, grammar)
    if not fits:
        return alone
    return alone._replace(within=found.end) if _joins_rows(text, found, alone, second, grammar) else None


def _first_line(text: Text, found: Record, stop: int, grammar: Grammar) -> Record:
    """The first line of a record of several by itself, up to `stop`: what its open quote holds is cut at separators."""
    if found.fault in EXCESSES:
        return parse(text, found.start, grammar, one_line=True)
    number, cell = next(((n, cell) for n, cell in enumerate(found.cells) if _LINE_END.search(cell)))
    begin = _LINE_END.split(cell, 1)[0]
    opened = stop - len(begin) - begin.count(b'"') - 1  # in a quoted cell each quote stands twice
    rest, excess = _split(text, opened, stop, grammar)
    return _ended(text, found.start, stop, found.cells[:number] + rest, excess or "unclosed_quote")


def _joins_rows(text: Text, found: Record, first: Record, second: Record, grammar: Grammar) -> bool:
    """Whether a record of the right width goes from the middle of one row to the middle of another.

    Then its first and its last line are rows by themselves, with separators on both sides of the line ends, and begin
    with a number or an address as the second does.
    """
    kind = _kind(found.cells[0])
    if _kind(second.cells[0]) != kind or not grammar.fits(first.cells):
        return False
    joined = [*filter(_LINE_END.search, found.cells)]
    lines = joined[0].splitlines() if len(joined) == 1 else []
    if len(lines) < 2 or grammar.separator not in lines[0] or grammar.separator not in lines[-1]:
        return False
    begin = 1 + max(text.rfind(b"\n", found.start, found.stop), text.rfind(b"\r", found.start, found.stop))
    last = parse(text, begin, grammar, one_line=True)
    return last.fault not in EXCESSES and grammar.fits(last.cells) and _kind(last.cells[0]) == kind


def _kind(cell: bytes) -> str:
    """What a cell is that tells the rows of a list apart: a number, an address, or nothing of the kind."""
    return "number" if cell.isdigit() else "address" if b"@" in cell and b" " not in cell else ""


def _search(pattern: re.Pattern[bytes], text: Text, at: int, *, within: int) -> int | None:
    """Where a pattern is next found, or the end of the text; None where neither is within so many bytes."""
    to = min(len(text), at + within + 1)
    found = pattern.search(text, at, to)
    if found is None:
        return len(text) if to == len(text) and to - at <= within else None
    return found.start()


def _end_of_line(text: Text, at: int) -> int:
    """Where the line ends in which a position is."""
    found = _BREAK.search(text, at)
    return found.start() if found else len(text)


def _has_line_end(text: Text, start: int, stop: int) -> bool:
    return text.find(b"\n", start, stop) >= 0 or text.find(b"\r", start, stop) >= 0
