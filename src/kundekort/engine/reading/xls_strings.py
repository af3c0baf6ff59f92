"""The strings of old workbooks: in one byte or two a character, and over the ends of records."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from typing import Final

from kundekort.engine.errors import FileRefused

_WIDE, _PHONETIC, _RICH = 1, 4, 8
_CODECS: Final = {1200: "utf-16-le", 10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252", 367: "ascii"}


def codec(page: int) -> str:
    """The encoding of a code page; Windows-1252 where nobody knows it."""
    name = _CODECS.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return "cp1252" if name == "utf-16-le" else name


def short(data: memoryview, *, wide: bool, codec: str) -> str:
    """A string whose length is one byte; `wide`: of a workbook of Excel 97 or later."""
    return _plain(data[1:], data[0], wide=wide, codec=codec)


def long(data: memoryview, *, wide: bool, codec: str) -> str:
    """A string whose length is two bytes."""
    return _plain(data[2:], struct.unpack_from("<H", data)[0], wide=wide, codec=codec)


def joined(record: list[memoryview], *, wide: bool, codec: str) -> str:
    """The same of a cell, over the records that continue it."""
    if not wide:
        return long(memoryview(b"".join(record)), wide=False, codec=codec)
    return _Pieces(record).text()


def shared(record: list[memoryview]) -> Iterator[str]:
    """The strings that cells share."""
    count = struct.unpack_from("<L", record[0], 4)[0]
    pieces = _Pieces([record[0][8:], *record[1:]])
    for _ in range(count):
        if pieces.at_end:
            return
        yield pieces.text()


def _plain(data: memoryview, length: int, *, wide: bool, codec: str) -> str:
    if not wide:
        return bytes(data[:length]).decode(codec, "replace")
    if data[0] & _WIDE:
        return bytes(data[1 : 1 + 2 * length]).decode("utf-16-le", "replace")
    return bytes(data[1 : 1 + length]).decode("latin-1")


class _Pieces:
    """Strings in records of which each continues the one before. A piece may be in one byte a character, or in two."""

    def __init__(self, pieces: list[memoryview]) -> None:
        self._pieces, self._number, self._at = pieces, 0, 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        while self._number < len(self._pieces) and self._at >= len(self._pieces[self._number]):
            self._number, self._at = self._number + 1, 0
        return self._number == len(self._pieces)

    def text(self) -> str:
        """The next string."""
        length, flags = struct.unpack("<HB", self._bytes(3))
        runs = struct.unpack("<H", self._bytes(2))[0] if flags & _RICH else 0
        phonetic = struct.unpack("<L", self._bytes(4))[0] if flags & _PHONETIC else 0
        texts, size = [], 2 if flags & _WIDE else 1
        while length:
            piece = self._pieces[self._number] if self._number < len(self._pieces) else None
            if piece is None:
                raise FileRefused("file_damaged")
            count = min(length, (len(piece) - self._at) // size)
            some = bytes(piece[self._at : self._at + count * size])
            texts.append(some.decode("utf-16-le", "surrogatepass") if size == 2 else some.decode("latin-1"))
            self._at += count * size
            length -= count
            if length:  # the rest is in the next record, which says anew how wide it is
                self._number, self._at = self._number + 1, 1
                if self._number == len(self._pieces) or not self._pieces[self._number]:
                    raise FileRefused("file_damaged")
                size = 2 if self._pieces[self._number][0] & _WIDE else 1
        self._skip(4 * runs + phonetic)
        text = "".join(texts)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if not text.isascii() else text

    def _bytes(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            if self.at_end:
                raise FileRefused("file_damaged")
            piece = self._pieces[self._number][self._at : self._at + count - len(found)]
            found += piece
            self._at += len(piece)
        return found

    def _skip(self, count: int) -> None:
        while count > 0 and not self.at_end:
            step = min(count, len(self._pieces[self._number]) - self._at)
            self._at += step
            count -= step
