"""The container of old workbooks and of locked ones (OLE): a small file system, of which one stream is the workbook."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from typing import Final

from kundekort.engine.errors import FileRefused

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENTRY: Final = 128
_IN_HEADER: Final = 109  # sectors of the table that the header itself names
_LAST: Final = 0xFFFFFFFA  # numbers above are no sectors
_MOST_ENTRIES: Final = 10_000
_KINDS: Final = {"worddocument": "doc", "powerpoint document": "ppt"}


def workbook(data: memoryview) -> memoryview:
    """The stream of the workbook. FileRefused (file_encrypted, file_binary, file_damaged) where there is none."""
    try:
        files = _Files(data)
        names = {name.lower(): entry for name, entry in files.entries()}
        for name in ("workbook", "book"):
            if name in names:
                return files.stream(*names[name])
    except (struct.error, IndexError) as error:
        raise FileRefused("file_damaged") from error
    if "encryptedpackage" in names:
        raise FileRefused("file_encrypted")
    for name, kind in _KINDS.items():
        if name in names:
            raise FileRefused("file_binary", kind=kind)
    raise FileRefused("file_damaged")


class _Files:
    """The streams of a container, by chains of sectors."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if not (9 <= shift <= 12 and 6 <= small_shift <= shift):
            raise FileRefused("file_damaged")
        self._sector, self._small_sector = 1 << shift, 1 << small_shift
        self._most = len(data) // self._sector + 1
        first, self._cutoff, small_table, extra = struct.unpack_from("<L4xLLxxxxL", data, 48)
        tables = list(struct.unpack_from(f"<{_IN_HEADER}L", data, 76))
        seen = 0
        while extra < _LAST:
            numbers = struct.unpack(f"<{self._sector // 4}L", self._at(extra))
            tables += numbers[:-1]
            extra, seen = numbers[-1], seen + 1
            if seen > self._most:
                raise FileRefused("file_damaged")
        self._table = array("L" if array("L").itemsize == 4 else "I")
        for number in tables:
            if number < _LAST:
                self._table.frombytes(_whole(self._at(number)))
            if len(self._table) > self._most + self._sector:
                break  # what is beyond the file is of no use
        self._directory = self._chain(first)
        self._small_table = array(self._table.typecode)
        if small_table < _LAST:
            self._small_table.frombytes(_whole(self._chain(small_table)))

    def entries(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """The streams: their names, and each one's first sector and size in bytes."""
        for at in range(0, min(len(self._directory), _MOST_ENTRIES * _ENTRY) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", self._directory, at + 64)
            if kind == 2 and 2 <= length <= 64:
                name = bytes(self._directory[at : at + length - 2]).decode("utf-16-le", "replace")
                yield name, struct.unpack_from("<LL", self._directory, at + 116)

    def stream(self, first: int, size: int) -> memoryview:
        """The bytes of a stream."""
        if size >= self._cutoff:
            return self._chain(first)[:size]
        root, _ = struct.unpack_from("<LL", self._directory, 116)
        small, pieces = self._chain(root), list[memoryview]()
        while first < _LAST and len(pieces) * self._small_sector < size:
            pieces.append(small[first * self._small_sector : (first + 1) * self._small_sector])
            first = self._small_table[first]
        return memoryview(b"".join(pieces))[:size]

    def _at(self, number: int) -> memoryview:
        start = (number + 1) * self._sector
        return self._data[start : start + self._sector]

    def _chain(self, first: int) -> memoryview:
        """The sectors of a chain; those that stand one after the other in the file are not copied."""
        runs: list[list[int]] = []
        count = 0
        while first < _LAST:
            if runs and first == runs[-1][1]:
                runs[-1][1] += 1
            else:
                runs.append([first, first + 1])
            count += 1
            if count > self._most:
                raise FileRefused("file_damaged")
            first = self._table[first]
        pieces = [self._data[(start + 1) * self._sector : (end + 1) * self._sector] for start, end in runs]
        return pieces[0] if len(pieces) == 1 else memoryview(b"".join(pieces))


def _whole(data: memoryview) -> memoryview:
    """The bytes of whole numbers, where the last one is cut off."""
    return data[: len(data) & ~3]
