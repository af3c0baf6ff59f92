"""The rows of one sheet of a workbook, each cell as exact text, read as its XML streams by.

A cell is what the spreadsheet shows as far as that is exact: formulas by their last result, errors as their text
(`#N/A`), truth as TRUE or FALSE. May not know headers or fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Final, TypeAlias
from xml.parsers import expat

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import number_format
from kundekort.engine.reading.book import LAST_LINE, LONGEST, WIDEST, Row, keep
from kundekort.engine.reading.number_format import Shown
from kundekort.engine.reading.xml_parts import (
    DEEPEST,
    LONGEST_ESCAPED,
    Names,
    parsed,
    plain_parser,
    unescaped,
)

_TRUE: Final = ("1", "true", "on")
_DIGITS: Final = "0123456789"
_LONGEST_NUMBER: Final = 9
"""Digits of a number that counts strings, formats or rows."""
_Found: TypeAlias = tuple[int, list[str], bool, Sequence[int]]


def rows(
    stream: IO[bytes], *, strings: list[str], formats: list[Shown], most: int, recalculates: bool = False
) -> Iterator[Row]:
    """The rows with text in them. FileRefused (too_many_columns) for text beyond `most` columns, (cell_too_long), and
    (file_damaged) for a sheet that is none. `strings` are the shared ones, `formats` those of cells by their number.

    `recalculates`: a formula whose result is 0 has none yet.
    """
    found: list[_Found] = []
    parser, check = _parser(found, strings, formats, most, recalculates)
    for done in parsed(stream, parser):
        for line, cells, hidden, uncalculated in found:
            yield Row(line, cells, done, hidden, uncalculated)
        found.clear()
        check()


class _Columns(dict[str, int]):
    """Letters of a column (`AB`) → its number from 0."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".find(letter) + 1
            if number > WIDEST:
                break
        if not 0 < number <= WIDEST:
            raise FileRefused("file_damaged")
        self[letters] = number - 1
        return number - 1


def _parser(  # noqa: PLR0915  # closures, as it says
    found: list[_Found], strings: list[str], formats: list[Shown], most: int, recalculates: bool
) -> tuple[expat.XMLParserType, Callable[[], None]]:
    """A parser that puts rows with text in them into `found`. What is told of a cell becomes its text when it ends.

    With it comes a look, for after each block, at how deep it is and how long the text is that goes on into the next.

    Closures, because they are called some five times for every cell, and attributes of an object take twice as long.
    """
    names, columns = Names(), _Columns()
    line, column, aloud, inside, depth = 0, -1, True, False, 0
    value: str | None = None
    inline, formula = "", False
    cells: list[str] = []
    uncalculated: list[int] = []
    texts: list[str] = []
    cell: dict[str, str] = {}
    row: dict[str, str] = {}

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal line, row, cells, column, cell, value, inline, formula, uncalculated, aloud, inside, depth
        name = names[name]
        depth += 1
        if name == "c":
            cell, value, inline, formula = given, None, "", False
            place = given.get("r")
            column = columns[place.rstrip(_DIGITS)] if place else _next_column(column)
        elif name == "v" or name == "t":
            texts.clear()
            inside = True
        elif name == "row":
            line, row, cells, column, uncalculated = _next_line(line, given.get("r", "")), given, [], -1, []
        elif name == "f":
            formula = True
        elif name == "rPh":  # a phonetic hint is no part of the text
            aloud = False

    def end(name: str) -> None:
        nonlocal value, inline, aloud, inside, depth
        name = names[name]
        depth -= 1
        if name == "v":
            inside, value = False, "".join(texts)
            if len(value) > LONGEST:
                _refuse_long(value, line)
        elif name == "t":
            inside = False
            if aloud:
                inline += "".join(texts)
                if len(inline) > LONGEST:
                    _refuse_long(inline, line)
        elif name == "c":
            if formula and not (inline or _is_result(value, cell, recalculates)):
                uncalculated.append(column)
            elif value or inline:
                keep(_text(cell, value or "", inline, strings, formats), cells, column, most)
        elif name == "row":
            if cells or uncalculated:
                found.append((line, cells, row.get("hidden", "0") in _TRUE, uncalculated))
        elif name == "rPh":
            aloud = True

    def check() -> None:
        if depth > DEEPEST:
            raise FileRefused("file_damaged")
        if not inside:
            texts.clear()
        elif sum(map(len, texts)) > LONGEST_ESCAPED:
            _refuse_long("".join(texts), line)

    parser = plain_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, texts.append
    return parser, check


def _is_result(value: str | None, cell: dict[str, str], recalculates: bool) -> bool:
    """Whether the stored value of a formula is what it comes to: some programs store nothing, some a 0."""
    if value:
        return not (recalculates and value == "0" and cell.get("t", "n") == "n")
    return value is not None and cell.get("t") == "str"  # the empty text


def _refuse_long(text: str, line: int) -> None:
    """Raises FileRefused unless it is so long only because its characters are escaped."""
    if len(text) > LONGEST_ESCAPED or len(unescaped(text)) > LONGEST:
        raise FileRefused("cell_too_long", line=line, limit=LONGEST)


def _next_column(before: int) -> int:
    if before + 1 == WIDEST:
        raise FileRefused("file_damaged")
    return before + 1


def _next_line(before: int, told: str) -> int:
    line = before + 1
    if told.isdecimal():
        line = int(told[:_LONGEST_NUMBER])
    if not before < line <= LAST_LINE:
        raise FileRefused("file_damaged")
    return line


def _text(cell: dict[str, str], value: str, inline: str, strings: list[str], formats: list[Shown]) -> str:
    """The text of a cell with these attributes, this value, and this text of its own: one of them counts."""
    kind = cell.get("t", "n")
    if inline and (kind == "inlineStr" or not value):
        return unescaped(inline)
    if kind == "s":
        number = value.strip()
        if not number.isdecimal() or len(number) > _LONGEST_NUMBER or int(number) >= len(strings):
            raise FileRefused("file_damaged")
        return strings[int(number)]
    if kind == "inlineStr" or kind == "str":
        return unescaped(value)
    if kind == "n":
        style = cell.get("s", "0")
        known = style.isdecimal() and len(style) <= _LONGEST_NUMBER and int(style) < len(formats)
        return number_format.text(value.strip(), formats[int(style)] if known else number_format.GENERAL)
    if kind == "b":
        return "FALSE" if value.strip() == "0" else "TRUE"
    if kind == "d":
        return re.sub(r"T(00:00(:00(\.0+)?)?Z?$)?", lambda time: "" if time[1] else " ", value.strip(), count=1)
    return value  # an error
