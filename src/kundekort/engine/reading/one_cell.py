"""Rows that are one single cell with all their columns in it, as spreadsheets leave them: made ordinary rows again.

It happens when a list with commas is opened and saved where the semicolon separates lists. Knows no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kundekort.engine.reading.book import Row

_WRAPPED: Final = re.compile(rb'^[ \t]*+"([^"\r\n]*+(?:""[^"\r\n]*+)*+)"[;,|\t ]*+(?=\r?$)', re.MULTILINE)


def unwrap(text: bytes) -> bytes:
    """The text with what stands in its one-cell rows in their place; other rows, and the numbers of lines, stay."""
    return _WRAPPED.sub(lambda row: row[1].replace(b'""', b'"'), text)


def lines(rows: Iterable[Row]) -> bytes:
    """The first filled cell of each row of a sheet as a line of text, on the line that the row has in its sheet."""
    text: list[str] = []
    for row in rows:
        text += [""] * (row.line - 1 - len(text))
        text.append(next((" ".join(cell.split("\n")) for cell in row.cells if cell), ""))
    return "\n".join(text).encode("utf-8", "replace")
