"""From the bytes of a file to UTF-8: which encoding it is in, and its text with all damage kept visible.

Nordic sense: the files are customer lists with æøåäöé in them. May not know rows, separators or fields.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import BytesIO
from mmap import MADV_DONTNEED, PAGESIZE, mmap
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

import numpy as np
import numpy.typing as npt

from kundekort.engine.errors import FileRefused

Buffer = bytes | bytearray | memoryview | mmap
Text = bytes | mmap
"""A text in UTF-8: what was decoded, or a mapped file that is read where it stands."""

_CHUNK: Final = 1 << 20
_STEP: Final = 1 << 15  # small, because decoding makes room for the whole step before it meets the first broken byte
_SAMPLE: Final = 1 << 16
_LET_GO: Final = 1 << 23
_ENOUGH_DAMAGE: Final = 1_000
_BOMS: Final = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_PYTHON: Final = {"windows-1252": "cp1252", "mac-roman": "mac_roman"}

_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"\x1f\x8b", "zip"),
    (b"7z\xbc\xaf", "zip"),
    (b"Rar!", "zip"),
)
_NO_TABLES: Final = (
    (b"<html", "html"),
    (b"<!doctype html", "html"),
    (b"<table", "html"),
    (b"<?xml", "xml"),
    (b"{", "json"),
    (b"[{", "json"),
    (b"begin:vcard", "vcard"),
    (b"begin:vcalendar", "calendar"),
    (b"mime-version:", "mail"),
)
"""What texts begin with that programs write instead of a table, often under the name of one."""
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_ENOUGH_LETTERS: Final = 10_000
_SMALL: Final = np.isin(np.arange(256), list(ascii_lowercase.encode()))
_LARGE: Final = np.isin(np.arange(256), list(ascii_uppercase.encode()))
_DIGIT: Final = np.isin(np.arange(256), list(digits.encode()))


def detect(data: memoryview) -> str:
    """The encoding of a file, one of `recipe.ENCODINGS`; FileRefused (file_binary, file_undecodable) if it is none."""
    head = bytes(data[:_SAMPLE])
    _refuse_binary(head)
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


def text_of(data: Buffer, encoding: str) -> tuple[Text, int]:
    """The text of a file as UTF-8, and where in it the text begins; a mapped file in UTF-8 is not copied.

    FileRefused as `to_utf8` says.
    """
    if encoding != "utf-8" or not isinstance(data, mmap | bytes):
        return to_utf8(memoryview(data).cast("B"), encoding), 0
    begin = len(codecs.BOM_UTF8) if data[: len(codecs.BOM_UTF8)] == codecs.BOM_UTF8 else 0
    _refuse_undecodable(data[begin : begin + _SAMPLE], encoding)
    return data, begin


def release(text: object, start: int, end: int) -> None:
    """Let go of the memory of a stretch of a mapped file that was read; whoever reads it again, finds it again."""
    if isinstance(text, mmap):
        first = start - start % PAGESIZE
        text.madvise(MADV_DONTNEED, first, end - first)


def to_utf8(data: memoryview, encoding: str) -> bytes:
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
        whole = BytesIO()  # which gives what is in it without a copy
        for at in range(0, len(data), _CHUNK):
            whole.write(decoder.decode(bytes(data[at : at + _CHUNK])).encode("utf-8", errors))
        if decoder.getstate()[0]:
            whole.write(b"\xff")  # half a letter at the end of the file
        text = whole.getvalue()
    _refuse_undecodable(text[:_SAMPLE], encoding)
    return text


def _refuse_undecodable(beginning: bytes, encoding: str) -> None:
    head = beginning.decode("utf-8", "replace")
    if head.count("\ufffd") > 3 and head.count("\ufffd") > len(head) / 10:
        raise FileRefused("file_undecodable", encoding=encoding)


def invalid_positions(data: memoryview) -> Iterator[int]:
    """The positions at which UTF-8 is broken, in order."""
    at = kept = 0
    while at < len(data):
        chunk = data[at : at + _STEP]
        if at - kept >= _LET_GO:
            release(data.obj, kept, at)
            kept = at
        try:
            at += codecs.utf_8_decode(chunk, "strict", at + len(chunk) == len(data))[1]
        except UnicodeDecodeError as broken:
            yield at + broken.start
            at += broken.end


def _refuse_binary(head: bytes) -> None:
    """Refuse what its first bytes say is no text, or none that has rows."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise FileRefused("file_binary", kind=kind)
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if begins.startswith(b"["):
        begins = b"[" + begins[1:].lstrip()
    for text, kind in _NO_TABLES:
        if begins.startswith(text):
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
    for position in invalid_positions(data):
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
    high = _high_bytes(data)
    if _nordic_letters(high, "mac_roman") > 2 * _nordic_letters(high, "cp1252"):
        return "mac-roman"
    controls = (high[:, 1] < 0xA0).any()  # in ISO-8859 these bytes are no signs
    return "iso-8859-15" if _latin_9(high) and not controls else "windows-1252"


def _high_bytes(data: memoryview) -> npt.NDArray[np.uint8]:
    """The first bytes beyond ASCII, each with its two neighbours: (n, 3), blanks around the file."""
    found = []
    count = 0
    for at in range(0, len(data), _CHUNK):
        chunk = np.frombuffer(data[max(at - 1, 0) : at + _CHUNK + 1], np.uint8)
        chunk = np.concatenate(([32], chunk, [32])).astype(np.uint8)
        places = np.flatnonzero(chunk[1:-1] >= 0x80) + 1
        found.append(np.stack((chunk[places - 1], chunk[places], chunk[places + 1]), axis=1))
        count += len(places)
        if count > _ENOUGH_LETTERS:
            break
    return np.concatenate(found)


def _nordic_letters(high: npt.NDArray[np.uint8], codec: str) -> int:
    """How many bytes stand where a Nordic letter stands in a word; signs like € and … stand elsewhere."""
    before, byte, after = high.T
    small, large = (np.isin(byte, list(letters.encode(codec))) for letters in ("æøåäöéü", "ÆØÅÄÖÉÜ"))
    in_word = small & (_SMALL[before] | _LARGE[before] | _SMALL[after])
    first = large & (_LARGE[before] | ~_SMALL[before] & (_SMALL[after] | _LARGE[after]))
    return int(np.count_nonzero(in_word | first))


def _latin_9(high: npt.NDArray[np.uint8]) -> bool:
    """Whether there is a euro sign beside a digit, or a Š, š or ž inside a word."""
    before, byte, after = high.T
    euro = (byte == 0xA4) & (_DIGIT[before] | _DIGIT[after] | (before == 32) | (after == 32))
    caron = np.isin(byte, [0xA6, 0xA8, 0xB8]) & (_SMALL[before] | _LARGE[before] | (byte != 0xB8)) & _SMALL[after]
    return bool((euro | caron).any())
