"""A zip that comes from strangers, as the packages of spreadsheets are: its members by name, none unpacked unmeasured.

Names are found as spreadsheets find them: whatever their case, and with `\\` for `/`.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kundekort.engine.errors import FileRefused

ZIP: Final = b"PK\x03\x04"
BLOCK: Final = 1 << 18
"""Bytes looked at in one go."""

_TAIL: Final = 1 << 16
_LARGEST_DIRECTORY: Final = 1 << 20  # of a zip: a workbook of a thousand parts has a tenth of it
_LARGEST_PART: Final = 64 << 20  # bytes of one that is neither a sheet nor holds strings
_END_OF_DIRECTORY: Final = struct.Struct("<4s4H2LH")
_END_OF_LARGE_DIRECTORY: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")  # of the end of a large directory; it stands between both ends
_BROKEN: Final = (BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, NotImplementedError, UnicodeDecodeError)


class Archive:
    """The members of a zip. FileRefused (file_damaged, file_encrypted, file_binary, file_expands) where it is none.

    `expanded` are the bytes that all of it may have when unpacked.
    """

    def __init__(self, data: memoryview, *, expanded: int) -> None:
        _refuse_directory(data)
        with unbroken():
            self._zip = ZipFile(stream(data))
        members = self._zip.infolist()
        if sum(m.file_size for m in members) > expanded:
            raise FileRefused("file_expands", limit=expanded)
        if any(m.flag_bits & 1 for m in members):
            raise FileRefused("file_encrypted")
        if any(m.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for m in members):
            raise FileRefused("file_damaged")
        self.expanded = expanded
        self._members: dict[str, ZipInfo] = {_folded(m.filename): m for m in members}

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._members

    @property
    def names(self) -> list[str]:
        """All names, in lower case."""
        return list(self._members)

    def size(self, name: str) -> int:
        """Bytes of a member when unpacked."""
        return self._members[_folded(name)].file_size

    def open(self, name: str) -> IO[bytes]:
        """A member as it is unpacked."""
        return self._zip.open(self._members[_folded(name)])

    def open_small(self, name: str) -> IO[bytes]:
        """The same of one that holds no rows and no texts. FileRefused (file_expands) for more than any has."""
        if self.size(name) > _LARGEST_PART:
            raise FileRefused("file_expands", limit=_LARGEST_PART)
        return self.open(name)


@contextmanager
def unbroken() -> Iterator[None]:
    """A block in which a broken package is a refusal (file_damaged) and not an error."""
    try:
        yield
    except _BROKEN as error:
        raise FileRefused("file_damaged") from error


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_directory(data: memoryview) -> None:
    """Refuse what is no zip of a sensible number of parts."""
    above = _END_OF_LARGE_DIRECTORY.size + _LOCATOR.size
    tail = bytes(data[-_TAIL - _END_OF_DIRECTORY.size - above :])
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_OF_DIRECTORY.size:
        raise FileRefused("file_damaged")
    size = _END_OF_DIRECTORY.unpack_from(tail, at)[5]
    if at >= above and _LOCATOR.unpack_from(tail, at - _LOCATOR.size)[0] == b"PK\x06\x07":
        large = _END_OF_LARGE_DIRECTORY.unpack_from(tail, at - above)
        size = large[8] if large[0] == b"PK\x06\x06" else size
    if size > _LARGEST_DIRECTORY:
        raise FileRefused("file_binary", kind="zip")


def stream(data: memoryview) -> io.BufferedReader:
    """Bytes in memory, or a mapped file, as a file that copies nothing."""
    return io.BufferedReader(_Bytes(data), BLOCK)  # type: ignore[arg-type]  # it is a RawIOBase


class _Bytes(io.RawIOBase):
    """Bytes in memory, or a mapped file, as a file that copies nothing."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of any file."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # a BufferedReader asks
        """As of any file."""
        piece = self._data[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
