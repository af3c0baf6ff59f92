"""Marks of other programs around and inside values: read as meant, or told."""

from __future__ import annotations

import polars as pl
import pytest

from kundekort.engine.marks import as_meant
from kundekort.engine.reading.reader import open_source
from kundekort.engine.values import canonical
from kundekort.engine.writing import csv


def table(content: str | bytes) -> tuple[tuple[str, ...], list[list[str]], list[tuple[int, str]]]:
    """The headers of a file, its cells by row, and the lines and codes of its problems."""
    data = content.encode() if isinstance(content, str) else content
    source = as_meant(open_source(data, known=lambda header: header.strip("'“”") in ("CustomerID", "Name")))
    blocks = list(source.blocks())
    cells = pl.concat([block.cells for block in blocks]).drop("_row", "_line")
    problems = pl.concat([block.problems for block in blocks])
    return source.headers, [list(row) for row in cells.rows()], list(problems.select("_line", "code").rows())


def test_it_takes_away_what_keeps_a_spreadsheet_from_counting() -> None:
    content = 'CustomerID;Name\n1;="0012"\n2;"=""0013"""\n3;\'0014\n4;\'-5 %\n5;\'=1+1\n6;\'+47 912\n'
    assert [row[1] for row in table(content)[1]] == ["0012", "0013", "0014", "-5 %", "=1+1", "+47 912"]


@pytest.mark.parametrize("value", ["'quoted", "'", "'t Hooft", "'68-generasjonen", '=CONCAT("a";"b")', "“Teater”"])
def test_it_leaves_other_apostrophes_and_quotes_alone(value: str) -> None:
    escaped = value.replace('"', '""')
    assert table(f'CustomerID;Name\n1;"{escaped}"\n')[1:] == ([["1", value]], [])


@pytest.mark.parametrize("value", ['="0012"', "'0012", "'=1+1", "'=SUM(A)", "'@x", "'+x", "'quoted"])
def test_an_export_comes_back_exactly(value: str) -> None:
    frame = pl.DataFrame({"CustomerID": ["1"], "Name": [value], "Version": ["1"]})
    for form in (csv.SPREADSHEET, csv.PLAIN):
        data = b"".join(csv.write([frame], headers=tuple(frame.columns), form=form))
        assert canonical.clean(pl.Series([row[1] for row in table(data)[1]])).to_list() == [value]
    bare = b"".join(csv.write([frame.drop("Version")], headers=("CustomerID", "Name"), form=csv.SPREADSHEET))
    assert canonical.clean(pl.Series([row[1] for row in table(bare)[1]])).to_list() == [value]


@pytest.mark.parametrize("quotes", ["“”", "„“", "‘’", "«»", "''"])
def test_it_tells_of_a_cell_that_foreign_quotes_do_not_hold_together(quotes: str) -> None:
    a, b = quotes
    content = f"CustomerID;Name;City\n1;{a}Oslo; Bø{b}\n2;{a}Voss{b};Bø\n3;{a}Voss;Bø\n"
    assert table(content)[2] == [(2, "quotes_foreign")]


def test_quotes_by_themselves_hold_nothing() -> None:
    assert table("CustomerID;Name;City\n1;';'\n2;«;»\n3;'a;'b\n")[2] == []


def test_it_reads_a_file_whose_quotes_are_all_single() -> None:
    headers, rows, problems = table("'CustomerID';'Name'\n'1';'Ola'\n'2';'O'Brien'\n'3';''\n")
    assert (headers, problems) == (("CustomerID", "Name"), [])
    assert rows == [["1", "Ola"], ["2", "O'Brien"], ["3", ""]]


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\r\n\x1a\x1a\r\n"])
def test_it_knows_the_mark_that_ended_files_once(end: str) -> None:
    _, rows, problems = table(f"CustomerID;Name\r\n1;Kari{end}")
    assert (len(rows), problems) == (1, [])
    assert canonical.clean(pl.Series([rows[0][1]])).to_list() == ["Kari"]
    assert table(f"Name\r\nKari\r\n{end}".replace("Kari\r\n\r\n", "Kari\r\n"))[1][0][0].startswith("Kari")


def test_it_reads_line_ends_that_were_doubled() -> None:
    content = 'CustomerID;Name\r\r\n1;"a\r\r\nb"\r\r\n2;c\r\r\n'
    _, rows, problems = table(content)
    assert canonical.clean(pl.Series([row[1] for row in rows])).to_list() == ["a\nb", "c"]
    assert problems == []
    assert table("CustomerID;Name\r\n1;a\r\r\n2;b\r\n")[1] == [["1", "a"], ["2", "b"]]


def test_it_reads_blanks_behind_separators() -> None:
    assert table('CustomerID, Name\n1, "Oslo, Bø"\n2, Voss\n')[1] == [["1", "Oslo, Bø"], ["2", " Voss"]]


def test_marks_inside_words_do_not_count() -> None:
    texts = pl.Series(["Zo\u200bë", "Mül\u00adler", "Kjær\ufeffgaard", "a\u2060b", "👩\u200d👧", "a\u200fb"])
    assert canonical.clean(texts).to_list() == ["Zoë", "Müller", "Kjærgaard", "ab", "👩\u200d👧", "a\u200fb"]
