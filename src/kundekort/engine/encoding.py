"""From the bytes of a file to UTF-8: which encoding it is in, and its text with all damage kept visible.

Nordic sense: the files are customer lists with æøåäöé in them. May not know rows, separators or fields.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import islice
from mmap import mmap
from typing import Final

import numpy as np

from kundekort.engine.refused import FileRefused

Buffer = bytes | bytearray | memoryview | mmap

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_ENOUGH_DAMAGE: Final = 10_000
_BOMS: Final = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_PYTHON: Final = {"windows-1252": "cp1252", "mac-roman": "mac_roman"}

_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x1f\x8b", "zip"),
    (b"7z\xbc\xaf", "zip"),
    (b"Rar!", "zip"),
)
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_ENOUGH_LETTERS: Final = 10_000
_LATIN_9: Final = re.compile(rb"(?<=[A-Za-z])[\xa6\xa8\xb8](?=[a-z])|\xa4 ?\d|\d ?\xa4")


def find(data: memoryview) -> str:
    """The encoding of a file, one of `recipe.ENCODINGS`; FileRefused (file_binary, file_undecodable) if it is none."""
    head = bytes(data[:_SAMPLE])
    _refuse_binary(head, data)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefused("file_undecodable", encoding="utf-32")
    for encoding, bom in _BOMS.items():
        if head.startswith(bom):
            return encoding
    wide = _wide(head)
    if wide:
        return wide
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls > 3 and controls > len(head) / 25:
        raise FileRefused("file_binary", kind="unknown")
    return "utf-8" if _mostly_utf8(data) else _eight_bit(data)


def utf8(data: memoryview, encoding: str, progress: Callable[[], None]) -> bytes:
    """The text of a file as UTF-8 without byte order mark; what was no text in its encoding is no UTF-8 either.

    FileRefused (file_undecodable) where a tenth of the beginning is no text in that encoding.
    """
    bom = _BOMS.get(encoding, b"")
    if bom and bytes(data[: len(bom)]) == bom:
        data = data[len(bom) :]
    if encoding == "utf-8":
        text = bytes(data)
    else:
        # surrogates carry a bad byte or half a pair through to where it is invalid UTF-8 again
        errors = "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"
        decoder = codecs.getincrementaldecoder(_PYTHON.get(encoding, encoding))(errors)
        pieces = []
        for at in range(0, len(data), _CHUNK):
            progress()
            pieces.append(decoder.decode(bytes(data[at : at + _CHUNK])).encode("utf-8", errors))
        if decoder.getstate()[0]:
            pieces.append(b"\xff")  # half a letter at the end of the file
        text = b"".join(pieces)
    head = text[:_SAMPLE].decode("utf-8", "replace")
    if head.count("\ufffd") > 3 and head.count("\ufffd") > len(head) / 10:
        raise FileRefused("file_undecodable", encoding=encoding)
    return text


def invalid(data: memoryview) -> Iterator[int]:
    """The positions at which UTF-8 is broken, in order."""
    at = 0
    while at < len(data):
        chunk = data[at : at + _CHUNK]
        try:
            at += codecs.utf_8_decode(chunk, "strict", at + len(chunk) == len(data))[1]
        except UnicodeDecodeError as broken:
            yield at + broken.start
            at += broken.end


def _refuse_binary(head: bytes, data: memoryview) -> None:
    """Refuse what its first bytes say is no text."""
    if head.startswith(b"PK\x03\x04"):
        members = bytes(data[-_SAMPLE:])  # the names of a zip's members stand at its end
        kinds = ((b"xl/", "xlsx"), (b"word/", "docx"), (b"META-INF/manifest.xml", "ods"))
        raise FileRefused("file_binary", kind=next((kind for name, kind in kinds if name in members), "zip"))
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise FileRefused("file_binary", kind=kind)


def _wide(head: bytes) -> str | None:
    """UTF-16 without byte order mark: every other byte of Latin text is zero."""
    even = head[: len(head) & ~1]
    first, second = even[::2].count(0), even[1::2].count(0)
    half = len(even) / 2
    if second > 0.6 * half and first < 0.05 * half:
        return "utf-16-le"
    if first > 0.6 * half and second < 0.05 * half:
        return "utf-16-be"
    return None


def _mostly_utf8(data: memoryview) -> bool:
    """Whether there are at least as many whole UTF-8 letters as places where UTF-8 is broken."""
    broken, seen = 0, len(data)
    for position in invalid(data):
        broken += 1
        if broken == _ENOUGH_DAMAGE:
            seen = position
            break
    if not broken:
        return True
    leads = sum(
        int(np.count_nonzero(np.frombuffer(data[at : min(at + _CHUNK, seen)], np.uint8) >= 0xC2))
        for at in range(0, seen, _CHUNK)
    )
    whole = leads - broken  # a broken place is mostly a lead byte without what it leads
    return whole >= broken


def _eight_bit(data: memoryview) -> str:
    """Windows-1252 unless the letters speak clearly for Mac Roman or ISO-8859-15."""
    if _nordic_letters(data, "mac_roman") > 2 * _nordic_letters(data, "cp1252"):
        return "mac-roman"
    if not re.search(rb"[\x80-\x9f]", data) and _LATIN_9.search(data):
        return "iso-8859-15"
    return "windows-1252"


def _nordic_letters(data: memoryview, codec: str) -> int:
    """How many bytes stand where a Nordic letter can stand in a word; signs like € and … stand elsewhere."""
    small, large = (
        "[" + "".join(f"\\x{b:02x}" for b in letters.encode(codec)) + "]" for letters in ("æøåäöéü", "ÆØÅÄÖÉÜ")
    )
    in_word = f"(?<=[A-Za-z]){small}|{small}(?=[a-z])|(?<![a-z]){large}(?=[A-Za-z])|(?<=[A-Z]){large}"
    return sum(1 for _ in islice(re.finditer(in_word.encode(), data), _ENOUGH_LETTERS))
