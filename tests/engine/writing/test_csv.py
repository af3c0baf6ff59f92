import csv as standard
from collections.abc import Iterator
from io import StringIO

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.writing.csv import CLEAN, PLAIN, SPREADSHEET, write

text = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def test_it_writes_what_a_spreadsheet_opens() -> None:
    frame = pl.DataFrame({"id": ["1", "2"], "zip": ["0150", None], "note": ['say "hi"; bye', "two\nlines"]})
    written = b"".join(write([frame], headers=["CustomerID", "ZipCode", "InternalNote"], form=SPREADSHEET))
    assert written == (
        b'\xef\xbb\xbfCustomerID;ZipCode;InternalNote\r\n1;"\t0150";"say ""hi""; bye"\r\n2;;"two\nlines"\r\n'
    )


def test_it_writes_values_as_they_are_when_plain() -> None:
    written = b"".join(write([pl.DataFrame({"a": ["=1+1"], "b": ["0150"]})], headers=["a", "b"], form=PLAIN))
    assert written == b"\xef\xbb\xbfa;b\r\n=1+1;0150\r\n"


def test_it_takes_one_block_at_a_time() -> None:
    taken = 0

    def blocks() -> Iterator[pl.DataFrame]:
        nonlocal taken
        for _ in range(3):
            taken += 1
            yield pl.DataFrame({"a": ["x"]})

    pieces = write(blocks(), headers=["a"], form=CLEAN)
    assert next(pieces) == b"a\n"
    assert taken == 0
    assert next(pieces) == b"x\n"
    assert taken == 1
    assert b"".join(pieces) == b"x\nx\n"


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(text, min_size=width, max_size=width), min_size=1)))
def test_it_is_read_back_cell_by_cell(rows: list[list[str]]) -> None:
    headers = [f"h{i}" for i in range(len(rows[0]))]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")
    for form in (CLEAN, PLAIN):
        written = b"".join(write([frame], headers=headers, form=form)).decode("utf-8-sig")
        read = standard.reader(StringIO(written, newline=""), delimiter=form.separator, strict=True)
        assert list(read) == [headers, *rows]
