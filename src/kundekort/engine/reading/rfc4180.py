"""Proof, by counting bytes, which rows of a stretch of a text are plain RFC 4180, so that a fast parser reads them like
the careful reader.

What is not plain belongs to the careful reader, which says where the rows go on. From there they are proven with the
same counts: all that its quotes can change is whether an even or an odd number of them stands in front. May not parse
cells.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
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


class Plain(NamedTuple):
    """Records in a row that are proven: they have exactly the usual number of cells, or are a line end alone.

    `lines` are those of the former, and `starts` the bytes at which they start; `empty` is how many the latter are. The
    next record starts at `end`, on physical line `end_line`.
    """

    lines: Positions
    starts: list[int]
    empty: int
    end: int
    end_line: int


class _View(NamedTuple):
    """The records of a stretch, if those whose bounds are right are known.

    `bounds` are the bytes of the text where they start, and where the last one ends, `lines` the physical lines there;
    `empty` those that are a line end alone, or None. `careful` are the indices of those that are not plain, and how
    many records there are.
    """

    bounds: list[int]
    lines: Positions
    empty: Mask | None
    careful: list[int]


@dataclass(frozen=True)
class Stretch:
    """Some bytes of a text, in which a record starts at `start`, on physical line `line`.

    Plain rows have `width` cells; those beyond the header are empty. `last`: the text ends with these bytes.
    """

    octets: Octets
    start: int
    line: int
    last: bool
    grammar: Grammar
    width: int

    @property
    def stop(self) -> int:
        """Where in the text the stretch ends."""
        return self.start + len(self.octets)

    def plain(self, at: int, most: int, until: int = sys.maxsize) -> Plain:
        """The plain records from a position on, at which a record starts, up to the first that is not; `most` at most,
        and only those that start before `until`.

        Where it stands behind the stretch, there are none.
        """
        behind_odd = self.inside is not None and at > self.start and bool(self.inside[at - self.start - 1])
        view = self._behind_odd if behind_odd else self._behind_even
        first = bisect_left(view.bounds, at)
        to = min(view.careful[bisect_left(view.careful, first)], first + most, bisect_left(view.bounds, until, first))
        lines, starts, empty = view.lines[first:to], view.bounds[first:to], 0
        if view.empty is not None:
            rows = ~view.empty[first:to]
            empty = len(rows) - int(np.count_nonzero(rows))
            lines, starts = lines[rows], [*compress(starts, rows)]
        return Plain(lines, starts, empty, view.bounds[to], int(view.lines[to]))

    @cached_property
    def _behind_even(self) -> _View:
        """The records behind an even number of quotes."""
        return _records(self, behind_odd=False)

    @cached_property
    def _behind_odd(self) -> _View:
        """Those behind an odd number, the last of which opened nothing."""
        return _records(self, behind_odd=True)

    @cached_property
    def line_ends(self) -> Positions:
        """The last bytes of physical line ends."""
        ends = self.octets == _LF
        bare = self.octets == _CR
        if bare.any():
            bare[:-1] &= ~ends[1:]
            ends |= bare
        return np.flatnonzero(ends)

    @cached_property
    def quotes(self) -> Positions:
        """Where quotes stand."""
        return np.flatnonzero(self.octets == _QUOTE)

    @cached_property
    def inside(self) -> Mask | None:
        """Which bytes have an odd number of quotes before them, themselves included; None: no byte."""
        if not len(self.quotes):
            return None
        between = np.diff(self.quotes, prepend=0, append=len(self.octets))
        inside: Mask = np.repeat(np.arange(len(between)) % 2 == 1, between)
        return inside

    @cached_property
    def separators(self) -> Mask:
        """Where separators stand, quoted or not."""
        separators: Mask = self.octets == ord(self.grammar.separator)
        return separators

    @cached_property
    def strange(self) -> Positions:
        """Where a NUL stands, and where the first bytes of a line are that are no UTF-8."""
        nul, broken = np.flatnonzero(self.octets == 0), []
        at = 0
        while (place := next(invalid_positions(self.octets[at:].data), None)) is not None:
            broken.append(at + place)
            line = self.line_ends.searchsorted(broken[-1])
            if line == len(self.line_ends):
                break
            at = int(self.line_ends[line])
        return np.append(nul, np.array(broken, np.int64))


def stretch(text: Octets, start: int, line: int, size: int, *, grammar: Grammar, width: int) -> Stretch:
    """The `size` bytes, at most, in which a record starts at `start`, on physical line `line`."""
    stop = min(start + size, len(text))
    last = stop == len(text)
    if not last and text[stop - 1] == _CR:
        stop -= 1  # the LF of this line end may stand in the next stretch
    return Stretch(text[start:stop], start, line, last, grammar, width)


def _records(of: Stretch, *, behind_odd: bool) -> _View:
    """The records of a stretch behind an even or odd number of quotes."""
    octets, grammar, stops = of.octets, of.grammar, of.line_ends
    inside, joints = None, stops[:0]
    if of.inside is not None:
        inside = ~of.inside if behind_odd else of.inside
        stops, joints = stops[~inside[stops]], stops[inside[stops]]
    open_end = len(octets) and not (len(of.line_ends) and of.line_ends[-1] == len(octets) - 1)
    if of.last and open_end and len(of.quotes) % 2 == behind_odd:
        stops = np.append(stops, len(octets))  # the last line of a file needs no line end
    bounds = np.append(0, np.minimum(stops + 1, len(octets)))
    starts = bounds[:-1]
    careful = ~_usual(of, inside, starts, stops)
    for positions in (_suspects(of, inside, joints, starts, stops, careful), _wrong_quotes(of, behind_odd), of.strange):
        records = np.searchsorted(stops, positions)
        careful[records[records < len(stops)]] = True
    first = octets[np.minimum(starts, len(octets) - 1)]
    careful |= _blank(octets, starts, stops, grammar) | (first == _FIRST_OF_BOM)  # a mark that parsers swallow
    careful |= stops - starts > grammar.longest
    empty = (starts == stops) | (starts + 1 == stops) & (first == _CR)
    careful &= ~empty
    lines = of.line + np.searchsorted(of.line_ends, bounds)
    careful_ones = [*np.flatnonzero(careful).tolist(), len(stops)]
    return _View((of.start + bounds).tolist(), lines, empty if empty.any() else None, careful_ones)


def _wrong_quotes(of: Stretch, behind_odd: bool) -> Positions:
    """The quotes that do not open, close or stand doubled in a quoted cell."""
    octets, quotes = of.octets, of.quotes
    if not len(quotes):
        return quotes
    neighbour = np.zeros(256, dtype=np.bool_)
    neighbour[[ord(of.grammar.separator), _LF, _CR, _QUOTE]] = True
    opening, closing = quotes[behind_odd::2], quotes[1 - behind_odd :: 2]
    wrong_opening = opening[~neighbour[octets[opening - 1]] & (opening > 0)]
    wrong_closing = closing[~neighbour[octets[np.minimum(closing + 1, len(octets) - 1)]]]
    return np.append(wrong_opening, wrong_closing)


def _usual(of: Stretch, inside: Mask | None, starts: Positions, stops: Positions) -> Mask:
    """Which records have the usual number of cells, those beyond the header empty."""
    usual: Mask = _counts(of.separators if inside is None else of.separators & ~inside, starts, stops) == of.width - 1
    if of.width > of.grammar.most:
        last = stops - 1
        last -= (of.octets[last] == _CR) & (last >= starts)
        for back in range(of.width - of.grammar.most):
            usual &= of.separators[np.maximum(last - back, 0)]
    return usual


def _suspects(
    of: Stretch, inside: Mask | None, joints: Positions, starts: Positions, stops: Positions, unusual: Mask
) -> Positions:
    """The line ends within records, out of `joints`, where the careful reader may find that a quote was lost.

    Where the width is right, it finds one only in wide lists, and only if there are as many separators inside quotes
    as a row has.
    """
    if inside is None or not len(joints) or not len(stops):
        return joints[:0]
    joints = joints[joints < stops[-1]]
    wrong = unusual
    if of.grammar.least >= JOINED:
        wrong = unusual | (_counts(of.separators & inside, starts, stops) >= of.grammar.least - 1)
    return joints[wrong[np.searchsorted(stops, joints)]]


def _counts(mask: Mask, starts: Positions, stops: Positions) -> Positions:
    """How many bytes of each record are in a mask."""
    if not len(stops):
        return stops
    counts: Positions = np.add.reduceat(mask[: stops[-1] + 1].view(np.uint8), starts, dtype=np.uint32)
    return counts


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
