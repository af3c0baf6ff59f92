"""Frames of text as the bytes of a workbook (.xlsx), block by block, so that one of any length takes constant memory.

Every cell is text, so a spreadsheet neither executes nor reinterprets it, and columns are formatted as text, so it
leaves alone what is typed below too. This module may not know fields, files or where the rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl

from kundekort.engine.reading.book import LAST_LINE
from kundekort.engine.writing.xlsx_parts import HEAD, MAIN, Style, contents, framework

__all__ = ["Column", "Sheet", "Style", "TooLarge", "workbook"]

MOST_ROWS: Final = LAST_LINE - 1
"""Rows below the header at most."""
MOST_BYTES: Final = 2**31 - 1
"""Bytes of a sheet's XML at most: beyond, a zip needs a form that spreadsheets do not open."""

_FASTEST: Final = 1  # XML so full of repetition shrinks to a tenth even so
_UNWRITABLE: Final = "[\\x00-\\x08\\x0B\\x0C\\x0D\\x0E-\\x1F\ufffe\uffff]"
_CARE: Final = rf"[&<>]|{_UNWRITABLE}|_x|^\s|\s$"
_LONGEST_LIST: Final = 255
_SELECTED: Final = ' tabSelected="1"'


class TooLarge(Exception):
    """There are more rows or bytes than a workbook can hold."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its header, its width in characters, its look, and values that are offered in a list."""

    header: str
    width: int = 16
    style: Style = Style.TEXT
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a header row: its name (at most 31 characters) and columns."""

    name: str
    columns: tuple[Column, ...]


def workbook(sheets: Sequence[tuple[Sheet, Iterable[pl.DataFrame]]]) -> Iterator[bytes]:
    """The bytes of a workbook with these sheets; null is written as an empty cell.

    Frames hold String columns only, in the order of their sheet's columns. A piece is packed while the next is made.
    Raises TooLarge.
    """
    out = _Pipe()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_FASTEST) as package:
        for name, content in framework(len(sheets)):
            _put(package, name, content)
        listed = []
        for number, (sheet, frames) in enumerate(sheets, 1):
            size = 0
            height = 1
            with package.open(f"xl/worksheets/sheet{number}.xml", "w") as part, ThreadPoolExecutor(1, "zip") as zipper:
                packed: Future[int] | None = None
                for rows, piece in _sheet(sheet, frames, first=number == 1):
                    size += len(piece)
                    height += rows
                    if size > MOST_BYTES or height > LAST_LINE:
                        raise TooLarge
                    if packed is not None:
                        packed.result()
                        yield out.taken()
                    packed = zipper.submit(part.write, piece)
                if packed is not None:
                    packed.result()
            listed.append((sheet.name, _area(sheet, height)))
        _put(package, "xl/workbook.xml", contents(listed))
    yield out.taken()


def _put(package: ZipFile, name: str, content: str) -> None:
    """Add a part without the time of day, so that the same rows give the same bytes."""
    with package.open(name, "w") as part:
        part.write(content.encode())


def _sheet(sheet: Sheet, frames: Iterable[pl.DataFrame], *, first: bool) -> Iterator[tuple[int, bytes]]:
    """The XML of a sheet in pieces, each with the number of rows in it."""
    yield 0, _above(sheet, first=first)
    below = 1
    for frame in frames:
        if frame.height:
            yield frame.height, _rows(frame, sheet, below=below)
            below += frame.height
    yield 0, _below(sheet, height=below).encode()


def _rows(frame: pl.DataFrame, sheet: Sheet, *, below: int) -> bytes:
    """The XML of rows: as CSV, which Polars writes fastest, of cells that are ready; XML skips the line ends."""
    line = pl.int_range(below + 1, below + 1 + frame.height, eager=True).cast(pl.String)
    rows = [pl.select(pl.concat_str(pl.lit('<row r="'), pl.lit(line), pl.lit('">'))).to_series().alias("row")]
    begun: dict[Style, pl.Series] = {}
    for n, column in enumerate(frame.iter_columns()):
        style = sheet.columns[n].style
        if style not in begun:
            begun[style] = pl.select(
                pl.concat_str(pl.lit(line), pl.lit(f'" s="{style:d}" t="inlineStr"><is>'))
            ).to_series()
        rows.append(_cells(column.fill_null(""), letters=_letters(n), begun=begun[style]).alias(f"c{n}"))
    buffer = BytesIO()
    pl.DataFrame(rows).write_csv(
        buffer, include_header=False, separator="\n", line_terminator="</row>", quote_style="never"
    )
    return buffer.getvalue()


def _cells(text: pl.Series, *, letters: str, begun: pl.Series) -> pl.Series:
    """The XML of the cells of a column, each begun with its line; most hold nothing to be careful about."""
    tag: pl.Expr = pl.lit("<t>")
    given = pl.lit(text) != ""
    if text.str.contains(_CARE).any():
        spaced = text.str.contains(r"^\s|\s$")
        tag = pl.when(pl.lit(spaced)).then(pl.lit('<t xml:space="preserve">')).otherwise(tag)
        text = _escaped(text)
    cell = pl.concat_str(pl.lit(f'<c r="{letters}'), pl.lit(begun), tag, pl.lit(text), pl.lit("</t></is></c>"))
    return pl.select(pl.when(given).then(cell).otherwise(pl.lit(""))).to_series()


def _escaped(text: pl.Series) -> pl.Series:
    """Text as XML and the workbook format want it: what XML cannot write stands as `_x000D_`."""
    looks_escaped = text.str.contains("_x[0-9A-Fa-f]{4}_")
    if looks_escaped.any():  # every _x in it, because such looks can overlap
        text = text.str.replace_all("_x", "_x005F_x", literal=True).zip_with(looks_escaped, text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if text.str.contains(character, literal=True).any():
            text = text.str.replace_all(character, entity, literal=True)
    odd = text.filter(text.str.contains(_UNWRITABLE))
    for character in sorted(set(odd.str.extract_all(_UNWRITABLE).explode())):
        text = text.str.replace_all(character, f"_x{ord(character):04X}_", literal=True)
    return text


def _above(sheet: Sheet, *, first: bool) -> bytes:
    """What stands before the rows, and the header."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{c.width}" style="{c.style:d}" customWidth="1"/>'
        for n, c in enumerate(sheet.columns, 1)
    )
    header = pl.DataFrame([[c.header] for c in sheet.columns], schema=[f"c{n}" for n in range(len(sheet.columns))])
    titled = Sheet(sheet.name, tuple(Column(c.header, style=Style.HEADER) for c in sheet.columns))
    above = (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView{_SELECTED * first} '
        'workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
    )
    return above.encode() + _rows(header, titled, below=0)


def _below(sheet: Sheet, *, height: int) -> str:
    """What stands after the rows. Numbers as text are meant, so the spreadsheet does not have to warn of them."""
    area = _area(sheet, height)
    lists = [
        f'<dataValidation type="list" allowBlank="1" sqref="{_letters(n)}2:{_letters(n)}{LAST_LINE}">'
        f"<formula1>{escape(chr(34) + ','.join(c.offers) + chr(34))}</formula1></dataValidation>"
        for n, c in enumerate(sheet.columns)
        if _can_be_listed(c.offers)
    ]
    validations = f'<dataValidations count="{len(lists)}">{"".join(lists)}</dataValidations>' if lists else ""
    return (
        f'</sheetData><autoFilter ref="{area}"/>{validations}'
        f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def _can_be_listed(offers: tuple[str, ...]) -> bool:
    return bool(offers) and len(",".join(offers)) <= _LONGEST_LIST and not any(set(',"') & set(o) for o in offers)


def _letters(column: int) -> str:
    """The letters of a column by its number from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _area(sheet: Sheet, height: int) -> str:
    """Where the header and the rows stand: so many lines."""
    return f"A1:{_letters(len(sheet.columns) - 1)}{height}"


class _Pipe:
    """A file that can only be written to, and forgets what is taken out of it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """As of any file."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """All that was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
