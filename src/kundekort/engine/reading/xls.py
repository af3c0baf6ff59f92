"""Old workbooks (.xls, of Excel 95 to 2003): their sheets as exact text, read record by record as they come.

Numbers are the stored ones, shown as the format of their cell says of dates and of zeros in front, as in `.xlsx`. Never
runs anything. May not know headers or fields.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import Final

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import compound, number_format, xls_strings
from kundekort.engine.reading.book import LONGEST, Row, Sheet, keep
from kundekort.engine.reading.number_format import Shown

_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FILEPASS, _CODEPAGE, _DATEMODE, _WRITEACCESS = 0x002F, 0x0042, 0x0022, 0x005C
_BOUNDSHEET, _FORMAT, _XF, _SST = 0x0085, 0x041E, 0x00E0, 0x00FC
_ROW, _FORMULA, _STRING = 0x0208, 0x0006, 0x0207
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR = 0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD, 0x0205
_CELLS: Final = frozenset({_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA})
_BIFF8: Final = 0x0600
_MOST_SHEETS: Final = 1_000
_MOST_FORMATS: Final = 65_536
_HIDDEN_ROW: Final = 0x20
_UNCALCULATED: Final = b"None    "  # whose name a library writes that stores formulas without results
_ERRORS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


class OldWorkbook:
    """An opened workbook. FileRefused (file_damaged, file_encrypted, file_binary, file_expands) where it is none.

    `expanded`: half as many bytes its shared strings may take in memory.
    """

    def __init__(self, data: memoryview, *, expanded: int) -> None:
        self._stream = compound.workbook(data)
        self._strings: list[str] = []
        self._formats: list[Shown] = []
        self._codec, self._wide, self._uncalculated = "cp1252", True, False
        try:
            self.sheets = tuple(self._read_globals(expanded))
        except (struct.error, IndexError) as error:
            raise FileRefused("file_damaged") from error
        if not self.sheets:
            raise FileRefused("file_damaged")

    def size(self, sheet: Sheet) -> int:
        """Bytes of the whole workbook."""
        return len(self._stream)

    def tables(self, *, most: int) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """All sheets, each with its rows."""
        return ((sheet, self.rows(sheet, most=most)) for sheet in self.sheets)

    def rows(self, sheet: Sheet, *, most: int) -> Iterator[Row]:
        """The rows of a sheet that have cells. FileRefused as `Book.rows` says."""
        try:
            yield from self._rows(int(sheet.part), most)
        except (struct.error, IndexError) as error:
            raise FileRefused("file_damaged") from error

    def _read_globals(self, expanded: int) -> Iterator[Sheet]:
        """The sheets; and on the way what all of them share."""
        codes: dict[int, str] = {}
        formats: list[int] = []
        from_1904, limit = False, expanded // 2
        sheets: dict[int, Sheet] = {}
        for kind, record, _ in self._records(0):
            if kind == _BOF:
                version = struct.unpack_from("<H", record[0])[0]
                if version not in (_BIFF8, 0x0500):
                    raise FileRefused("file_binary", kind="xls")
                self._wide = version == _BIFF8
            elif kind == _FILEPASS:
                raise FileRefused("file_encrypted")
            elif kind == _CODEPAGE:
                self._codec = xls_strings.codec(struct.unpack_from("<H", record[0])[0])
            elif kind == _DATEMODE:
                from_1904 = struct.unpack_from("<H", record[0])[0] == 1
            elif kind == _WRITEACCESS:
                self._uncalculated = bytes(record[0][: len(_UNCALCULATED)]) == _UNCALCULATED
            elif kind == _BOUNDSHEET:
                place, visible, sort = struct.unpack_from("<LBB", record[0])
                if place in sheets or len(sheets) == _MOST_SHEETS:  # one part as many sheets would be read as often
                    raise FileRefused("file_damaged")
                if sort == 0:
                    name = xls_strings.short(record[0][6:], wide=self._wide, codec=self._codec)
                    sheets[place] = Sheet(name, str(place), visible & 3 != 0)
            elif kind == _FORMAT and len(codes) < _MOST_FORMATS:
                number = struct.unpack_from("<H", record[0])[0]
                read = xls_strings.long if self._wide else xls_strings.short
                codes[number] = read(record[0][2:], wide=self._wide, codec=self._codec)[:1000]
            elif kind == _XF and len(formats) < _MOST_FORMATS:
                formats.append(struct.unpack_from("<H", record[0], 2)[0])
            elif kind == _SST:
                for text in xls_strings.shared(record):
                    limit -= sys.getsizeof(text) + 8
                    if limit < 0:
                        raise FileRefused("file_expands", limit=expanded // 2)
                    self._strings.append(text)
        self._formats = [number_format.shown(str(n), codes.get(n), from_1904=from_1904) for n in formats]
        yield from sheets.values()

    def _records(self, at: int) -> Iterator[tuple[int, list[memoryview], int]]:
        """The records of a part from its beginning to its end, each with those that continue it, and where it ends.

        What is embedded in the part is left out.
        """
        data, depth = self._stream, 0
        header = struct.Struct("<HH").unpack_from
        while at + 4 <= len(data):
            kind, length = header(data, at)
            record = [data[at + 4 : at + 4 + length]]
            at += 4 + length
            while at + 4 <= len(data) and data[at] == _CONTINUE and header(data, at)[0] == _CONTINUE:
                length = header(data, at)[1]
                record.append(data[at + 4 : at + 4 + length])
                at += 4 + length
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            if depth == 1:
                yield kind, record, at
        raise FileRefused("file_damaged")  # it is cut off

    def _rows(self, place: int, most: int) -> Iterator[Row]:
        line, cells, uncalculated = -1, list[str](), list[int]()
        hidden: set[int] = set()
        waiting: int | None = None  # the column of a formula whose text comes in the next record
        done = 0
        for kind, record, end in self._records(place):
            if kind == _ROW:
                if struct.unpack_from("<L", record[0], 12)[0] & _HIDDEN_ROW:
                    hidden.add(struct.unpack_from("<H", record[0])[0])
            elif kind == _STRING and waiting is not None:
                text = xls_strings.joined(record, wide=self._wide, codec=self._codec)
                keep(self._checked(text, line), cells, waiting, most)
                waiting = None
            elif kind in _CELLS:
                row, column = struct.unpack_from("<HH", record[0])
                if row != line:
                    if row < line:
                        raise FileRefused("file_damaged")
                    if cells or uncalculated:
                        yield Row(line + 1, cells, done, line in hidden, uncalculated)
                    line, cells, uncalculated = row, [], []
                waiting, done = None, end
                if kind == _MULRK:
                    for n, at in enumerate(range(4, len(record[0]) - 7, 6)):
                        form, number = struct.unpack_from("<HL", record[0], at)
                        keep(self._number(_rk(number), form), cells, column + n, most)
                elif kind == _FORMULA and bytes(record[0][12:14]) == b"\xff\xff":
                    sort, value = record[0][6], record[0][8]
                    if sort == 0:
                        waiting = column
                    elif sort == 3 and self._uncalculated:
                        uncalculated.append(column)
                    elif sort in (1, 2):
                        keep(_truth_or_error(value, sort == 2), cells, column, most)
                else:
                    text = self._cell(kind, record)
                    if text:
                        keep(self._checked(text, line), cells, column, most)
        if cells or uncalculated:
            yield Row(line + 1, cells, done, line in hidden, uncalculated)

    def _cell(self, kind: int, record: list[memoryview]) -> str:
        """The text of a cell that stands in a record of its own."""
        form = struct.unpack_from("<H", record[0], 4)[0]
        if kind == _LABELSST:
            number: int = struct.unpack_from("<L", record[0], 6)[0]
            return self._strings[number]
        if kind in (_LABEL, _RSTRING):
            return xls_strings.joined([record[0][6:], *record[1:]], wide=self._wide, codec=self._codec)
        if kind == _BOOLERR:
            return _truth_or_error(record[0][6], record[0][7] != 0)
        if kind == _RK:
            return self._number(_rk(struct.unpack_from("<L", record[0], 6)[0]), form)
        return self._number(struct.unpack_from("<d", record[0], 6)[0], form)

    def _number(self, value: float, form: int) -> str:
        shown = self._formats[form] if form < len(self._formats) else number_format.GENERAL
        return number_format.text(repr(value), shown)

    @staticmethod
    def _checked(text: str, line: int) -> str:
        if len(text) > LONGEST:
            raise FileRefused("cell_too_long", line=line + 1, limit=LONGEST)
        return text


def _rk(number: int) -> float:
    """A number in its short form: thirty bits of one, or a whole one, perhaps in hundredths."""
    if number & 2:
        value = float((number - (1 << 32) if number & 0x80000000 else number) >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (number & 0xFFFFFFFC) << 32))[0]
    return value / 100 if number & 1 else value


def _truth_or_error(value: int, is_error: bool) -> str:
    if is_error:
        return _ERRORS.get(value, "#N/A")
    return "TRUE" if value else "FALSE"
