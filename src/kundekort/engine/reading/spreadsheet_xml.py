"""SpreadsheetML of 2003, a whole workbook in one XML file, often called .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import number_format
from kundekort.engine.reading.archive import stream
from kundekort.engine.reading.book import LAST_LINE, LONGEST, SAMPLED, WIDEST, Row, RowBuilder, Sheet, Stream
from kundekort.engine.reading.number_format import Meaning, Shown
from kundekort.engine.reading.xml_parts import DEEPEST, LONGEST_ESCAPED, Names, parsed, plain_parser

_MOST_SHEETS: Final = 1_000
_MOST_STYLES: Final = 65_536
_MIDNIGHT: Final = re.compile(r"T(?:00:00(?::00(?:\.0+)?)?Z?$)?")
_FIRST_DAYS: Final = ("1899-12-30 ", "1899-12-31 ", "1904-01-01 ")  # before a time of day
_FRACTION: Final = re.compile(r"\.0+$")


class SpreadsheetXml(Stream):
    """A workbook of Excel 2002 and 2003 in XML. FileRefused (file_damaged, file_undecodable) where it is none."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._styles: dict[str, Shown] = {}
        super().__init__(self._read_sheets(), size=len(data))

    def _read_sheets(self) -> list[Sheet]:
        """The sheets; and the number formats, on the way."""
        names, found, hidden = Names(), list[str](), set[int]()
        texts: list[str] = []
        style = ""

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal style
            match names[name]:
                case "Worksheet":
                    found.append(_attribute(given, "Name")[:255])
                    if len(found) > _MOST_SHEETS:
                        raise FileRefused("file_damaged")
                case "Style":
                    style = _attribute(given, "ID")
                case "NumberFormat" if len(self._styles) < _MOST_STYLES:
                    self._styles[style] = number_format.shown("", _attribute(given, "Format")[:1000])
                case "Visible":
                    texts.clear()
                    parser.CharacterDataHandler = texts.append

        def end(name: str) -> None:
            if names[name] == "Visible":
                parser.CharacterDataHandler = None
                if "".join(texts).strip() in ("SheetHidden", "SheetVeryHidden"):
                    hidden.add(len(found) - 1)

        parser = plain_parser()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        for _ in parsed(stream(self._data), parser):
            if sum(map(len, texts)) > LONGEST:
                raise FileRefused("file_damaged")
        return [Sheet(name, "", number in hidden) for number, name in enumerate(found)]

    def _all(self, *, most: int, wanted: int | None) -> Iterator[tuple[int, Row]]:
        names, builder = Names(), RowBuilder(most, strict=wanted is not None)
        found: list[tuple[int, Row]] = []
        texts: list[str] = []
        sheet, line, depth, data_depth, done = -1, 0, 0, 0, 0
        cell: dict[str, str] = {}
        row: dict[str, str] = {}
        kind = value = ""

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal sheet, line, depth, data_depth, cell, row, kind, value
            depth += 1
            if depth > DEEPEST:
                raise FileRefused("file_damaged")
            match names[name]:
                case "Worksheet":
                    sheet, line = sheet + 1, 0
                case "Row":
                    line, row = _place(given, line + 1, LAST_LINE), given
                    builder.begin(line)
                case "Cell":
                    cell, kind, value = given, "", ""
                    builder.skip(_place(given, builder.column + 1, WIDEST) - 1 - builder.column)
                    data_depth = depth + 1
                case "Data" if depth == data_depth:
                    kind = _attribute(given, "Type")
                    texts.clear()
                    parser.CharacterDataHandler = texts.append

        def end(name: str) -> None:
            nonlocal line, depth, data_depth, value
            match names[name]:
                case "Data" if depth == data_depth:
                    value = "".join(texts)
                    parser.CharacterDataHandler = None
                case "Cell" if wanted == sheet or (wanted is None and line <= SAMPLED):
                    text = self._text(kind, value, _attribute(cell, "StyleID"))
                    builder.add(text, calculated=bool(kind) or not _attribute(cell, "Formula"))
                    builder.skip(_count(cell, "MergeAcross"))
                case "Row":
                    if wanted in (None, sheet) and (builder.cells or builder.uncalculated):
                        found.append((sheet, builder.row(done, hidden=_attribute(row, "Hidden") == "1")))
                    line += _count(row, "Span")
            depth -= 1

        parser = plain_parser()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        for done in parsed(stream(self._data), parser):  # noqa: B007 - the handlers read it
            yield from found
            found.clear()
            if sum(map(len, texts)) > LONGEST_ESCAPED:
                raise FileRefused("cell_too_long", line=line, limit=LONGEST)

    def _text(self, kind: str, value: str, style: str) -> str:
        """The text of a cell whose data is of a kind."""
        match kind:
            case "Number":
                form = self._styles.get(style, number_format.GENERAL)
                if form.meaning is not Meaning.NUMBER:  # days have a kind of their own
                    form = number_format.GENERAL
                return number_format.text(value.strip(), form)
            case "Boolean":
                return "FALSE" if value.strip() == "0" else "TRUE"
            case "DateTime":
                text = _MIDNIGHT.sub(lambda time: " " if time[0] == "T" else "", value.strip(), count=1)
                text = _FRACTION.sub("", text)
                return text.removeprefix(next((day for day in _FIRST_DAYS if text.startswith(day)), ""))
            case _:
                return value


def _attribute(given: dict[str, str], name: str) -> str:
    """An attribute, which has the prefix `ss` as nearly everybody writes it, or none."""
    return given.get(f"ss:{name}") or given.get(name, "")


def _count(given: dict[str, str], name: str) -> int:
    told = _attribute(given, name)
    return min(int(told[:7]), LAST_LINE) if told.isdecimal() else 0


def _place(given: dict[str, str], next_one: int, last: int) -> int:
    """The number of a row or a column: the one it has, or the next."""
    place = _count(given, "Index") or next_one
    if not next_one <= place <= last:
        raise FileRefused("file_damaged")
    return place
