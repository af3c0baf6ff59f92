"""OpenDocument spreadsheets (.ods): their sheets as exact text, read as `content.xml` streams by.

A number is what the file stores, not what is rounded for the eye; it keeps zeros in front where the cell shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import number_format
from kundekort.engine.reading.archive import Archive, unbroken
from kundekort.engine.reading.book import LAST_LINE, LONGEST, SAMPLED, WIDEST, Row, RowBuilder, Sheet, Stream
from kundekort.engine.reading.xml_parts import DEEPEST, Names, parsed, plain_parser

_CONTENT: Final = "content.xml"
_ABOUT: Final = "meta.xml"
_HEAD: Final = 1 << 16
_CALCULATES: Final = re.compile(b"LibreOffice|OpenOffice|Collabora")
"""Programs that calculate all formulas, and store an empty text as if they had not."""
_MOST_SHEETS: Final = 1_000
_MOST_STYLES: Final = 65_536
_HIDDEN: Final = ("collapse", "filter")
_DURATION: Final = re.compile(r"(-?)PT(\d{1,9})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S")
_MIDNIGHT: Final = re.compile(r"T(?:00:00(?::00(?:\.0+)?)?Z?$)?")
_FRACTION: Final = re.compile(r"\.\d+$")


def is_spreadsheet(archive: Archive) -> bool:
    """Whether a zip is one. FileRefused (file_encrypted) for one with a password."""
    if "mimetype" not in archive or _CONTENT not in archive:
        return False
    with unbroken(), archive.open_small("mimetype") as stream:
        kind = stream.read(200).strip()
    if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return False
    if "META-INF/manifest.xml" in archive:
        with unbroken(), archive.open_small("META-INF/manifest.xml") as stream:
            if b"encryption-data" in stream.read():
                raise FileRefused("file_encrypted")
    return True


class OpenDocument(Stream):
    """An opened document. FileRefused (file_damaged, file_undecodable) where it is none."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self._calculated = archive, False
        if _ABOUT in archive:
            with unbroken(), archive.open_small(_ABOUT) as stream:
                self._calculated = _CALCULATES.search(stream.read(_HEAD)) is not None
        super().__init__(self._read_sheets(), size=archive.size(_CONTENT))

    def _read_sheets(self) -> list[Sheet]:
        names, found, unseen = Names(), list[Sheet](), set[str]()
        style = ""
        tables = 0

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal style, tables
            match names[name]:
                case "table":
                    tables += 1
                    if tables == 1:
                        hidden = given.get("table:style-name", "") in unseen
                        found.append(Sheet(given.get("table:name", "")[:255], "", hidden))
                    if len(found) > _MOST_SHEETS:
                        raise FileRefused("file_damaged")
                case "style":
                    style = given.get("style:name", "")
                case "table-properties" if given.get("table:display") == "false" and len(unseen) < _MOST_STYLES:
                    unseen.add(style)

        def end(name: str) -> None:
            nonlocal tables
            tables -= names[name] == "table"

        parser = plain_parser()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        with unbroken(), self._archive.open(_CONTENT) as stream:
            for _ in parsed(stream, parser):
                pass
        return found

    def _all(self, *, most: int, wanted: int | None) -> Iterator[tuple[int, Row]]:
        reader = _Rows(most, wanted, calculated=self._calculated)
        with self._archive.open(_CONTENT) as stream:
            for done in parsed(stream, reader.parser):
                reader.check()
                for sheet, row, times in reader.take():
                    for again in range(times if wanted is not None else min(times, SAMPLED)):
                        yield sheet, row._replace(line=row.line + again, done=done)


class _Rows:
    """A parser, and the rows that it has found: the number of their sheet, and how often each stands there."""

    def __init__(self, most: int, wanted: int | None, *, calculated: bool) -> None:
        self._calculated = calculated
        self._names, self._builder, self._wanted = Names(), RowBuilder(most, strict=wanted is not None), wanted
        self._found: list[tuple[int, Row, int]] = []
        self._sheet, self._line, self._next, self._times = -1, 0, 1, 1
        self._depth = self._tables = self._cell_depth = self._skipped = self._blanks = 0
        self._cell: dict[str, str] = {}
        self._row: dict[str, str] = {}
        self._paragraphs: list[list[str]] = []
        self.parser = plain_parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def take(self) -> list[tuple[int, Row, int]]:
        """The rows since the last time."""
        found, self._found = self._found, []
        return found

    def check(self) -> None:
        """Refuse a text that goes on and on."""
        if sum(len(text) for texts in self._paragraphs for text in texts) > 4 * LONGEST:
            raise FileRefused("cell_too_long", line=self._line, limit=LONGEST)

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FileRefused("file_damaged")
        match self._names[name]:
            case "table":
                self._tables += 1
                if self._tables == 1:
                    self._sheet, self._next = self._sheet + 1, 1
            case "table-row" if self._tables == 1:
                self._line, self._row = self._next, given
                self._times = _repeated(given, "table:number-rows-repeated", LAST_LINE)
                self._next += self._times
                self._builder.begin(self._line)
            case "table-cell" | "covered-table-cell" if self._tables == 1:
                self._cell, self._cell_depth, self._paragraphs, self._blanks = given, self._depth, [], 0
            case "annotation" | "shapes" | "frame" if self._cell_depth:
                self._skipped += 1
                self.parser.CharacterDataHandler = None
            case "p" if self._depth == self._cell_depth + 1 and not self._skipped:
                if len(self._paragraphs) > LONGEST:
                    raise FileRefused("cell_too_long", line=self._line, limit=LONGEST)
                self._paragraphs.append([])
                self.parser.CharacterDataHandler = self._paragraphs[-1].append
            case "s" if self._in_text:
                count = _repeated(given, "text:c", LONGEST)
                self._blanks += count
                if self._blanks > LONGEST:
                    raise FileRefused("cell_too_long", line=self._line, limit=LONGEST)
                self._paragraphs[-1].append(" " * count)
            case "tab" if self._in_text:
                self._paragraphs[-1].append("\t")
            case "line-break" if self._in_text:
                self._paragraphs[-1].append("\n")

    @property
    def _in_text(self) -> bool:
        return bool(self._paragraphs) and not self._skipped and self.parser.CharacterDataHandler is not None

    def _end(self, name: str) -> None:
        match self._names[name]:
            case "p" if self._depth == self._cell_depth + 1:
                self.parser.CharacterDataHandler = None
            case "annotation" | "shapes" | "frame" if self._cell_depth:
                self._skipped -= 1
                if not self._skipped and self._depth > self._cell_depth + 1 and self._paragraphs:
                    self.parser.CharacterDataHandler = self._paragraphs[-1].append
            case "table-cell" | "covered-table-cell" if self._tables == 1 and self._cell_depth == self._depth:
                self._cell_depth = 0
                if self._wanted == self._sheet or (self._wanted is None and self._line <= SAMPLED):
                    self._keep()
            case "table-row" if self._tables == 1:
                if (self._builder.cells or self._builder.uncalculated) and self._wanted in (None, self._sheet):
                    if self._next > LAST_LINE + 1:
                        raise FileRefused("file_damaged")
                    hidden = self._row.get("table:visibility") in _HIDDEN
                    self._found.append((self._sheet, self._builder.row(0, hidden=hidden), self._times))
            case "table":
                self._tables -= 1
        self._depth -= 1

    def _keep(self) -> None:
        """The cell that has ended becomes a part of its row."""
        shown = "\n".join("".join(texts) for texts in self._paragraphs)
        self._paragraphs = []
        kind = self._cell.get("office:value-type", "")
        times = _repeated(self._cell, "table:number-columns-repeated", WIDEST)
        calculated = self._calculated or bool(kind or shown) or "table:formula" not in self._cell
        self._builder.add(_text(kind, self._cell, shown), times=times, calculated=calculated)


def _text(kind: str, cell: dict[str, str], shown: str) -> str:
    """The text of a cell of a kind that shows a text."""
    if cell.get("calcext:value-type") == "error":
        return shown
    match kind:
        case "float" | "percentage" | "currency":
            exact = number_format.text(cell.get("office:value", "").strip())
            filled = shown.isascii() and shown.isdecimal() and shown.lstrip("0") == exact.lstrip("0")
            return shown if filled else exact
        case "date":
            text = _MIDNIGHT.sub(lambda time: " " if time[0] == "T" else "", cell.get("office:date-value", ""), count=1)
            return _FRACTION.sub("", text)
        case "time":
            return _time(cell.get("office:time-value", "")) or shown
        case "boolean":
            return "TRUE" if cell.get("office:boolean-value") == "true" else "FALSE"
        case _:
            return cell.get("office:string-value", shown)


def _time(duration: str) -> str:
    """`PT18H05M00S` as 18:05:00."""
    told = _DURATION.fullmatch(duration)
    return f"{told[1]}{int(told[2]):02}:{int(told[3]):02}:{int(told[4]):02}" if told else ""


def _repeated(given: dict[str, str], name: str, most: int) -> int:
    told = given.get(name, "1")
    if not told.isdecimal() or len(told) > 7:
        raise FileRefused("file_damaged")
    return max(1, min(int(told), most))
