"""The tables of a web page, which some programs save as .xls: each is a sheet, its cells as the page shows them.

Nothing is executed or fetched. A cell that spans rows stands in each of them, one that spans columns in the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import markup
from kundekort.engine.reading.book import LAST_LINE, LONGEST, SAMPLED, WIDEST, Row, RowBuilder, Sheet, Stream

_PIECE: Final = 1 << 14  # characters that are parsed in one go
_LONGEST_TAG: Final = 1 << 18
_DEEPEST: Final = 20
_MOST_TABLES: Final = 1_000
_MOST_SAMPLED: Final = 2_000_000  # cells of the first rows of all tables
_LONGEST_SPAN: Final = 1_000
_BLOCKS: Final = frozenset({"br", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN: Final = frozenset({"style", "script", "title"})
_SHORTENED: Final = re.compile(r"#+|-?\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_TABLE: Final = re.compile(r"<table\b", re.IGNORECASE)


class HtmlTables(Stream):
    """A web page with tables. FileRefused (file_binary) for one without."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        count, tail = 0, ""
        with markup.reader(data) as text:
            while piece := text.read(1 << 20):
                count += len(_TABLE.findall(tail + piece))
                tail = piece[-len("<table") :]
        if not count:
            raise FileRefused("file_binary", kind="html")
        if count > _MOST_TABLES:
            raise FileRefused("file_damaged")
        super().__init__([Sheet(str(number), "") for number in range(1, count + 1)], size=len(data))

    def _all(self, *, most: int, wanted: int | None) -> Iterator[tuple[int, Row]]:
        parser = _Parser(most=most, wanted=wanted, tables=len(self.sheets))
        with markup.reader(self._data) as text:
            while piece := text.read(_PIECE):
                parser.feed(piece)
                parser.done += len(piece)
                if len(parser.rawdata) > _LONGEST_TAG:
                    raise FileRefused("file_damaged")
                yield from parser.take()
        parser.end_all()
        yield from parser.take()

    def tables(self, *, most: int) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """All tables that have rows; of one within another, rows come before those around it."""
        if len(self.sheets) == 1:
            return super().tables(most=most)
        found: dict[int, list[Row]] = {}
        cells = 0
        for number, row in self._all(most=most, wanted=None):
            found.setdefault(number, []).append(row)
            cells += len(row.cells)
            if cells > _MOST_SAMPLED:
                raise FileRefused("file_binary", kind="html")
        return ((self.sheets[number], iter(rows)) for number, rows in sorted(found.items()))


class _Table:
    """A table while it is read: `carried` are texts by column, and for how many further rows they stand there."""

    def __init__(self, number: int, most: int, *, strict: bool, read: bool) -> None:
        self.number, self.line, self.open, self.hidden = number, 0, False, False
        self.builder, self._most, self._strict, self.read = RowBuilder(most, strict=strict), most, strict, read
        self.carried: dict[int, tuple[str, int]] = {}
        self.texts: list[str] | None = None
        self.length = self.columns = self.rows = 0
        self.exact = ""

    def begin_row(self, *, hidden: bool) -> None:
        """Begin a row, after what is open has ended."""
        self.line, self.open, self.hidden = self.line + 1, True, hidden
        self.read = self.read and (self._strict or self.line <= SAMPLED)
        if self.line > LAST_LINE:
            raise FileRefused("file_damaged")
        self.builder.begin(self.line)

    def carry(self) -> None:
        """Put the texts that reach down from rows above into the next columns."""
        while (above := self.carried.get(self.builder.column)) is not None:
            text, left = above
            if left > 1:
                self.carried[self.builder.column] = (text, left - 1)
            else:
                del self.carried[self.builder.column]
            self.builder.add(text)

    def begin_cell(self, columns: int, rows: int, exact: str) -> None:
        """Begin a cell."""
        self.carry()
        if self.builder.column >= WIDEST:
            raise FileRefused("file_damaged")
        self.texts, self.length, self.columns, self.rows, self.exact = [], 0, columns, rows, exact

    def add(self, text: str) -> None:
        """A piece of text of the open cell, if there is one."""
        if self.texts is not None:
            self.texts.append(text)
            self.length += len(text)
            if self.length > 4 * LONGEST:
                raise FileRefused("cell_too_long", line=self.line, limit=LONGEST)

    def end_cell(self) -> None:
        """End the open cell, if there is one."""
        if self.texts is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self.texts).split("\0"))
        text = "\n".join(line for line in lines if line)
        text = self.exact if self.exact and _SHORTENED.fullmatch(text) else text
        self.texts = None
        at = self.builder.column
        self.builder.add(text)
        self.builder.skip(self.columns - 1)
        if self.rows > 1 and text and at < self._most:
            self.carried[at] = (text, self.rows - 1)

    def end_row(self, done: int) -> Row | None:
        """End the open row; None where there is none, or nothing in it."""
        self.end_cell()
        if not self.open:
            return None
        self.carry()
        for column in sorted(self.carried):
            self.builder.skip(max(0, column - self.builder.column))
            self.carry()
        self.open = False
        return self.builder.row(done, hidden=self.hidden) if self.builder.cells else None


class _Parser(HTMLParser):
    def __init__(self, *, most: int, wanted: int | None, tables: int) -> None:
        super().__init__(convert_charrefs=True)
        self._most, self._wanted, self._tables = most, wanted, tables
        self._open: list[_Table] = []
        self._found: list[tuple[int, Row]] = []
        self._last, self._unseen, self.done = -1, 0, 0

    def take(self) -> list[tuple[int, Row]]:
        """The rows that have ended since the last time."""
        found, self._found = self._found, []
        return found

    def end_all(self) -> None:
        """End what is open."""
        while self._open:
            self._end_row(self._open.pop())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What a tag begins."""
        if tag == "table":
            self._last += 1
            if len(self._open) == _DEEPEST or self._last >= self._tables:
                raise FileRefused("file_damaged")
            read = self._wanted in (None, self._last)
            self._open.append(_Table(self._last, self._most, strict=self._wanted is not None, read=read))
        elif tag in _UNSEEN:
            self._unseen += 1
        elif self._open:
            table = self._open[-1]
            if tag == "tr":
                self._end_row(table)
                table.begin_row(hidden=_is_hidden(dict(attrs)))
            elif tag in ("td", "th"):
                table.end_cell()
                if not table.open:
                    table.begin_row(hidden=False)
                if not table.read:
                    return
                given = dict(attrs)
                exact = given.get("x:num") or ""
                table.begin_cell(
                    _span(given.get("colspan")),
                    _span(given.get("rowspan")),
                    exact if _NUMBER.fullmatch(exact) else "",
                )
            elif tag in _BLOCKS:
                table.add("\0")

    def handle_endtag(self, tag: str) -> None:
        """What a tag ends."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif self._open:
            table = self._open[-1]
            if tag in ("td", "th"):
                table.end_cell()
            elif tag == "tr":
                self._end_row(table)
            elif tag == "table":
                self._end_row(self._open.pop())
            elif tag in _BLOCKS:
                table.add("\0")

    def handle_data(self, data: str) -> None:
        """Text, which belongs to the innermost cell."""
        if self._open and not self._unseen:
            self._open[-1].add(data.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    def _end_row(self, table: _Table) -> None:
        row = table.end_row(self.done)
        if row is not None and table.read:
            self._found.append((table.number, row))


def _is_hidden(given: dict[str, str | None]) -> bool:
    style = "".join((given.get("style") or "").lower().split())
    return "hidden" in given or "display:none" in style


def _span(told: str | None) -> int:
    told = (told or "").strip()
    return max(1, min(int(told[:4]), _LONGEST_SPAN)) if told.isdecimal() else 1
