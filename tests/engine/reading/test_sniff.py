"""How separator and header are found."""

from __future__ import annotations

import pytest

from kundekort.engine.reading.sniff import HeaderPosition, find_header

HEADERS = {"CustomerID", "FirstName", "Name", "Email"}


def layout(text: str) -> HeaderPosition:
    found = find_header(text.encode(), known=HEADERS.__contains__)
    assert found is not None
    return found


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_it_finds_the_separator_under_which_the_header_means_something(separator: str) -> None:
    found = layout(separator.join(["CustomerID", "FirstName", "x"]) + "\n1;a,b|c\td;e,f|g\th\n")
    assert (found.separator, found.line, found.headers) == (separator, 1, ("CustomerID", "FirstName", "x"))


def test_it_prefers_meaning_to_structure() -> None:
    found = layout("Name;Address\n" + "Hansen, Kari, Oslo;x\n" * 30)
    assert found.separator == ";"


@pytest.mark.parametrize("first", ["sep=,", '"sep=,"', "SEP=,", "sep=,,,"])
def test_it_obeys_and_skips_a_sep_line(first: str) -> None:
    found = layout(f"{first}\r\na;b,c\r\n1;2,3\r\n")
    assert (found.separator, found.line, found.headers, found.body_line) == (",", 2, ("a;b", "c"), 3)


def test_it_finds_the_header_below_a_sep_line_and_a_title() -> None:
    found = layout("sep=;\r\nKunder per 1. mai\r\n\r\nCustomerID;FirstName\r\n1;Kari\r\n")
    assert (found.separator, found.line, found.body_line) == (";", 4, 5)


def test_it_finds_a_known_header_below_titles_with_separators_in_them() -> None:
    found = layout("Rapport, utskrift; 2026\nSal A;Sal B;Sal C\n\nCustomerID;Email\n1;a@b.no\n")
    assert (found.separator, found.line) == (";", 4)


@pytest.mark.parametrize(
    "text",
    [
        "nr;kanal;by\n1;Email;Oslo\n",
        "CustomerID;kanal;reserve\n1;Email;Name\n",
        "nr;kanal\n1;Email\n",
    ],
)
def test_it_does_not_take_a_row_for_the_header_because_a_cell_sounds_like_one(text: str) -> None:
    assert layout(text).line == 1


def test_it_counts_the_lines_of_quoted_titles_and_headers() -> None:
    found = layout('"Kunder\n2026"\nCustomerID;"First\nName"\n1;a\n')
    assert (found.line, found.headers, found.body_line) == (3, ("CustomerID", "First\nName"), 5)


def test_it_skips_a_title_above_an_unknown_table_of_three_columns() -> None:
    assert layout("Medlemsliste\n\nnr;navn;by\n1;a;b\n2;c;d\n").line == 3


def test_it_skips_a_title_with_separators_above_an_unknown_table_that_is_much_wider() -> None:
    found = layout("Kunder; uke 5\nnr;navn;by;land;x\n" + "1;a;b;c;d\n" * 9)
    assert (found.separator, found.line) == (";", 2)
    assert layout("navn;telefon;x\n" + "a;b;c;d\n" * 9).line == 1


def test_it_does_not_take_the_header_of_a_single_column_for_a_title() -> None:
    found = layout("Adresse\n" + "Storgata 1, Oslo\n" * 5)
    assert (found.line, found.separator, found.headers) == (1, ";", ("Adresse",))


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,0;x\n", ";"),
        ("a,b,c\n1;5,2;5,3\n", ","),
        ("navn\tby\nHansen, Ola\tOslo\nNilsen, Åse\tBergen\n", "\t"),
        ("a|b|c\n1|2,3|4\n", "|"),
        ('a,b\n"x;y;z","1;2"\n', ","),
        ("a,b,c\n1,2,3,\n4,5,6,\n", ","),
        ("nr,navn,,by\n" + "1,Kari,Oslo\n" * 9, ","),  # a header that is too wide
        ("navn;by;land\n" + "1;Kari;Oslo;NO\n" * 9, ";"),  # one without a name for the first column
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,0;3,1\n", ";"),  # rows that are alike under a comma, below a header without any
        ("Navn, adresse;By;Pris\n" + "Kari, Storgata;Oslo;1,5\n" * 9, ";"),
    ],
)
def test_it_finds_the_separator_of_an_unknown_table_by_structure(text: str, separator: str) -> None:
    assert layout(text).separator == separator


def test_it_finds_no_layout_where_nothing_is_written() -> None:
    assert find_header(b" \n\r\n;;\n", known=HEADERS.__contains__) is None
