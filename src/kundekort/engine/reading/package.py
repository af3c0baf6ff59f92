"""The package of an .xlsx: its sheets, its shared strings, and what its number formats show. Never runs anything.

A workbook comes from strangers: nothing is unpacked before its sizes are known to be within the limits, XML with a
document type, the one kind that can grow on its own, is refused, and so is, while it is parsed, what no spreadsheet
writes and would take memory out of all proportion. May not know rows or fields.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Final, NamedTuple
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading.number_format import Shown, shown

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BLOCK: Final = 1 << 18
"""Bytes of XML looked at in one go."""
LONGEST: Final = 32_767
"""Characters of a cell at most."""
DEEPEST: Final = 100
"""Elements within each other at most; spreadsheets have some twenty."""

LONGEST_ESCAPED: Final = LONGEST * len("_x000D_")
"""Characters of a cell at most as its XML has them, each as an escape."""

_TAIL: Final = 1 << 16
_LARGEST_DIRECTORY: Final = 1 << 20  # of a zip: a workbook of a thousand parts has a tenth of it
_END_OF_DIRECTORY: Final = struct.Struct("<4s4H2LH")
_END_OF_LARGE_DIRECTORY: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")  # of the end of a large directory; it stands between both ends
_LARGEST_PART: Final = 64 << 20  # bytes of one that is neither a sheet nor holds strings
_LONGEST_TAG: Final = 1 << 20
_MOST_NAMES: Final = 10_000  # of elements and attributes: spreadsheets know some hundreds
_MOST_FORMATS: Final = 65_536  # of cells, and as many of numbers
_LONGEST_FORMAT: Final = 1_000  # characters; spreadsheets take 255
_LONGEST_NAME: Final = 255  # characters of a sheet's; spreadsheets take 31
_ENTRY: Final = 8  # bytes of a place in a list
_ESCAPED: Final = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_SECTIONS: Final = frozenset({"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
_BROKEN: Final = (BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, NotImplementedError, UnicodeDecodeError)
_OTHERS: Final = (("word/", "docx"), ("ppt/", "pptx"), ("META-INF/manifest.xml", "ods"))


class Names(dict[str, str]):
    """Names of elements as parsed → without their namespace prefix."""

    def __missing__(self, name: str) -> str:
        if len(self) == _MOST_NAMES:
            raise FileRefused("file_damaged")
        self[name] = local = name.rpartition(":")[2]
        return local


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook and the part of the package it stands in."""

    name: str
    part: str
    hidden: bool


class _Relation(NamedTuple):
    """An arrow from one part of the package to another."""

    identity: str
    kind: str
    part: str


class Workbook:
    """An opened package. FileRefused (file_damaged, file_encrypted, file_binary, file_expands) where it is none.

    `expanded` are the bytes that all of it may have when unpacked; half as many its shared strings may take in memory.
    """

    def __init__(self, data: memoryview, *, expanded: int) -> None:
        _refuse_container(data)
        self._expanded = expanded
        with unbroken():
            self._zip = ZipFile(io.BufferedReader(_Bytes(data), BLOCK))  # type: ignore[type-var]  # it is a RawIOBase
            members = self._zip.infolist()
            if sum(m.file_size for m in members) > expanded:
                raise FileRefused("file_expands", limit=expanded)
            if any(m.flag_bits & 1 for m in members):
                raise FileRefused("file_encrypted")
            if any(m.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for m in members):
                raise FileRefused("file_damaged")
            main = next((r.part for r in self._related("") if r.kind == "officeDocument"), "")
            if not main.endswith(".xml"):
                kind = "xlsb" if main.endswith(".bin") else _kind([m.filename for m in members])
                raise FileRefused("file_binary", kind=kind)
            self._parts = {r.kind: r.part for r in self._related(main)}
            self.sheets, self._from_1904 = self._contents(main)
            if not self.sheets:
                raise FileRefused("file_binary", kind=_kind([m.filename for m in members]))

    def size(self, sheet: Sheet) -> int:
        """Bytes of the sheet's XML."""
        return self._zip.getinfo(sheet.part).file_size

    def open(self, sheet: Sheet) -> IO[bytes]:
        """The sheet's XML."""
        return self._zip.open(sheet.part)

    @cached_property
    def strings(self) -> list[str]:
        """The strings that cells share. FileRefused (string_too_long, file_expands) for what is beyond the limits."""
        return list(self._strings()) if "sharedStrings" in self._parts else []

    @cached_property
    def formats(self) -> list[Shown]:
        """How each cell format shows a number."""
        codes: dict[str, str] = {}
        found: list[Shown] = []
        section = ""
        for name, given in self._starts(self._parts["styles"]) if "styles" in self._parts else ():
            section = name if name in _SECTIONS else section
            code = given.get("formatCode", "")
            if len(code) > _LONGEST_FORMAT or max(len(codes), len(found)) > _MOST_FORMATS:
                raise FileRefused("file_damaged")
            if name == "numFmt" and section == "":
                codes[given.get("numFmtId", "")] = code
            elif name == "xf" and section == "cellXfs":
                number = given.get("numFmtId", "0")
                found.append(shown(number, codes.get(number), from_1904=self._from_1904))
        return found

    def _contents(self, main: str) -> tuple[tuple[Sheet, ...], bool]:
        """The sheets in their order, and whether days are counted from 1904."""
        parts = {relation.identity: relation.part for relation in self._related(main) if relation.kind == "worksheet"}
        sheets: dict[str, Sheet] = {}
        from_1904 = False
        for name, given in self._starts(main):
            if name == "workbookPr":
                from_1904 = given.get("date1904") in ("1", "true")
            elif name == "sheet":
                part = parts.get(next((value for key, value in given.items() if key.endswith(":id")), ""))
                if part in self._zip.NameToInfo:  # the others are charts
                    title = given.get("name", "")
                    if part in sheets or len(title) > _LONGEST_NAME:  # one part as many sheets would be read as often
                        raise FileRefused("file_damaged")
                    sheets[part] = Sheet(title, part, given.get("state", "visible") != "visible")
        return tuple(sheets.values()), from_1904

    def _related(self, part: str) -> Iterator[_Relation]:
        """What a part, or the package itself (''), points to."""
        folder, _, name = part.rpartition("/")
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        for name, given in self._starts(relations) if relations in self._zip.NameToInfo else ():
            if name == "Relationship":
                target = posixpath.normpath(posixpath.join("/", folder, given.get("Target", ""))).lstrip("/")
                yield _Relation(given.get("Id", ""), given.get("Type", "").rpartition("/")[2], target)

    def _starts(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The elements of a part as they begin: name and attributes."""
        if self._zip.getinfo(part).file_size > _LARGEST_PART:
            raise FileRefused("file_expands", limit=_LARGEST_PART)
        names = Names()
        found: list[tuple[str, dict[str, str]]] = []
        parser = plain_parser()
        depth = 0

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > DEEPEST:
                raise FileRefused("file_damaged")
            found.append((names[name], given))

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end
        with self._zip.open(part) as stream:
            for _ in parsed(stream, parser):
                yield from found
                found.clear()

    def _strings(self) -> Iterator[str]:
        names = Names()
        found: list[str] = []
        texts: list[str] = []
        parser = plain_parser()
        aloud = True  # phonetic hints are no part of a text
        depth = 0
        taken, limit = 0, self._expanded // 2  # bytes of memory

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal aloud, depth
            depth += 1
            if depth > DEEPEST:
                raise FileRefused("file_damaged")
            name = names[name]
            if name == "t" and aloud:
                parser.CharacterDataHandler = texts.append
            elif name == "rPh":
                aloud = False

        def end(name: str) -> None:
            nonlocal aloud, depth, taken
            depth -= 1
            name = names[name]
            if name == "t":
                parser.CharacterDataHandler = None
            elif name == "rPh":
                aloud = True
            elif name == "si":
                text = unescaped("".join(texts))
                texts.clear()
                taken += sys.getsizeof(text) + _ENTRY
                if len(text) > LONGEST:
                    raise FileRefused("string_too_long", limit=LONGEST)
                if taken > limit:
                    raise FileRefused("file_expands", limit=limit)
                found.append(text)

        parser.StartElementHandler, parser.EndElementHandler = start, end
        with self._zip.open(self._parts["sharedStrings"]) as stream:
            for _ in parsed(stream, parser):
                if texts and sum(map(len, texts)) > LONGEST_ESCAPED:
                    raise FileRefused("string_too_long", limit=LONGEST)
                yield from found
                found.clear()


@contextmanager
def unbroken() -> Iterator[None]:
    """A block in which a broken package is a refusal (file_damaged) and not an error."""
    try:
        yield
    except _BROKEN as error:
        raise FileRefused("file_damaged") from error


def plain_parser() -> expat.XMLParserType:
    """A parser that gives text in whole pieces and refuses document types."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def parsed(stream: IO[bytes], parser: expat.XMLParserType) -> Iterator[int]:
    """Have the parser go through a part; how much of it has been read, in bytes, after every block.

    FileRefused (file_damaged) for a tag, or for more names, than any spreadsheet writes: the parser keeps them.
    """
    done, more = 0, True
    while more:
        block = stream.read(BLOCK)
        done, more = done + len(block), bool(block)
        parser.Parse(block, not more)
        if done - parser.CurrentByteIndex > _LONGEST_TAG or len(parser.intern) > _MOST_NAMES:
            raise FileRefused("file_damaged")
        yield done


def unescaped(text: str) -> str:
    """A string of a workbook with its characters that XML cannot write (`_x000D_`)."""
    return _ESCAPED.sub(_characters, text) if "_x" in text else text


def _characters(escapes: re.Match[str]) -> str:
    units = re.findall("_x(....)_", escapes[0])
    return b"".join(int(unit, 16).to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace")


def _refuse_doctype(*_: object) -> None:
    raise FileRefused("file_damaged")


def _refuse_container(data: memoryview) -> None:
    """Refuse what is no zip of a sensible number of parts."""
    if bytes(data[: len(OLE)]) == OLE:
        if "EncryptedPackage".encode("utf-16-le") in bytes(data[: 16 * _TAIL]) + bytes(data[-16 * _TAIL :]):
            raise FileRefused("file_encrypted")
        raise FileRefused("file_binary", kind="xls")
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


def _kind(members: list[str]) -> str:
    return next((kind for start, kind in _OTHERS if any(m.startswith(start) for m in members)), "zip")


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
