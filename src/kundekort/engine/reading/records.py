"""The careful reader: one record of a separated text file at a time, so plain that it is obviously right.

What it says is the truth the fast reader is measured by. It works on UTF-8 bytes in which whatever was no text in the
file's own encoding is no UTF-8 either, and may not know files, encodings, fields or frames.

The grammar is RFC 4180 with LF, CRLF and CR ending a line. Blanks around a quoted cell do not count; any other quote
that does not start a cell is a letter. A quoted cell that never closes, or closes on a later line in front of text,
counts as unclosed: its row ends at its own line end, so that a lost quote costs one row and not the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
# possessive, so that a cell of many megabytes costs one pass and no stack
_QUOTED: Final = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')


class Record(NamedTuple):
    """A row as it stands in the file: `cells` in bytes without their quotes, `end` where the next record starts.

    `lines` counts the line ends in it; `fault` is unclosed_quote, text_after_quote or None.
    """

    start: int
    stop: int
    end: int
    lines: int
    cells: list[bytes]
    fault: str | None


@dataclass(frozen=True)
class Grammar:
    """What separates cells, and how many of them a row has: from `least` to `most` (the named and all header cells)."""

    separator: bytes
    least: int = 0
    most: int = 0

    @cached_property
    def cell_end(self) -> re.Pattern[bytes]:
        """Where an unquoted cell ends."""
        return re.compile(b"[" + re.escape(self.separator) + rb"\r\n]")

    @cached_property
    def spaced(self) -> re.Pattern[bytes]:
        """A quoted cell of one line with blanks before its quote, as in `1, "Oslo, Norway"`."""
        return re.compile(rb' +"((?:[^"\r\n]|"")*+)" *(?=[' + re.escape(self.separator) + rb"\r\n]|\Z)")

    @cached_property
    def blank(self) -> bytes:
        """The bytes of which a blank row consists, quotes around empty cells among them."""
        return b' \t\r\n"' + self.separator

    def fits(self, cells: Sequence[bytes]) -> bool:
        """Whether a row of these cells has the width of the header; empty cells beyond it do not count."""
        return len(cells) >= self.least and not any(cells[self.most :])


def records(text: bytes, start: int, line: int, grammar: Grammar) -> Iterator[tuple[int, Record]]:
    """Every record from a position on, each with the physical line on which it starts; blank ones too."""
    while start < len(text):
        found = record(text, start, grammar)
        yield line, found
        start, line = found.end, line + found.lines


def record(text: bytes, start: int, grammar: Grammar) -> Record:
    """The record that starts at a position, read so that a lost quote does not swallow the rows behind it."""
    found = _record(text, start, grammar, one_line=False)
    if found.lines > 1 and _swallows(text, found, grammar):
        return _record(text, start, grammar, one_line=True)
    return found


def _record(text: bytes, start: int, grammar: Grammar, *, one_line: bool) -> Record:
    """The record at a position as the grammar has it; `one_line`: a quote must close on its own line."""
    stop = _search(_LINE_END, text, start)
    line = text[start:stop]
    if b'"' not in line:
        return _ended(text, start, stop, line.split(grammar.separator), None)
    cells: list[bytes] = []
    fault = None
    at = start
    while True:
        opening = {b'"': _QUOTED, b" ": grammar.spaced}.get(text[at : at + 1])
        quoted = opening.match(text, at) if opening else None
        tail = quoted.end() if quoted else at
        stop = _search(grammar.cell_end, text, tail)
        if quoted is None and opening is not _QUOTED:
            cells.append(text[at:stop])
        else:
            after = text[tail:stop]
            if quoted is None or (_LINE_END.search(quoted[1]) and (one_line or after.strip(b" "))):
                stop = _search(_LINE_END, text, at)
                cells += text[at:stop].split(grammar.separator)
                fault = "unclosed_quote"
                break
            cell = quoted[1].replace(b'""', b'"')
            if after.strip(b" "):
                fault = "text_after_quote"
                cell += after
            cells.append(cell)
        if text[stop : stop + 1] != grammar.separator:
            break
        at = stop + 1
    return _ended(text, start, stop, cells, fault)


def _ended(text: bytes, start: int, stop: int, cells: list[bytes], fault: str | None) -> Record:
    """The record whose text goes to `stop`, with its line end."""
    newline = _LINE_END.match(text, stop)
    end = newline.end() if newline else stop
    return Record(start, stop, end, len(_LINE_END.findall(text, start, end)), cells, fault)


def _swallows(text: bytes, found: Record, grammar: Grammar) -> bool:
    """Whether a record of several lines is rather a lost quote with whole rows behind it.

    It is when its width is wrong and its second line by itself is a row. Where the width is right, RFC 4180 has the
    last word: a note may well hold pasted rows, and an untouched export must come back as it is.
    """
    if not grammar.most or grammar.fits(found.cells):
        return False
    second = _record(text, _search(_LINE_END, text, found.start, past=True), grammar, one_line=True)
    return not second.fault and grammar.fits(second.cells)


def _search(pattern: re.Pattern[bytes], text: bytes, at: int, *, past: bool = False) -> int:
    """Where a pattern is next found (`past`: where it ends), or the end of the text."""
    found = pattern.search(text, at)
    if found is None:
        return len(text)
    return found.end() if past else found.start()
