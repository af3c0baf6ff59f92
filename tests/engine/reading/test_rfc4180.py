"""What is proven plain, and where a proof ends."""

from __future__ import annotations

import numpy as np
import pytest

from kundekort.engine.reading.records import Grammar
from kundekort.engine.reading.rfc4180 import Proof, certify

GRAMMAR = Grammar(b";", least=2, most=2)
PLAIN = b'1;a\r\n"2";"b;""c""\r\n"\n3;"d\re"\r4;\n'


def proof(text: bytes, size: int = 1000, width: int = 2) -> Proof:
    return certify(np.frombuffer(text, np.uint8), 0, 10, size, grammar=GRAMMAR, width=width)


def test_it_proves_a_plain_text_to_its_end() -> None:
    found = proof(PLAIN)
    assert (found.end, found.end_line) == (len(PLAIN), 16)
    assert found.starts.tolist() == [0, 5, 21, 29]
    assert found.lines.tolist() == [10, 11, 13, 15]
    assert not found.odd.any()


def test_it_proves_a_last_line_without_end() -> None:
    assert proof(PLAIN + b"5;f").end == len(PLAIN) + 3


@pytest.mark.parametrize("cut", range(1, len(PLAIN)))
def test_it_proves_whole_records_only(cut: int) -> None:
    found = proof(PLAIN, cut)
    assert found.end in (0, 5, 21, 29)
    assert found.end <= cut


@pytest.mark.parametrize("wrong", [b'5;5" pipe\n', b'5;"a"b\n', b'5;"a\n', b'"5" ;a\n', b'5; "a"\n', b'5;"a\n";b\n'])
def test_it_stops_before_a_record_that_is_not_plain(wrong: bytes) -> None:
    assert proof(PLAIN + wrong + PLAIN).end == len(PLAIN)


@pytest.mark.parametrize("odd", [b"5\n", b"5;6;7\n", b"\r\n", b" ;\t\n", b"5;\0\n", b"5;\xff\n", b"\xef\xbb\xbf5;a\n"])
def test_it_goes_on_behind_a_record_that_is_odd_but_has_certain_bounds(odd: bytes) -> None:
    found = proof(PLAIN + odd + PLAIN)
    assert found.end == 2 * len(PLAIN) + len(odd)
    assert np.flatnonzero(found.odd).tolist() == [4]


def test_it_takes_the_usual_empty_cells_beyond_the_header_for_plain() -> None:
    found = proof(b'1;a;;\r\n2;"b";;\n3;c\n4;d;;x\n5;e;x;\n6;f;"";\n', width=4)
    assert found.odd.tolist() == [False, False, True, True, True, True]
