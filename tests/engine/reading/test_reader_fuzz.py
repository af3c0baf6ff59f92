"""Any bytes are rows or refused, and no line of them is lost."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.reader import read
from kundekort.engine.reading.table import Table

PIECES = [b'"', b'""', b";", b",", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\0", b"\x1a", b"\xff", b"\xc3", b"\xe6"]
PIECES += [
    "“”‘’«»ø€\u200b\u00ad".encode(),
    b"\xef\xbb\xbf",
    b" ",
    b"'",
    b'="',
    b"sep=;\n",
    b"Navn;E-post\n",
    b"a",
    b"17",
]
PIECES += [b'x;"y";z\n', b'"p\nq";r;s\r\n', b"1;2;3\n", b";;\n", b'4;"5\n', b"a@b.no,Kari\n", b"\xf8\xe5", b"\x00\x00"]
PACES = st.builds(Pace, most=st.integers(40, 90), batch=st.integers(1, 200))
HEADERS = ("navn", "e-post", "a")


def table(data: bytes, pace: Pace) -> Table | None:
    try:
        return read(data, known=lambda header: header.lower() in HEADERS, as_is=True, pace=pace)
    except FileRefused:
        return None


def assert_no_line_is_lost(data: bytes, pace: Pace) -> None:
    """Each word of letters that only one line has stands in that line's row, in the header, or among what is above."""
    found = table(data, pace)
    if found is None:
        return
    said = [*found.headers, *(line.text for line in found.preamble.lines), *found.problems["value"].to_list()]
    said += [found.preamble.header.text] if found.preamble.header else []
    for row in found.cells.drop(frames.ROW, frames.LINE).rows():
        said += [cell for cell in row if cell]
    whole = "\n".join(said)
    lost = [word for word in re.findall(rb"w\d+w", data) if word.decode() not in whole]
    above = found.preamble.count - len(found.preamble.lines)
    assert len(lost) <= above, (lost, whole)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join), PACES)
def test_any_bytes_are_rows_or_refused(data: bytes, pace: Pace) -> None:
    found = table(data, pace)
    if found is not None:
        lines = found.cells[frames.LINE]
        assert lines.is_sorted()
        assert lines.n_unique() == found.cells.height
        assert set(found.problems[frames.LINE]) <= set(lines)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.just(b"word"), max_size=80), PACES)
@example([b"Navn;E-post\n", b'"', b"word", b"\n", b"word", b'"', b"\n"], Pace(40, 1))
def test_no_line_is_lost(pieces: list[bytes], pace: Pace) -> None:
    numbered = (b"w%dw" % number if piece == b"word" else piece for number, piece in enumerate(pieces))
    assert_no_line_is_lost(b"".join(numbered), pace)
