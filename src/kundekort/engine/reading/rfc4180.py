"""Proof, by counting bytes, that a stretch of a text is plain RFC 4180, which a fast parser reads like the careful one.

A stretch is proven record by record up to the first thing that is not plain; what stands behind belongs to the careful
reader. May not parse cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kundekort.engine.reading.encoding import invalid_positions
from kundekort.engine.reading.records import JOINED, Grammar

Octets = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_QUOTE: Final = ord('"')
_LF: Final = ord("\n")
_CR: Final = ord("\r")
_FIRST_OF_BOM: Final = 0xEF


class Proof(NamedTuple):
    """What is proven from a position on.

    `starts` and `lines` are of the proven records, `end` is where they end and `end_line` the line there. Those that
    are `odd` have certain bounds but are to be read carefully (blank, other width, NUL, no UTF-8), but for the `empty`
    ones among them, in which nothing stands; all others have exactly the usual number of cells.
    """

    starts: Positions
    lines: Positions
    odd: Mask
    empty: Mask
    end: int
    end_line: int

    def first(self, count: int) -> Proof:
        """The same of so many records at most."""
        if count >= len(self.starts):
            return self
        to = slice(count)
        end, end_line = int(self.starts[count]), int(self.lines[count])
        return Proof(self.starts[to], self.lines[to], self.odd[to], self.empty[to], end, end_line)


@dataclass(frozen=True, slots=True)
class _Bytes:
    """The masks of a stretch: its quotes, physical line ends, and what stands inside quotes (None: nothing does)."""

    octets: Octets
    quotes: Positions
    ends: Mask
    inside: Mask | None

    def outside(self, mask: Mask) -> Mask:
        """That part of a mask which stands outside quotes."""
        return mask if self.inside is None else mask & ~self.inside


def certify(text: Octets, start: int, line: int, size: int, *, grammar: Grammar, width: int) -> Proof:
    """What can be proven of the records that start at `start`, on physical line `line`, within `size` bytes.

    Plain rows have `width` cells; those beyond the header are empty.
    """
    stop = min(start + size, len(text))
    last = stop == len(text)
    if not last and text[stop - 1] == _CR:
        stop -= 1  # the LF of this line end may stand in the next stretch
    stretch = _look(text[start:stop])
    stops = np.flatnonzero(stretch.outside(stretch.ends))
    wrong = _first_wrong_quote(stretch, grammar)
    if wrong is not None:
        stops = stops[: np.searchsorted(stops, wrong)]
    elif last and len(stretch.quotes) % 2 == 0 and stop > start and not stretch.ends[-1]:
        stops = np.append(stops, stop - start)  # the last line of a file needs no line end
    starts = np.append(0, stops + 1)[: len(stops)]
    separator = stretch.octets == ord(grammar.separator)
    plain = _plain(stretch, separator, starts, stops, grammar, width)
    suspect = _first_suspect(stretch, separator, stops, plain, grammar)
    starts, stops, plain = starts[:suspect], stops[:suspect], plain[:suspect]
    odd = ~plain | _strange(stretch.octets, starts, stops) | _blank(stretch.octets, starts, stops, grammar)
    odd |= stops - starts > grammar.longest
    first = stretch.octets[np.minimum(starts, len(stretch.octets) - 1)]
    empty = (starts == stops) | (starts + 1 == stops) & (first == _CR)
    lines = line + np.searchsorted(np.flatnonzero(stretch.ends), np.append(starts, stops[-1:] + 1))
    end = min(start + int(stops[-1]) + 1, stop) if len(stops) else start
    return Proof(starts + start, lines[: len(starts)], odd | empty, empty, end, int(lines[-1]) if len(stops) else line)


def _look(octets: Octets) -> _Bytes:
    """The masks of a stretch that starts outside quotes."""
    ends = octets == _LF
    bare = octets == _CR
    if bare.any():
        bare[:-1] &= ~ends[1:]
        ends |= bare
    quote = octets == _QUOTE
    quotes = np.flatnonzero(quote)
    return _Bytes(octets, quotes, ends, _inside(quote, quotes) if len(quotes) else None)


def _inside(quote: Mask, quotes: Positions) -> Mask:
    """Which bytes stand inside quotes, the one that closes a cell no more."""
    if len(quotes) > len(quote) >> 8:
        # the number of quotes up to a byte is odd inside a quoted cell; it may wrap, its last bit does not care
        return (np.cumsum(quote, dtype=np.uint8) & 1).view(np.bool_)
    inside = np.zeros(len(quote), np.bool_)
    for opening, closing in zip(quotes[::2].tolist(), [*quotes[1::2].tolist(), len(quote)], strict=False):
        inside[opening:closing] = True
    return inside


def _first_wrong_quote(stretch: _Bytes, grammar: Grammar) -> int | None:
    """The position of the first quote that does not open, close or stand doubled in a quoted cell, if there is one."""
    octets, quotes = stretch.octets, stretch.quotes
    if not len(quotes):
        return None
    neighbour = np.zeros(256, dtype=np.bool_)
    neighbour[[ord(grammar.separator), _LF, _CR, _QUOTE]] = True
    opening, closing = quotes[::2], quotes[1::2]
    wrong_opening = opening[~neighbour[octets[opening - 1]] & (opening > 0)]
    wrong_closing = closing[~neighbour[octets[np.minimum(closing + 1, len(octets) - 1)]]]
    wrong = np.concatenate((wrong_opening[:1], wrong_closing[:1]))
    return int(wrong.min()) if len(wrong) else None


def _plain(stretch: _Bytes, separator: Mask, starts: Positions, stops: Positions, grammar: Grammar, width: int) -> Mask:
    """Which records have the usual number of cells, those beyond the header empty."""
    separators = np.flatnonzero(stretch.outside(separator))
    plain: Mask = np.diff(np.searchsorted(separators, stops), prepend=0) == width - 1
    if width > grammar.most:
        last = stops - 1
        last -= (stretch.octets[last] == _CR) & (last >= starts)
        for back in range(width - grammar.most):
            plain &= separator[np.maximum(last - back, 0)]
    return plain


def _first_suspect(stretch: _Bytes, separator: Mask, stops: Positions, plain: Mask, grammar: Grammar) -> int:
    """The index of the first record of several lines in which the careful reader may find a lost quote.

    Where the width is right, it finds one only in wide lists, and only if there are as many separators inside quotes
    as a row has.
    """
    if stretch.inside is None or not len(stops):
        return len(stops)
    records = np.searchsorted(stops, np.flatnonzero(stretch.ends & stretch.inside))
    suspects = records[records < len(stops)]
    wrong = ~plain[suspects]
    if len(suspects) and grammar.least >= JOINED:
        quoted = np.searchsorted(np.flatnonzero(separator & stretch.inside), stops)
        wrong |= np.diff(quoted, prepend=0)[suspects] >= grammar.least - 1
    suspects = suspects[wrong]
    return int(suspects[0]) if len(suspects) else len(stops)


def _strange(octets: Octets, starts: Positions, stops: Positions) -> Mask:
    """Which records hold a NUL or bytes that are no UTF-8, or start like a byte order mark, which parsers swallow."""
    strange = np.zeros(len(stops), dtype=np.bool_)
    if not len(stops):
        return strange
    strange |= octets[starts] == _FIRST_OF_BOM
    octets = octets[: stops[-1]]
    strange[np.searchsorted(stops, np.flatnonzero(octets == 0))] = True
    at = 0
    while (place := next(invalid_positions(octets[at:].data), None)) is not None:  # one in a record is enough
        record = int(np.searchsorted(stops, at + place))
        strange[record] = True
        at = int(stops[record])
    return strange


def _blank(octets: Octets, starts: Positions, stops: Positions, grammar: Grammar) -> Mask:
    """Which records may be blank: they consist of nothing but separators, quotes, blanks and their line end."""
    blank = np.zeros(len(stops), dtype=np.bool_)
    if not len(stops):
        return blank
    white = np.zeros(256, dtype=np.bool_)
    white[list(grammar.blank)] = True
    ends = white[octets[starts]] & white[octets[np.maximum(stops - 1, starts)]]
    if ends.any():
        letters = np.append(0, np.cumsum(~white[octets]))
        blank = ends & (letters[stops] == letters[starts])
    return blank
