import csv as standard
from collections.abc import Iterator
from io import StringIO

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.writing.csv import CLEAN, PLAIN, SPREADSHEET, Form, write
from kundekort.engine.writing.spreadsheet_safe import at_risk

NASTY = [
    *("", " ", "0", "0150", "12", "12345678901", "123456789012", "+4791234567", "1990-05-17", "12 mai", "Storgata 12"),
    *(
        'say "hi"',
        '"',
        "a;b",
        "a,b",
        "two\nlines",
        "\r",
        "\r\n",
        "tab\there",
        "\t",
        "=1+1",
        "=A1\nx",
        '="a;b"',
        "+",
        "-5 %",
    ),
    *(
        "@x",
        "#N/A",
        "'quoted",
        "＝1",
        "true",
        "SANN",
        "½",
        "１２",
        "😀",
        "😀 12",
        "é1",
        "a|b",
        "nb",
        "\\N",
        "\\.",
        "1E5",
        "null",
    ),
]
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


def slowly(rows: list[list[str | None]], form: Form) -> bytes:
    """The same file, cell by cell."""

    def cell(value: str) -> str:
        if form.protected and at_risk(pl.Series([value])).item():
            value = "\t" + value
        bare = not set(value) & {form.separator, '"', "\t", "\r", "\n"} and (value or len(rows[0]) > 1)
        return value if bare else '"' + value.replace('"', '""') + '"'

    return "".join(form.separator.join(cell(value or "") for value in row) + form.line_end for row in rows).encode()


@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.sampled_from(NASTY) | st.none() | text, min_size=width, max_size=width), min_size=1, max_size=12
        )
    )
)
def test_it_writes_the_bytes_that_a_slow_and_simple_writer_does(rows: list[list[str | None]]) -> None:
    headers = [f"h{i}" for i in range(len(rows[0]))]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")
    for form in (CLEAN, PLAIN, SPREADSHEET):
        head, *lines = write([frame, frame.clear(), frame], headers=headers, form=form)
        assert b"".join(lines) == slowly(rows, form) * 2


def test_it_does_so_whatever_the_first_cells_of_a_long_column_are() -> None:
    long = 300
    columns = {
        **{
            f"few {n}": [first] * long + [odd]
            for n, (first, odd) in enumerate([("1", "0150"), ("NO", "=1"), ("a", ";")])
        },
        **{
            f"many {n}": [f"{first}{i:03}x" for i in range(long)] + [odd]
            for n, (first, odd) in enumerate([("", '"'), ("a", "12 mai")])
        },
        "words": [chr(97 + i % 26) * (3 + i) for i in range(long)] + ["1990-05-17"],
        "none": ["", "nb"] * (long // 2) + [""],
    }
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    for form in (CLEAN, PLAIN, SPREADSHEET):
        _, *lines = write([pl.DataFrame(columns)], headers=list(columns), form=form)
        assert b"".join(lines) == slowly(rows, form)


def test_it_writes_whole_numbers_as_text_of_them() -> None:
    numbers = {
        "safe": [0, 12, 99_999_999_999],
        "long": [1, 2, 100_000_000_000],
        "below": [-1, 0, 1],
        "gone": [1, None, 3],
    }
    rows = [["" if n is None else str(n) for n in row] for row in zip(*numbers.values(), strict=True)]
    for width in (4, 1):
        frame = pl.DataFrame(numbers)[:, -width:]
        for form in (CLEAN, PLAIN, SPREADSHEET):
            _, *lines = write([frame], headers=frame.columns, form=form)
            assert b"".join(lines) == slowly([row[-width:] for row in rows], form)
