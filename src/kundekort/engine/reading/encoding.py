"""From the bytes of a file to UTF-8: which encoding it is in, and its text with all damage kept visible.

Nordic sense: the files are customer lists with æøåäöé in them. May not know rows, separators or fields.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from mmap import MADV_DONTNEED, PAGESIZE, mmap
from typing import TYPE_CHECKING, Final

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading.fit import CODECS, Fit

if TYPE_CHECKING:
    from kundekort.engine.reading.code_page import Triples

Buffer = bytes | bytearray | memoryview | mmap
Text = bytes | mmap
"""A text in UTF-8: what was decoded, or a mapped file that is read where it stands."""

_CHUNK: Final = 1 << 20
_STEP: Final = 1 << 15  # small, because decoding makes room for the whole step before it meets the first broken byte
_SAMPLE: Final = 1 << 16
_LET_GO: Final = 1 << 23
_ENOUGH_DAMAGE: Final = 1_000
_BOMS: Final = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}

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
    (b"{\\rtf", "rtf"),
    (b"{", "json"),
    (b"[{", "json"),
    (b"begin:vcard", "vcard"),
    (b"begin:vcalendar", "calendar"),
    (b"mime-version:", "mail"),
)
"""What texts begin with that programs write instead of a table, often under the name of one."""
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_LEADS: Final = bytes(range(0xC2, 0x100))
"""The first bytes of letters beyond ASCII in UTF-8."""
_BROKEN: Final = "\udcff"
"""Becomes a byte that stands in no UTF-8."""
_HAS_UTF8_LETTERS: Final = ("windows-1251",)
"""Encodings in which what a letter is in UTF-8 may well stand beside each other."""
_HALF_LETTER: Final = re.compile(rb"[a-z][\xc3-\xc5]")
_CUT: Final = b" ;,|\t\r\n"
_FURTHER: Final = 1_000
_WORD: Final = re.compile(rb"[^\s;,|\"]*[\x80-\xff][^\s;,|\"]*")
_WORDS: Final = 3


def detect(data: memoryview) -> Fit:
    """The encoding of a file, one of `recipe.ENCODINGS`, and others that cannot be told from it by what is in the file.

    FileRefused (file_binary, file_undecodable) if it is none.
    """
    head = bytes(data[:_SAMPLE])
    _refuse_binary(head)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefused("file_undecodable", encoding="utf-32")
    for encoding, bom in _BOMS.items():
        if head.startswith(bom):
            return Fit(encoding)
    wide = _wide(head)
    if wide:
        return Fit(wide)
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls > 3 and controls > len(head) / 25:
        raise FileRefused("file_binary", kind="unknown")
    return by_letters(data)


def by_letters(data: memoryview) -> Fit:
    """UTF-8 where most letters are that, else the encoding of single bytes that fits best."""
    if _mostly_utf8(data):
        return Fit("utf-8")
    from kundekort.engine.reading import code_page

    return code_page.fit(_triples(data))


def samples(data: memoryview, encoding: str) -> list[str]:
    """The first words with letters beyond ASCII, as they are in an encoding of single bytes."""
    words = dict.fromkeys(found[0] for found in islice(_WORD.finditer(data), 10 * _WORDS))
    return [word.decode(CODECS[encoding], "replace") for word in islice(words, _WORDS)]


def text_of(data: Buffer, encoding: str) -> tuple[Text, int]:
    """The text of a file as UTF-8, and where in it the text begins; a mapped file in UTF-8 is not copied.

    FileRefused as `to_utf8` says.
    """
    if encoding != "utf-8" or not isinstance(data, mmap | bytes):
        return to_utf8(memoryview(data).cast("B"), encoding), 0
    begin = len(codecs.BOM_UTF8) if data[: len(codecs.BOM_UTF8)] == codecs.BOM_UTF8 else 0
    _refuse_undecodable(data[begin : begin + _SAMPLE], encoding)
    return data, begin


def single_line_ends(text: Text, begin: int) -> tuple[Text, int]:
    """A text of which each line ends in CR CR LF, as after two programs that each made CR LF of LF, with CR LF."""
    head = text[begin : begin + _SAMPLE]
    doubled = head.count(b"\r\r\n")
    if not doubled or doubled != head.count(b"\n"):
        return text, begin
    return bytes(text[begin:]).replace(b"\r\r\n", b"\r\n"), 0


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
    if encoding in CODECS:
        text = _of_single_bytes(data, encoding)
    elif encoding == "utf-8":
        text = bytes(data)
    else:
        # surrogates carry half a pair through to where it is invalid UTF-8 again
        decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        whole = BytesIO()  # which gives what is in it without a copy
        for at in range(0, len(data), _CHUNK):
            whole.write(decoder.decode(bytes(data[at : at + _CHUNK])).encode("utf-8", "surrogatepass"))
        if decoder.getstate()[0]:
            whole.write(b"\xff")  # half a letter at the end of the file
        text = whole.getvalue()
    _refuse_undecodable(text[:_SAMPLE], encoding)
    return text


def _of_single_bytes(data: memoryview, encoding: str) -> bytes:
    """A text of single bytes as UTF-8; broken where a part of it is rather in another encoding, or in UTF-8."""
    from kundekort.engine.reading import code_page

    letters = _triples(data)
    odd = code_page.strange(encoding, letters)
    signs = re.escape(odd.decode(CODECS[encoding], "ignore"))
    in_words = re.compile(f"(?<=[^\\W\\d_])[{signs}]|[{signs}](?=[^\\W\\d_])") if signs else None
    mixed = len(letters) > 0 and encoding not in _HAS_UTF8_LETTERS
    whole = BytesIO()
    for chunk in _chunks(data):
        text = bytes(chunk).decode(CODECS[encoding], "surrogateescape")
        places = code_page.utf8_letters(chunk) if mixed else ()
        if places:
            characters = list(text)
            for place in places:
                characters[place] = _BROKEN
            text = "".join(characters)
        if in_words:
            text = in_words.sub(_BROKEN, text)
        whole.write(text.encode("utf-8", "surrogateescape"))
    return whole.getvalue()


def _triples(data: memoryview) -> Triples:
    """The letters of a text of single bytes."""
    from kundekort.engine.reading import code_page

    return code_page.triples(_chunks(data))


def _chunks(data: memoryview) -> Iterator[memoryview]:
    """A text of single bytes in pieces of about a megabyte, none of which begins in a word."""
    at = 0
    while at < len(data):
        end = min(at + _CHUNK, len(data))
        furthest = min(end + _FURTHER, len(data))
        while end < furthest and data[end - 1] not in _CUT:
            end += 1
        yield data[at:end]
        at = end


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
    """Whether there are at least as many whole UTF-8 letters as places where UTF-8 is broken.

    So it is where a file without other letters was cut off in one: `Bj\xc3`, which is `BjÃ` in no language.
    """
    broken = leads_broken = position = 0
    seen = len(data)
    for position in invalid_positions(data):
        broken += 1
        leads_broken += data[position] >= 0xC2
        if broken == _ENOUGH_DAMAGE:
            seen = position
            break
    if not broken or (broken == 1 and _HALF_LETTER.fullmatch(data, max(0, position - 1))):
        return True
    chunks = (bytes(data[at : min(at + _CHUNK, seen)]) for at in range(0, seen, _CHUNK))
    leads = seen - sum(len(chunk.translate(None, _LEADS)) for chunk in chunks)
    return leads - leads_broken >= broken
