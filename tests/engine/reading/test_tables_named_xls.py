"""Web pages and XML that programs write and call .xls are read as the tables they are."""

from __future__ import annotations

import pytest

from kundekort.engine import frames
from kundekort.engine.recipe import DialectOverrides
from tests.engine.reading.test_workbook import HEADER, cells, refusal, table

HEAD = "<tr><th>CustomerID</th><th>FirstName</th></tr>"


def page(*rows: str, before: str = "<html><body>", table: str = "<table>") -> bytes:
    return f"{before}{table}{HEAD}{''.join(rows)}</table></body></html>".encode()


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ("<tr><td>7</td><td>Åse &amp; Co</td></tr>", ("7", "Åse & Co")),
        ("<TR><TD ALIGN=right>7<TD>Åse", ("7", "Åse")),
        ("<tr><td>7</td><td>  one\n two<br>three </td></tr>", ("7", "one two\nthree")),
        ("<tr><td>7</td><td><p>one</p><p><b>tw</b>o</p></td></tr>", ("7", "one\ntwo")),
        ("<tr><td>7</td><td>&nbsp;</td></tr>", ("7", "")),
        ("<tr><td>0007</td><td>&lt;b&gt;&#229;</td></tr>", ("0007", "<b>å")),
        ('<tr><td x:num="479123456">4,79E+08</td><td x:num="32966">03.04.1990</td></tr>', ("479123456", "03.04.1990")),
        ("<tr><td>7</td><td>a<script>alert(1)</script><style>b{}</style></td></tr>", ("7", "a")),
        ('<tr><td>7</td><td><a href="mailto:x">x@example.no</a></td></tr>', ("7", "x@example.no")),
    ],
)
def test_a_cell_is_what_the_page_shows(row: str, texts: tuple[str, str]) -> None:
    assert cells(table(page(row))) == [texts]


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0"?>\n<!-- x --><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html>',
        '\ufeff<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head>',
        "<style>td{mso-number-format:'\\@'}</style>",
        "",
    ],
)
def test_pages_begin_in_many_ways(before: str) -> None:
    found = table(page("<tr><td>1</td><td>Åse</td></tr>", before=before))
    assert (cells(found), found.dialect.encoding, found.dialect.sheet) == ([("1", "Åse")], "xlsx", "1")


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "utf-8-sig", "iso-8859-1"])
def test_a_page_is_read_in_its_encoding(encoding: str) -> None:
    declared = f'<html><meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
    text = page("<tr><td>1</td><td>Åse Ødegård</td></tr>", before=declared).decode()
    assert cells(table(text.encode(encoding))) == [("1", "Åse Ødegård")]


def test_a_page_that_says_nothing_is_windows_1252_or_utf_8() -> None:
    text = page("<tr><td>1</td><td>Åse</td></tr>").decode()
    assert cells(table(text.encode("cp1252"))) == cells(table(text.encode())) == [("1", "Åse")]


@pytest.mark.parametrize("before", ["<html>", "<html><meta charset=utf-8>"])
@pytest.mark.parametrize("codec", ["cp1252", "cp850"])
def test_a_page_that_is_not_the_utf8_it_should_be_is_read_by_its_letters(before: str, codec: str) -> None:
    data = page("<tr><td>1</td><td>Bjørn Åse Kåre</td></tr>", before=before).decode().encode(codec)
    assert cells(table(data)) == [("1", "Bjørn Åse Kåre")]


def test_a_broken_letter_is_no_other_encoding() -> None:
    data = page("<tr><td>1</td><td>Bjørn</td></tr>").replace(b"Bj", b"\xf8j")
    assert cells(table(data)) == [("1", "\ufffdjørn")]


def test_the_table_that_names_fields_is_taken_also_inside_another() -> None:
    inner = page("<tr><td>1</td><td>Kari</td></tr>").decode()
    layout = f"<table><tr><td>Menu</td><td>{inner}</td></tr><tr><td>Foot</td></tr></table>"
    found = table(layout.encode())
    assert (found.dialect.sheet, cells(found)) == ("2", [("1", "Kari")])
    assert found.sheets == ("1", "2")
    outer = table(layout.encode(), overrides=DialectOverrides(sheet="1"), as_is=True)
    assert outer.headers[0] == "Menu"


def test_spans() -> None:
    found = table(page('<tr><td rowspan="2">1</td><td>a</td></tr><tr><td>b</td></tr><tr><td colspan=2>2</td></tr>'))
    assert cells(found) == [("1", "a"), ("1", "b"), ("2", "")]
    right = table(page('<tr><td>1</td><td rowspan="2">a</td></tr><tr><td>2</td></tr>'))
    assert cells(right) == [("1", "a"), ("2", "a")]


def test_rows_that_do_not_show_are_hidden() -> None:
    data = page('<tr style="Display: none"><td>1</td></tr><tr><td>2</td></tr>')
    assert cells(table(data, overrides=DialectOverrides(visible_only=True))) == [("2", "")]


def test_a_page_without_a_table_is_refused_by_name() -> None:
    assert refusal(b"<!DOCTYPE html><html><body>Log in</body></html>") == ("file_binary", {"kind": "html"})
    assert refusal(b"<?xml version='1.0'?><customers><c/></customers>") == ("file_binary", {"kind": "xml"})


BOOK = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="z"><NumberFormat ss:Format="0000"/></Style></Styles>
<Worksheet ss:Name="Les meg"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Kunder"><Table><Column ss:Width="9"/>
<Row ss:Index="3"><Cell><Data ss:Type="String">CustomerID</Data></Cell><Cell><Data ss:Type="String">FirstName</Data>
</Cell></Row>{}</Table><WorksheetOptions/></Worksheet></Workbook>"""


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<Cell><Data ss:Type="String">Åse &amp; Co&#10;x</Data></Cell>', "Åse & Co\nx"),
        ('<Cell ss:StyleID="z"><Data ss:Type="Number">150</Data></Cell>', "0150"),
        ('<Cell><Data ss:Type="Number">4791234567</Data></Cell>', "4791234567"),
        ('<Cell><Data ss:Type="Number">1.1000000000000001</Data></Cell>', "1.1"),
        ('<Cell><Data ss:Type="DateTime">1990-04-03T00:00:00.000</Data></Cell>', "1990-04-03"),
        ('<Cell><Data ss:Type="DateTime">1990-04-03T12:30:00.000</Data></Cell>', "1990-04-03 12:30:00"),
        ('<Cell><Data ss:Type="DateTime">1899-12-31T18:00:00.000</Data></Cell>', "18:00:00"),
        ('<Cell><Data ss:Type="Boolean">1</Data></Cell>', "TRUE"),
        ('<Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell>', "#DIV/0!"),
        ('<Cell><ss:Data ss:Type="String"><B>ri</B>ch</ss:Data><Comment><Data>no</Data></Comment></Cell>', "rich"),
        ('<Cell ss:Index="2"><Data ss:Type="String">Kari</Data></Cell>', "Kari"),
        ("", ""),
    ],
)
def test_spreadsheet_xml_is_read_exactly(cell: str, text: str) -> None:
    row = f'<Row><Cell><Data ss:Type="Number">1</Data></Cell>{cell}</Row>'
    found = table(BOOK.format(row).encode())
    assert (found.dialect.sheet, found.dialect.header_row, found.sheets) == ("Kunder", 3, ("Les meg", "Kunder"))
    assert cells(found) == [("1", text)]


def test_spreadsheet_xml_has_hidden_rows_and_formulas() -> None:
    rows = '<Row ss:Hidden="1" ss:Index="5"><Cell><Data ss:Type="Number">1</Data></Cell></Row>'
    rows += '<Row><Cell><Data ss:Type="Number">2</Data></Cell><Cell ss:Formula="=RC[-1]"/></Row>'
    found = table(BOOK.format(rows).encode(), overrides=DialectOverrides(visible_only=True))
    assert cells(found) == [("2", "")]
    assert found.problems.select(frames.LINE, "field", "code").rows() == [(6, "c1", "formula_uncalculated")]


def test_documents_that_grow_are_refused() -> None:
    bomb = BOOK.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "aaaa">]><Workbook', 1)
    assert refusal(bomb.format("<Row><Cell><Data>&a;</Data></Cell></Row>").encode())[0] == "file_binary"
    assert refusal(page("<tr>" + "<td>x</td>" * 300)) == ("too_many_columns", {"columns": 201, "limit": 200})
    assert refusal(page("<tr><td>" + "x" * 40_000))[0] == "cell_too_long"
    assert refusal(page("<!--" + "x" * 600_000))[0] == "file_damaged"
    assert refusal(page("<tr>" + "<td>" * 20_000)) == ("file_damaged", {})
    assert HEADER == ["CustomerID", "FirstName"]
