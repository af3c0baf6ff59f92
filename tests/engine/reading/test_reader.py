"""What the reader makes of files as people have them."""

from __future__ import annotations

import json
from mmap import ACCESS_READ, mmap
from pathlib import Path

import polars as pl
import pytest

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Preamble, TextLine
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.reader import open_source, read
from kundekort.engine.reading.table import Limits, Table
from kundekort.engine.recipe import DialectOverrides

HEADERS = {"CustomerID", "FirstName", "LastName", "Email", "City"}


def table(data: bytes | str, **options: object) -> Table:
    return read(data.encode() if isinstance(data, str) else data, known=HEADERS.__contains__, **options)


def cells(found: Table) -> list[tuple[str | None, ...]]:
    return found.cells.drop(frames.ROW, frames.LINE).rows()


def problems(found: Table) -> list[tuple[int, str]]:
    return found.problems.select(frames.LINE, "code").rows()


def refusal(data: bytes | str, **options: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(FileRefused) as refused:
        table(data, **options)
    return refused.value.code, refused.value.params


def test_it_gives_every_row_with_its_number_and_line() -> None:
    found = table('CustomerID;FirstName\r\n1;Kari\r\n\r\n2;"Åse\r\nMarie"\r\n ;\r\n3; Ola \r\n')
    assert found.cells.columns == [frames.ROW, frames.LINE, "c0", "c1"]
    assert found.cells.schema[frames.ROW] == found.cells.schema[frames.LINE] == pl.UInt32
    assert found.cells.rows() == [(0, 2, "1", "Kari"), (1, 4, "2", "Åse\r\nMarie"), (2, 7, "3", " Ola ")]
    assert found.headers == ("CustomerID", "FirstName")
    assert found.blank_rows == 2
    assert found.problems.schema == frames.PROBLEMS
    assert found.problems.is_empty()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_counts_every_kind_of_line_end_as_one_line(end: str) -> None:
    found = table(end.join(["CustomerID;FirstName", "1;a", f'2;"x{end}y"', "3;c"]))
    assert found.cells[frames.LINE].to_list() == [2, 3, 5]
    assert cells(found) == [("1", "a"), ("2", f"x{end}y"), ("3", "c")]


def test_it_reads_mixed_line_ends() -> None:
    found = table("CustomerID;FirstName\n1;a\r\n2;b\r3;c\n")
    assert found.cells[frames.LINE].to_list() == [2, 3, 4]


def test_it_gives_one_bad_row_one_problem_and_goes_on() -> None:
    found = table(
        b'CustomerID;FirstName;City\r\n1\r\n2;a;b;c\r\n3;"a;b\r\n4;"a"b;c\r\n5;a\0;b\r\n6;\xff;b\r\n7;\xc3\xa6;b\r\n'
    )
    codes = ["row_too_short", "row_too_long", "unclosed_quote", "text_after_quote", "nul_byte", "undecodable"]
    assert problems(found) == list(zip(range(2, 8), codes, strict=True))
    assert found.problems["field"].null_count() == 6
    assert found.problems[frames.ROW].to_list() == [0, 1, 2, 3, 4, 5]
    assert json.loads(found.problems["params"][0]) == {"cells": 1, "expected": 3}
    assert found.problems["value"][1] == "2;a;b;c"
    assert cells(found) == [
        ("1", None, None),
        ("2", "a", "b"),
        ("3", '"a', "b"),
        ("4", '"a"b', "c"),
        ("5", "a\0", "b"),
        ("6", "\ufffd", "b"),
        ("7", "æ", "b"),
    ]


def test_it_shows_at_most_200_characters_of_a_bad_row() -> None:
    assert len(table("CustomerID;FirstName\n1" + "å" * 500 + "\n2;b\n").problems["value"][0]) == 200


@pytest.mark.parametrize(
    "body",
    [
        '1;"Kari;Oslo\n2;Ola;Oslo\n3;Åse;Oslo\n',  # never closed
        '1;"Kari;Oslo\n2;"Ola";Oslo\n3;Åse;Oslo\n',  # closed in front of text, a line later
        '1;"Kari;Oslo\n2;Ola;5"\n3;Åse;Oslo\n',  # closed by a stray quote, which makes a row of two cells
        '1;Kari;"Oslo\n2;"""";Oslo\n3;Åse;Oslo\n',
    ],
)
def test_it_lets_an_unclosed_quote_cost_its_own_row_only(body: str) -> None:
    found = table("CustomerID;FirstName;City\n" + body)
    assert problems(found) == [(2, "unclosed_quote")]
    assert found.cells["c0"].to_list() == ["1", "2", "3"]


def test_it_finds_whole_rows_behind_a_lost_quote_by_the_width_of_its_row() -> None:
    header = "CustomerID;" + ";".join(f"h{n}" for n in range(9))
    rows = [f"{n};a;b;c;d;e;f;g;h;i" for n in range(1, 6)]
    rows[1], rows[3] = '2;"a;b;c;d;e;f;g;h;i', '4;a;rør 5";c;d;e;f;g;h;i'
    found = table("\n".join([header, *rows]))
    assert problems(found) == [(3, "unclosed_quote")]
    assert found.cells["c0"].to_list() == ["1", "2", "3", "4", "5"]


def test_it_keeps_a_long_note_that_is_well_quoted_in_a_row_that_is_too_short() -> None:
    found = table('CustomerID;FirstName;City\n1;"line\nline"\n2;a;b\n')
    assert problems(found) == [(2, "row_too_short")]
    assert cells(found)[0] == ("1", "line\nline", None)


@pytest.mark.parametrize(
    ("row", "expected", "code"),
    [
        ('1;"Kari "Ka" N";Oslo;VIP', ("1", 'Kari "Ka" N', "Oslo", "VIP"), "text_after_quote"),
        ('1;"Kari \\"Ka\\" N";Oslo;VIP', ("1", 'Kari \\"Ka\\" N', "Oslo", "VIP"), "text_after_quote"),
        ('"1";"Ka"ri";"Oslo; sentrum";"VIP"', ("1", 'Ka"ri', "Oslo; sentrum", "VIP"), "text_after_quote"),
        ('"1";"Kari";""";"VIP"', ("1", "Kari", '"""', "VIP"), "text_after_quote"),
        ('1;"Kari;"Oslo; sentrum";VIP', ("1", '"Kari', "Oslo; sentrum", "VIP"), "text_after_quote"),
        ('1;"Kari;Oslo;VIP', ("1", '"Kari', "Oslo", "VIP"), "unclosed_quote"),
        ('1;Kari"Oslo; sentrum";VIP', ("1", "Kari", "Oslo; sentrum", "VIP"), "separator_missing"),
        ('1;Kari";"Oslo";VIP', ("1", 'Kari"', "Oslo", "VIP"), "unopened_quote"),
    ],
)
def test_it_reads_a_row_with_broken_quotes_as_it_was_meant_and_tells(row: str, expected: object, code: str) -> None:
    found = table(f"CustomerID;FirstName;City;Tags\n{row}\n2;Ola;Voss;\n")
    assert problems(found) == [(2, code)]
    assert cells(found) == [expected, ("2", "Ola", "Voss", "")]


def test_it_never_cuts_a_row_anew_only_because_its_width_is_wrong() -> None:
    found = table('CustomerID;FirstName;City\n1;"Kari; Ola"\n2;5" rør;10" rør;x\n')
    assert cells(found) == [("1", "Kari; Ola", None), ("2", '5" rør', '10" rør')]
    assert problems(found) == [(2, "row_too_short"), (3, "row_too_long")]


def test_it_leaves_a_row_that_rfc_4180_allows_whatever_its_letters_are() -> None:
    found = table('CustomerID;City;x\n1;"x;a";"a"""\n2;"x""y";"z""w"\n')
    assert found.problems.is_empty()
    assert cells(found) == [("1", "x;a", 'a"'), ("2", 'x"y', 'z"w')]


def test_it_sees_rows_between_two_lost_quotes_in_the_same_column() -> None:
    rows = ['1;Kari;"Gata 1;Oslo;x', "2;Ola;Gata 2;Oslo;y", '3;Per;Gata 3";Oslo;z', "4;Eva;Gata 4;Oslo;w"]
    found = table("CustomerID;FirstName;Address;City;Tags\n" + "\n".join(rows))
    assert found.cells["c0"].to_list() == ["1", "2", "3", "4"]
    assert problems(found) == [(2, "unclosed_quote"), (3, "between_quotes"), (4, "between_quotes")]


def test_it_cuts_no_record_of_a_file_that_an_export_of_ours_may_be() -> None:
    note = "Se her;x;y\n2;Ola;Gata 2;Oslo;y\n3;Per;Gata 3"
    body = f'1;Kari;"{note}";Oslo;x\n'
    found = table("CustomerID;FirstName;InternalNote;City;Version\n" + body)
    assert (found.problems.is_empty(), found.cells["c2"].to_list()) == (True, [note])
    told = table("CustomerID;FirstName;InternalNote;City;Tags\n" + body)  # of others, all rows that it may be are told
    assert [line for line, _ in problems(told)] == [2, 3, 4]


def test_it_keeps_a_note_with_rows_pasted_into_it() -> None:
    note = "1;Kari;Gata 1;Oslo;x\n2;Ola;Gata 2;Oslo;y"
    found = table(f'CustomerID;FirstName;Address;City;Tags\n1;Kari;"{note}";Oslo;x\n')
    assert found.problems.is_empty()
    assert found.cells["c2"].to_list() == [note]


def test_it_tells_what_is_above_the_header() -> None:
    found = table("Kunder per 1. mai\n\n;;\nSal A\nCustomerID;FirstName\n1;a\n")
    assert found.preamble == Preamble((TextLine(1, "Kunder per 1. mai"), TextLine(4, "Sal A")), 2)
    assert table("sep=;\nCustomerID;FirstName\n1;a\n").preamble == Preamble()
    assert table("sep=;\nTittel\n\nCustomerID;FirstName\n1;a\n").preamble.lines == (TextLine(2, "Tittel"),)


@pytest.mark.parametrize(
    ("header", "names", "code"),
    [
        ('CustomerID;"FirstName;City', ("CustomerID", '"FirstName', "City"), "unclosed_quote"),
        ('CustomerID;"FirstName"x;City', ("CustomerID", '"FirstName"x', "City"), "text_after_quote"),
        ("CustomerID;First\0Name;City", ("CustomerID", "First\0Name", "City"), "nul_byte"),
    ],
)
def test_it_tells_what_is_wrong_with_the_header(header: str, names: object, code: str) -> None:
    found = table(f'{header}\n1;Kari;Oslo\n2;Ola;"Voss"\n')
    assert found.headers == names
    assert found.preamble == Preamble(header=TextLine(1, header, code))
    assert found.cells["c0"].to_list() == ["1", "2"]


def test_it_takes_a_stray_quote_for_a_letter() -> None:
    found = table('CustomerID;City\n1;5" rør\n2;rør 5"\n3;a""b\n')
    assert found.cells["c1"].to_list() == ['5" rør', 'rør 5"', 'a""b']
    assert found.problems.is_empty()


def test_it_takes_blanks_around_a_quoted_cell_for_layout() -> None:
    found = table('CustomerID, City, LastName\n1, "Oslo, Norway" , "N ""x"""\n2, Bergen, N\n')
    assert cells(found) == [("1", "Oslo, Norway", 'N "x"'), ("2", " Bergen", " N")]
    assert found.problems.is_empty()


def test_it_does_not_count_empty_cells_beyond_the_header_where_most_rows_have_them() -> None:
    found = table("CustomerID;FirstName\n1;a;;\n2;b\n3;c;;x\n4;d;;\n5;e;;\n6;f;;;\n")
    assert cells(found) == [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"), ("5", "e"), ("6", "f")]
    assert problems(found) == [(4, "row_too_long"), (7, "row_too_long")]


def test_it_sees_a_row_that_a_stray_separator_has_shifted_though_its_last_cell_is_empty() -> None:
    found = table("CustomerID;Address;City;Tags\n1;Storgata 7; leil. 3;Oslo;\n2;Storgata 8;Voss;VIP\n")
    assert problems(found) == [(2, "row_too_long")]
    alone = table("CustomerID;Address;City;Tags\n1;Storgata 7; leil. 3;Oslo;\n")
    assert problems(alone) == [(2, "row_too_long")]


def test_it_does_not_ask_for_cells_under_headers_without_a_name() -> None:
    found = table("CustomerID;FirstName;;\n1;a;;\n2;b\n3\n4;d;e\n")
    assert found.headers == ("CustomerID", "FirstName", "", "")
    assert problems(found) == [(4, "row_too_short")]
    assert cells(found)[3] == ("4", "d", "e", None)


def test_it_reads_a_file_of_one_column() -> None:
    found = table("Email\nola@example.no\n\n  kari@example.no;\n")
    assert found.cells["c0"].to_list() == ["ola@example.no", "  kari@example.no"]
    assert found.blank_rows == 1
    assert found.problems.is_empty()


def test_it_reads_a_cell_of_ten_megabytes() -> None:
    note = 'x"\n' * 3_500_000
    text = 'CustomerID;FirstName\n1;"' + note.replace('"', '""') + '"\n2;b\n'
    found = table(text, limits=Limits(cell=len(note)))
    assert found.cells["c1"].to_list() == [note, "b"]
    assert found.cells[frames.LINE].to_list() == [2, 3_500_003]
    assert refusal(text, limits=Limits(cell=len(note) - 1)) == ("cell_too_long", {"line": 2, "limit": len(note) - 1})


def test_it_keeps_a_cell_that_looks_like_null_or_starts_like_a_byte_order_mark() -> None:
    values = ["NULL", "NA", "nan", '""', "\ufeffx", "#N/A", "-", "007"]
    found = table("CustomerID;City\n" + "".join(f"\ufeff{n};{value}\n" for n, value in enumerate(values)))
    assert found.cells["c1"].to_list() == [value if value != '""' else "" for value in values]
    assert found.cells["c0"][0] == "\ufeff0"


def test_it_reads_a_mapped_file(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes(b"CustomerID;FirstName\n1;a\n")
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
        assert cells(read(mapped, known=HEADERS.__contains__)) == [("1", "a")]


def test_it_refuses_a_file_without_rows() -> None:
    assert refusal("") == ("file_empty", {})
    assert refusal("\ufeff\r\n ; ;\r\n") == ("file_empty", {})
    assert refusal("CustomerID;FirstName\n;\n\n") == ("header_only", {})


def test_it_refuses_what_is_over_the_limits() -> None:
    small = Limits(bytes=40, rows=2, columns=3)
    assert refusal("x" * 41, limits=small) == ("file_too_large", {"size": 41, "limit": 40})
    assert refusal("CustomerID\n1\n2\n3\n", limits=small) == ("too_many_rows", {"limit": 2})
    assert refusal("CustomerID;a;b;c\n1;2;3;4", limits=small) == ("too_many_columns", {"columns": 4, "limit": 3})
    assert table("CustomerID;a;b;;;;\n1;2;3\n4;5;6;;;;\n", limits=small).headers == ("CustomerID", "a", "b")


def test_it_says_of_every_block_how_far_it_is_and_begins_anew_when_asked_again() -> None:
    data = ("CustomerID;FirstName\n" + "1;abc\n" * 3_000).encode()
    source = open_source(data, known=lambda header: True, pace=Pace(most=500, batch=1_000))
    done = [block.done for block in source.blocks()]
    assert len(done) > 10
    assert done == sorted(done)
    assert done[-1] == source.size == len(data)
    assert done == [block.done for block in source.blocks()]


def test_it_keeps_everything_for_who_wants_the_table_as_it_is() -> None:
    found = table("a,b\n1,2,3,\n4\n5,6\n", as_is=True)
    assert found.headers == ("a", "b", "")
    assert cells(found) == [("1", "2", "3"), ("4", None, None), ("5", "6", None)]
    assert problems(found) == [(2, "row_too_long"), (3, "row_too_short")]
    assert table("a,b\n", as_is=True).headers == ("a", "b")


def test_it_obeys_what_a_person_has_chosen() -> None:
    found = table(
        "skip\nCustomerID;FirstName\na,b\n1,æ\n".encode("cp1252"),
        overrides=DialectOverrides(encoding="iso-8859-1", separator=",", header_row=3),
    )
    assert found.headers == ("a", "b")
    assert cells(found) == [("1", "æ")]
    assert (found.dialect.encoding, found.dialect.separator, found.dialect.header_row) == ("iso-8859-1", ",", 3)
    assert refusal("CustomerID\n1\n", overrides=DialectOverrides(header_row=9)) == ("header_only", {})
