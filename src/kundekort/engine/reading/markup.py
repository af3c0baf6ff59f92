"""What kind of table a text in angle brackets is: programs write web pages and XML and call them .xls."""

from __future__ import annotations

import codecs
import io
import re
from typing import Final

from kundekort.engine.reading.archive import stream
from kundekort.engine.reading.encoding import by_letters
from kundekort.engine.reading.fit import CODECS

_HEAD: Final = 1 << 13
_BEFORE: Final = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_HTML: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|style|link|table|div|center|font|p)\b", re.IGNORECASE
)
_WORKBOOK: Final = re.compile(r"<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet")
_CHARSET: Final = re.compile(r"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([-\w]+)", re.IGNORECASE)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    ("<".encode("utf-16-le"), "utf-16-le"),
    ("<".encode("utf-16-be"), "utf-16-be"),
)


def kind(data: memoryview) -> str:
    """`html` for a web page, `xml` for SpreadsheetML of 2003, '' for what is neither."""
    head = _head(data)
    begins = _BEFORE.match(head)
    at = begins.end() if begins else 0
    if _WORKBOOK.match(head, at):
        return "xml"
    return "html" if _HTML.match(head, at) else ""


def reader(data: memoryview) -> io.TextIOBase:
    """The text of a web page: by its mark, by the encoding of single bytes that it declares, else by its letters."""
    for mark, encoding in _BOMS:
        if bytes(data[: len(mark)]) == mark:
            return io.TextIOWrapper(stream(data), encoding, errors="replace", newline="")
    declared = _CHARSET.search(_head(data))
    name = declared[1].lower() if declared and _is_text_codec(declared[1]) else "utf-8"
    if codecs.lookup(name).name == "utf-8":
        found = by_letters(data).encoding
        name = CODECS.get(found, found)
    if codecs.lookup(name).name in ("iso8859-1", "ascii"):
        name = "windows-1252"
    return io.TextIOWrapper(stream(data), name, errors="replace", newline="")


def _head(data: memoryview) -> str:
    start = bytes(data[:_HEAD])
    encoding = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), "latin-1")
    return start.decode(encoding, "replace")


def _is_text_codec(name: str) -> bool:
    try:
        return isinstance("".encode(name), bytes)
    except (LookupError, UnicodeError):
        return False
