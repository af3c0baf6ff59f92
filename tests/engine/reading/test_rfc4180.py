"""What is proven plain, up to what, and that it goes on behind what is not."""

from __future__ import annotations

import pytest

from kundekort.engine.reading.records import Grammar
from kundekort.engine.reading.rfc4180 import Stretch, stretch

GRAMMAR = Grammar(b";", least=2, most=2)
PLAIN = b'1;a\r\n"2";"b;""c""\r\n"\n3;"d\re"\r4;\n'


def counted(text: bytes, size: int = 1000, width: int = 2) -> Stretch:
    return stretch(text, 0, 10, size, grammar=GRAMMAR, width=width)


def test_it_proves_a_plain_text_to_its_end() -> None:
    found = counted(PLAIN).plain(0, 1000)
    assert (found.end, found.end_line) == (len(PLAIN), 16)
    assert found.lines.tolist() == [10, 11, 13, 15]


def test_it_proves_so_many_records_at_most() -> None:
    found = counted(PLAIN).plain(5, 2)
    assert (found.lines.tolist(), found.end, found.end_line) == ([11, 13], 29, 15)


def test_it_proves_records_that_start_before_a_position_only() -> None:
    found = counted(b"\n" + PLAIN).plain(0, 1000, until=7)
    assert (found.lines.tolist(), found.starts, found.empty, found.end) == ([11, 12], [1, 6], 1, 22)
    assert counted(PLAIN).plain(5, 1000, until=5).end == 5


def test_it_proves_a_last_line_without_end() -> None:
    assert counted(PLAIN + b"5;f").plain(0, 1000).end == len(PLAIN) + 3


@pytest.mark.parametrize("cut", range(1, len(PLAIN)))
def test_it_proves_whole_records_only(cut: int) -> None:
    found = counted(PLAIN, cut)
    assert found.plain(0, 1000).end in (0, 5, 21, 29)
    assert found.plain(0, 1000).end <= found.stop <= cut


WRONG = [b'5;5" pipe\n', b'5;"a"b\n', b'5;"a\n', b'"5" ;a\n', b'5; "a"\n', b'5;"a\n";b\n']
ODD = [b"5\n", b"5;6;7\n", b" ;\t\n", b"5;\0\n", b"5;\xff\n", b"\xef\xbb\xbf5;a\n"]


@pytest.mark.parametrize("other", WRONG + ODD)
def test_it_stops_before_a_record_that_is_not_plain_and_goes_on_behind_it(other: bytes) -> None:
    found = counted(PLAIN + other + PLAIN)
    assert found.plain(0, 1000).end == len(PLAIN)
    behind = found.plain(len(PLAIN) + len(other), 1000)
    assert behind.end == found.stop
    assert len(behind.lines) == 4


def test_it_counts_lines_in_which_nothing_stands() -> None:
    found = counted(PLAIN + b"\r\n\n" + PLAIN).plain(0, 1000)
    assert (found.end, found.empty) == (2 * len(PLAIN) + 3, 2)
    assert found.lines.tolist() == [10, 11, 13, 15, 18, 19, 21, 23]


def test_it_takes_the_usual_empty_cells_beyond_the_header_for_plain() -> None:
    found = counted(b'1;a;;\r\n2;"b";;\n3;c\n4;d;;x\n5;e;x;\n6;f;"";\n7;g;;\n', width=4)
    assert found.plain(0, 1000).lines.tolist() == [10, 11]
    assert [len(found.plain(at, 1000).lines) for at in (15, 19, 26, 33, 41)] == [0, 0, 0, 0, 1]
