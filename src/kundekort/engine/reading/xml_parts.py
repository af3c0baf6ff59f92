"""XML from strangers, parsed as it streams by; what grows on its own, or no spreadsheet writes, is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final
from xml.parsers import expat

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading.archive import BLOCK
from kundekort.engine.reading.book import LONGEST

DEEPEST: Final = 100
"""Elements within each other at most; spreadsheets have some twenty."""
LONGEST_ESCAPED: Final = LONGEST * len("_x000D_")
"""Characters of a cell at most as its XML has them, each as an escape."""

_LONGEST_TAG: Final = 1 << 20
_MOST_NAMES: Final = 10_000  # of elements and attributes: spreadsheets know some hundreds
_LONGEST_WORD: Final = 40  # characters of the name of an encoding
_ENCODING_ERRORS: Final = (18, 19)  # expat: unknown encoding, incorrect encoding
_ESCAPED: Final = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")


class Names(dict[str, str]):
    """Names of elements as parsed → without their namespace prefix."""

    def __missing__(self, name: str) -> str:
        if len(self) == _MOST_NAMES:
            raise FileRefused("file_damaged")
        self[name] = local = name.rpartition(":")[2]
        return local


def plain_parser(encoding: str | None = None) -> expat.XMLParserType:
    """A parser that gives text in whole pieces and refuses document types; `encoding`: whatever the XML declares."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def parsed(stream: IO[bytes], parser: expat.XMLParserType) -> Iterator[int]:
    """Have the parser go through a part; how much of it has been read, in bytes, after every block.

    FileRefused (file_damaged) for a tag, or for more names, than any spreadsheet writes: the parser keeps them; and
    (file_undecodable) for an encoding that nobody knows.
    """
    done, more, declared = 0, True, ""

    def declare(version: str, encoding: str | None, standalone: int) -> None:
        nonlocal declared
        declared = encoding or ""

    parser.XmlDeclHandler = declare
    while more:
        block = stream.read(BLOCK)
        done, more = done + len(block), bool(block)
        try:
            parser.Parse(block, not more)
        except (LookupError, ValueError, expat.ExpatError) as error:
            if _is_about_encoding(error):
                raise FileRefused("file_undecodable", encoding=declared[:_LONGEST_WORD]) from error
            raise
        if done - parser.CurrentByteIndex > _LONGEST_TAG or len(parser.intern) > _MOST_NAMES:
            raise FileRefused("file_damaged")
        yield done


def _is_about_encoding(error: Exception) -> bool:
    """Whether the parser has given up because of the encoding that a part declares."""
    if isinstance(error, expat.ExpatError):
        return error.code in _ENCODING_ERRORS
    return not isinstance(error, UnicodeDecodeError)  # the parser asks Python for a codec and its table


def unescaped(text: str) -> str:
    """A string of a workbook with its characters that XML cannot write (`_x000D_`)."""
    return _ESCAPED.sub(_characters, text) if "_x" in text else text


def _characters(escapes: re.Match[str]) -> str:
    units = re.findall("_x(....)_", escapes[0])
    return b"".join(int(unit, 16).to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace")


def _refuse_doctype(*_: object) -> None:
    raise FileRefused("file_damaged")
