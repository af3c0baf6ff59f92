"""A row whose quotes are broken, read as it was probably meant. It always keeps a fault, so that somebody looks at it.

May not know files, encodings, fields or frames. Nothing here is done to a row that RFC 4180 allows, nor to one of which
only the width is wrong: any row could be cut until it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import filterfalse
from typing import Final

from kundekort.engine.reading.encoding import Text
from kundekort.engine.reading.records import EXCESSES, Grammar, Record, parse

_MOST_BYTES: Final = 64 << 10
"""Of a row that is tried in other ways; no row of customers has more."""
_MOST_QUOTES: Final = 64
_NO_TEXT: Final = b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xc0\xc1"
"""Bytes that no UTF-8 has."""


def mend(text: Text, found: Record, grammar: Grammar) -> Record:
    """A record of a text as it was probably meant: the same bounds, with a fault if anything in it is not as it should.

    A quote of a faulty record is tried as a letter until the record has the width of the header. One without a fault
    may lack a separator in front of a quoted cell in which another stands, so that its width is right; or a quote.
    """
    if found.fault in EXCESSES or text.find(b'"', found.start, found.stop) < 0:
        return found
    raw = text[found.start : found.stop]
    quotes = raw.count(b'"')
    if len(raw) > _MOST_BYTES or quotes > _MOST_QUOTES:
        return found
    if found.fault:
        if quotes == 1:  # it is read as a letter already
            return found
        readings = (_with_letters(raw, places, grammar) for places in _letters(raw, grammar.separator))
        return found._replace(cells=next((cells for cells in readings if cells), found.cells))
    odd = [cell for cell in found.cells if cell.count(b'"') % 2]
    if not odd or _allowed(grammar.separator).fullmatch(raw):
        return found
    if len(odd) > 1:
        for place in _inner(grammar.separator).finditer(raw):
            cells = _cells(raw[: place.start()] + grammar.separator + raw[place.start() :], grammar)
            if cells:
                return found._replace(cells=cells, fault="separator_missing")
    if any(_lost_its_first(cell, raw, grammar.separator) for cell in odd):
        return found._replace(fault="unopened_quote")
    return found


def problem_of(found: Record, raw: bytes) -> str | None:
    """The most telling thing that is wrong with a record of these bytes, whatever its width."""
    if found.fault:
        return found.fault
    if b"\0" in raw:
        return "nul_byte"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "undecodable"
    return None


def _cells(raw: bytes, grammar: Grammar) -> list[bytes] | None:
    """The cells of a whole row, if it has no fault and the width of the header."""
    found = parse(raw, 0, grammar)
    return found.cells if not found.fault and found.stop == len(raw) and grammar.fits(found.cells) else None


def _with_letters(raw: bytes, places: Sequence[int], grammar: Grammar) -> list[bytes] | None:
    """The cells of a row in which the quotes at some places are letters."""
    mark = next(filterfalse(raw.__contains__, _NO_TEXT), None)
    if mark is None:
        return None
    marked = bytearray(raw)
    for place in places:
        marked[place] = mark
    marked_cells = _cells(bytes(marked), grammar)
    return marked_cells and [cell.replace(bytes((mark,)), b'"') for cell in marked_cells]


def _letters(raw: bytes, separator: bytes) -> Iterator[Sequence[int]]:
    """What quotes of a row may be letters, the likeliest first: all that stand within a cell, one of an odd number that
    are all of a cell, then each by itself."""
    within, whole = [], []
    for run in _runs(separator).finditer(raw):
        start, stop = run.span()
        opens, closes = start == 0 or raw[start - 1 : start] == separator, raw[stop : stop + 1] in (b"", separator)
        if (stop - start) % 2 and opens and closes:
            whole.append((start,))
        elif (stop - start - opens - closes) % 2 and not (opens and closes):
            within.append(start if closes else stop - 1)
    if within:
        yield within
    yield from whole
    yield from ((quote.start(),) for quote in re.finditer(b'"', raw))


@lru_cache(maxsize=8)
def _allowed(separator: bytes) -> re.Pattern[bytes]:
    """A row as RFC 4180 has it."""
    cell = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^"\r\n' + re.escape(separator) + rb"]*+)"
    return re.compile(cell + b"(?:" + re.escape(separator) + cell + b")*+")


@lru_cache(maxsize=8)
def _runs(separator: bytes) -> re.Pattern[bytes]:
    """Several quotes in a row, or one within a cell."""
    edge = re.escape(separator) + b'"'
    return re.compile(rb'"(?:"++|(?<=[^' + edge + rb']")(?=[^' + edge + rb"]))")


@lru_cache(maxsize=8)
def _inner(separator: bytes) -> re.Pattern[bytes]:
    """A quote with text on both sides."""
    edge = re.escape(separator) + rb'"\r\n '
    return re.compile(rb"(?<=[^" + edge + rb'])"(?=[^' + edge + rb"])")


def _lost_its_first(cell: bytes, raw: bytes, separator: bytes) -> bool:
    """Whether a cell ends with a quote that nothing has opened.

    After a digit it may be a sign for inches, if nothing is quoted in the row.
    """
    if not cell.endswith(b'"') or cell.startswith(b'"') or separator in cell:
        return False
    bounded = separator + cell + separator in separator + raw + separator
    return bounded and (not cell.rstrip(b'"')[-1:].isdigit() or separator + b'"' in separator + raw)
