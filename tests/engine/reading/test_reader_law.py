"""The law of the reader: fast = careful, on any bytes, however the text is cut into stretches."""

from __future__ import annotations

import csv
import io
import sys

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.reader import read
from kundekort.engine.reading.table import Table
from kundekort.engine.recipe import DialectOverrides

PIECES = [b'"', b'""', b";", b",", b"\r", b"\n", b"\r\n", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", "ø€".encode()]
PIECES += [b"a", b"b c", b" ", b"\t", b'x;"y";z\n', b'"p\nq";r;s\r\n', b"1;2;3\n", b";;\n", b'4;"5\n']
PACES = st.builds(Pace, most=st.integers(40, 90), batch=st.integers(1, 200))


def outcome(data: bytes, pace: Pace, overrides: DialectOverrides) -> Table | tuple[str, object]:
    try:
        return read(data, known=lambda header: False, overrides=overrides, pace=pace)
    except FileRefused as refused:
        return refused.code, refused.params


def assert_fast_is_careful(data: bytes, pace: Pace, overrides: DialectOverrides) -> None:
    fast, careful = outcome(data, pace, overrides), outcome(data, Pace(short=sys.maxsize), overrides)
    if isinstance(careful, tuple) or isinstance(fast, tuple):
        assert fast == careful
        return
    assert fast.cells.equals(careful.cells, null_equal=True), (fast.cells.to_dicts(), careful.cells.to_dicts())
    assert fast.problems.equals(careful.problems, null_equal=True)
    assert (fast.dialect, fast.headers, fast.blank_rows) == (careful.dialect, careful.headers, careful.blank_rows)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join), PACES)
@example(b'a;b;c\n1;"2\r', Pace(most=11, batch=1))
@example(b'h\n"\n\xef\xbb\xbf"\n\xef\xbb\xbfx\n', Pace(most=90, batch=1))
def test_it_reads_any_bytes_fast_as_it_does_carefully(body: bytes, pace: Pace) -> None:
    assert_fast_is_careful(b"a;b;c\n" + body, pace, DialectOverrides("utf-8", ";", 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), PACES)
def test_it_reads_a_file_of_one_column_fast_as_it_does_carefully(body: bytes, pace: Pace) -> None:
    assert_fast_is_careful(b"a\n" + body, pace, DialectOverrides("utf-8", ";", 1))


WIDE = [
    b"1;2;3;4;5;6;7;8",
    b"\n",
    b"\r\n",
    b'1;2;"',
    b'";4;5;6;7;8',
    b'"3""";',
    b";",
    b'"',
    b"9",
    b"\n1;2;3;4;5;6;7;8\n",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WIDE), max_size=40).map(b"".join), PACES)
@example(b'1;2;"3\n1;2;3;4;5;6;7;8\n9";4;5;6;7;8\n1;2;3;4;5;6;7;8\n', Pace())
@example(
    3 * (b'1;2;"";4;5;6;7;8\n' + 3 * b"1;2;3;4;5;6;7;8\r\n\n" + b'1;2;";4;5;6;7;8\n1;2;3;4;5;6;7;8\n'), Pace(60, 150)
)
def test_it_finds_the_same_lost_quotes_in_wide_files(body: bytes, pace: Pace) -> None:
    assert_fast_is_careful(b"a;b;c;d;e;f;g;h\n" + body, pace, DialectOverrides("utf-8", ";", 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), PACES)
def test_it_decides_the_same_when_nothing_is_said_about_the_file(body: bytes, pace: Pace) -> None:
    assert_fast_is_careful(body, pace, DialectOverrides())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from("\r\n"))
def test_it_gives_back_the_cells_a_writer_quoted(rows: list[list[str]], end: str) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    assume(any(cell.strip(" \t\r\n") for row in rows for cell in row))
    text = "a;b;c\n" + "".join(";".join(row) + end for row in quoted)
    table = read(
        text.encode(), known=lambda header: False, overrides=DialectOverrides("utf-8", ";", 1), pace=Pace(64, 64)
    )
    filled = [tuple(row) for row in rows if any(cell.strip(" \t\r\n") for cell in row)]
    assert table.cells.select("c0", "c1", "c2").rows() == filled
    assert table.blank_rows == len(rows) - len(filled)
    assert {"row_too_short", "row_too_long", "unclosed_quote"}.isdisjoint(table.problems["code"])


LINES = st.sampled_from(["", "notat", ";" * 9, "0;a;b;c;d;e;f;g;h;i", '"', 'CustomerID;b;"c";d;e;f;g;h;i;j', "1;2"])
NOTES = st.lists(LINES, min_size=1, max_size=4).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(NOTES | st.just("x"), min_size=10, max_size=10), min_size=1, max_size=4),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_it_reads_back_notes_into_which_rows_were_pasted(rows: list[list[str]], quoting: int) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=quoting)
    rows = [["7", *row[1:]] for row in rows]
    writer.writerows([["CustomerID", *"bcdefghij"], *rows])
    table = read(out.getvalue().encode(), known=lambda header: header == "CustomerID", pace=Pace(64, 64))
    assert table.problems.is_empty()
    assert [list(row) for row in table.cells.drop("_row", "_line").rows()] == rows
