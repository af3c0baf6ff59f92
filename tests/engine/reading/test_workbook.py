"""What the reader makes of workbooks as spreadsheets and other programs write them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
import pytest

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import reader
from kundekort.engine.reading.batches import Pace
from kundekort.engine.reading.table import Limits, Table
from kundekort.engine.recipe import DialectOverrides
from kundekort.engine.writing.xlsx import Column, Sheet, workbook

KNOWN = {"CustomerID", "FirstName", "LastName", "Email", "City"}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = ["CustomerID", "FirstName"]


def book(
    *sheets: str,
    names: tuple[str, ...] = ("Ark1", "Ark2", "Ark3"),
    strings: str = "",
    styles: str = "",
    properties: str = "",
    prefix: str = "",
    states: tuple[str, ...] = ("visible",) * 3,
    more: dict[str, str] | None = None,
) -> bytes:
    """A workbook as other programs might write it, from the XML of its parts."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state, _) in enumerate(zip(names, states, sheets, strict=False), 1)
    )
    kinds = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    kinds += [("sharedStrings", "/xl/sharedStrings.xml"), ("styles", "styles.xml")]
    arrows = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{k}" Target="{t}"/>' for n, (k, t) in enumerate(kinds, 1)
    )
    colon = f":{prefix.rstrip(':')}" if prefix else ""
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{arrows}</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    for n, rows in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<{prefix}worksheet xmlns{colon}="{MAIN}"><{prefix}sheetData>{rows}</{prefix}sheetData>'
            f"</{prefix}worksheet>"
        )
    out = io.BytesIO()
    with ZipFile(out, "w") as package:
        for name, content in (parts | (more or {})).items():
            package.writestr(ZipInfo(name), content, ZIP_DEFLATED)  # of 1980: the same bytes whenever it is made
    return out.getvalue()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def row(line: int, *texts: str) -> str:
    cells = "".join(cell(f"{chr(65 + n)}{line}", text) for n, text in enumerate(texts) if text)
    return f'<row r="{line}">{cells}</row>'


def table(data: bytes, *, known: Callable[[str], bool] = KNOWN.__contains__, **options: object) -> Table:
    return reader.read(data, known=known, **options)  # type: ignore[arg-type]  # each its own


def cells(found: Table) -> list[tuple[str | None, ...]]:
    return found.cells.drop(frames.ROW, frames.LINE).rows()


def value(xml: str, **options: str) -> str:
    """The text of one cell, in a workbook that has it in B2."""
    rows = row(1, *HEADER) + f'<row r="2">{cell("A2", "1")}{xml}</row>'
    found = table(book(rows, **options))  # type: ignore[arg-type]  # parts of a package, all texts
    return str(found.cells["c1"][0])


def refusal(data: bytes, **options: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(FileRefused) as refused:
        table(data, **options)  # type: ignore[arg-type]  # each its own
    return refused.value.code, refused.value.params


def test_it_gives_rows_with_their_numbers_in_the_sheet() -> None:
    found = table(book(row(2, *HEADER) + row(3, "1", "Kari") + row(5, " ", "") + row(6, "2", "") + row(9)))
    assert found.headers == ("CustomerID", "FirstName")
    assert found.cells.rows() == [(0, 3, "1", "Kari"), (1, 6, "2", "")]
    assert found.cells.schema[frames.ROW] == found.cells.schema[frames.LINE] == pl.UInt32
    assert found.blank_rows == 2  # 4, which is not there at all, and 5; but not what follows the last customer
    assert found.problems.schema == frames.PROBLEMS
    assert (found.dialect.encoding, found.dialect.separator, found.dialect.header_row) == ("xlsx", "", 2)


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="B2"><v>150</v></c>', "150"),
        ('<c r="B2"><v>12345678901234567890</v></c>', "12345678901234567890"),
        ('<c r="B2"><v>1.23456789012346E+19</v></c>', "12345678901234600000"),
        ('<c r="B2"><v>4.79E+9</v></c>', "4790000000"),
        ('<c r="B2"><v>100000.0</v></c>', "100000"),
        ('<c r="B2"><v>1.1000000000000001</v></c>', "1.1"),
        ('<c r="B2"><v>-1E-7</v></c>', "-0.0000001"),
        ('<c r="B2"><v>-0</v></c>', "-0"),
        ('<c r="B2" t="n"><v> 7 </v></c>', "7"),
        ('<c r="B2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="B2" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="B2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="B2" t="str"><f>A1&amp;"x"</f><v>Åse &amp; Co</v></c>', "Åse & Co"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B2" t="d"><v>1990-04-03T00:00:00</v></c>', "1990-04-03"),
        ('<c r="B2" t="d"><v>1990-04-03T12:30:00</v></c>', "1990-04-03 12:30:00"),
        ('<c r="B2" t="s"><v>0</v></c>', " a\r\nb "),
        ('<c r="B2" t="s"><v>1</v></c>', "rich text"),
        ('<c r="B2" t="s"><v>2</v></c>', "_x0041_"),
        ('<c r="B2" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>', "inline"),
        ('<c r="B2" t="inlineStr"><is><t>_xD83D__xDE00_ _xD83D_</t></is></c>', "😀 \ufffd"),
        ('<c r="B2" s="99"><v>33000</v></c>', "33000"),
        ('<c r="B2"/>', ""),
        ("", ""),
    ],
)
def test_it_reads_every_kind_of_cell_exactly(xml: str, text: str) -> None:
    strings = (
        "<si><t> a_x000D_\nb </t></si>"
        "<si><r><t>rich </t></r><r><rPr/><t>text</t></r><rPh sb='0' eb='1'><t>hint</t></rPh></si>"
        "<si><t>_x005F_x0041_</t></si>"
    )
    assert value(xml, strings=strings) == text


DAY = "33000.75"
FORMATS = """
<numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="165" formatCode="0000"/>
<numFmt numFmtId="166" formatCode="#,##0.00 &quot;days&quot;"/><numFmt numFmtId="167" formatCode="[h]:mm:ss"/>
<numFmt numFmtId="168" formatCode="[$-414]d. mmmm yyyy;@"/><numFmt numFmtId="169" formatCode="[Red]0.00"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{}</cellXfs>
<dxfs><dxf><numFmt numFmtId="164" formatCode="0"/></dxf></dxfs>"""


@pytest.mark.parametrize(
    ("number_format", "number", "text"),
    [
        ("14", "33000", "1990-05-07"),
        ("14", "1", "1900-01-01"),
        ("14", "59", "1900-02-28"),
        ("14", "61", "1900-03-01"),
        ("22", DAY, "1990-05-07 18:00:00"),
        ("164", "33000", "1990-05-07"),
        ("168", "33000.99999999", "1990-05-08"),
        ("21", "0.5", "12:00:00"),
        ("167", "1.5", "36:00:00"),
        ("14", "-1", "-1"),
        ("14", "1E300", "1" + "0" * 300),
        ("165", "150", "0150"),
        ("165", "12345", "12345"),
        ("165", "1.5E2", "0150"),
        ("166", "33000", "33000"),
        ("169", "33000", "33000"),
        ("49", "150", "150"),
        ("0", DAY, DAY),
    ],
)
def test_it_reads_numbers_by_their_format(number_format: str, number: str, text: str) -> None:
    styles = FORMATS.format(f'<xf numFmtId="0"/><xf numFmtId="{number_format}"/>')
    assert value(f'<c r="B2" s="1"><v>{number}</v></c>', styles=styles) == text


def test_it_counts_days_from_1904_where_the_workbook_does() -> None:
    styles = FORMATS.format('<xf numFmtId="14"/>')
    options = {"styles": styles, "properties": '<workbookPr date1904="1"/>'}
    assert value('<c r="B2" s="0"><v>31538</v></c>', **options) == "1990-05-07"


def test_it_reads_xml_with_prefixes_and_without_places() -> None:
    rows = (
        '<x:row><x:c t="inlineStr"><x:is><x:t>CustomerID</x:t></x:is></x:c><x:c t="str"><x:v>City</x:v></x:c></x:row>'
    )
    rows += '<x:row r="4"><x:c><x:v>7</x:v></x:c><x:c t="str"><x:v>Oslo</x:v></x:c></x:row>'
    found = table(book(rows, prefix="x:"))
    assert (found.headers, found.cells.rows()) == (("CustomerID", "City"), [(0, 4, "7", "Oslo")])


def test_it_finds_the_header_below_titles_and_beside_a_margin() -> None:
    above = row(1, "", "Kundeliste 2026") + row(2, "", "Hentet", "i går")
    found = table(book(above + row(4, "", *HEADER, "City") + row(5, "", "1", "Kari", "Oslo")))
    assert (found.headers, cells(found)) == (("CustomerID", "FirstName", "City"), [("1", "Kari", "Oslo")])
    assert found.dialect.header_row == 4


def test_it_keeps_columns_without_a_name_that_say_something() -> None:
    found = table(book(row(1, *HEADER) + row(2, "1", "Kari", "", "call her")))
    assert found.headers == ("CustomerID", "FirstName", "")
    assert cells(found) == [("1", "Kari", "call her")]
    as_is = table(book(row(1, "", "a") + row(2, "", "b")), as_is=True)
    assert (as_is.headers, cells(as_is)) == (("", "a"), [("", "b")])


def test_it_takes_the_first_sheet_that_names_a_column() -> None:
    other, list_, more = (
        row(1, "Notes") + row(2, "x"),
        row(1, *HEADER) + row(2, "1", "a"),
        row(1, *HEADER) + row(2, "2", "b"),
    )
    data = book(other, list_, more)
    assert (table(data).dialect.sheet, table(data).sheets) == ("Ark2", ("Ark1", "Ark2", "Ark3"))
    assert cells(table(data, overrides=DialectOverrides(sheet="Ark3"))) == [("2", "b")]
    assert table(data, known=lambda header: False).dialect.sheet == "Ark2"  # a column without a name is no list
    cover = row(1, "Contact", HEADER[0]) + row(2, "Kari", "x")
    known = {*HEADER, "more", "still"}.__contains__
    assert table(book(cover, row(1, *HEADER, "more") + row(2, "1")), known=known).dialect.sheet == "Ark2"
    assert table(book(row(1, *HEADER) + row(2, "1"), row(1, *HEADER, "more")), known=known).dialect.sheet == "Ark1"
    hidden = table(book(list_, more, states=("hidden", "visible")))
    assert (hidden.dialect.sheet, hidden.sheets) == ("Ark2", ("Ark2",))
    assert table(book("", list_)).dialect.sheet == "Ark2"
    assert refusal(data, overrides=DialectOverrides(sheet="Ark9")) == (
        "sheet_unknown",
        {"sheet": "Ark9", "sheets": ["Ark1", "Ark2", "Ark3"]},
    )


def test_it_reads_from_the_row_that_a_person_has_named() -> None:
    data = book(row(1, *HEADER) + row(2, "City", "LastName") + row(3, "Oslo", "Vik"))
    found = table(data, overrides=DialectOverrides(header_row=2))
    assert (found.headers, cells(found)) == (("City", "LastName"), [("Oslo", "Vik")])
    assert refusal(data, overrides=DialectOverrides(header_row=4))[0] == "header_only"


def test_it_finds_nul_characters() -> None:
    found = table(book(row(1, *HEADER) + row(2, "1", "a") + row(4, "2", "b_x0000_c")))
    assert found.problems.select(frames.ROW, frames.LINE, "code").rows() == [(1, 4, "nul_byte")]
    assert json.loads(found.problems["params"][0]) == {}


def test_it_refuses_what_holds_nothing() -> None:
    assert refusal(book("")) == ("file_empty", {})
    assert refusal(book(row(1, *HEADER))) == ("header_only", {})
    assert table(book(row(1, *HEADER)), as_is=True).cells.height == 0


def test_it_refuses_too_much_before_memory_is_spent() -> None:
    far = row(1, *HEADER) + f'<row r="1048576">{cell("XFD1048576", "x")}</row>'
    assert refusal(book(far)) == ("too_many_columns", {"columns": 16384, "limit": 200})
    three = row(1, *HEADER) + "".join(row(n, str(n)) for n in (2, 3, 4))
    assert refusal(book(three), limits=Limits(rows=2)) == ("too_many_rows", {"limit": 2})
    assert table(book(three), limits=Limits(rows=3)).cells.height == 3
    bomb = book(row(1, *HEADER), more={"xl/media/image1.png": "0" * 3_000_000})
    assert len(bomb) < 10_000
    assert refusal(bomb, limits=Limits(expanded=2_000_000)) == ("file_expands", {"limit": 2_000_000})


def test_it_refuses_other_packages_by_name() -> None:
    def package(*names: str) -> bytes:
        out = io.BytesIO()
        with ZipFile(out, "w") as made:
            for name in names:
                made.writestr(name, "<x/>")
        return out.getvalue()

    assert refusal(package("mimetype", "content.xml", "META-INF/manifest.xml")) == ("file_binary", {"kind": "odf"})
    assert refusal(package("word/document.xml")) == ("file_binary", {"kind": "docx"})
    assert refusal(package("a.txt")) == ("file_binary", {"kind": "zip"})
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)) == ("file_damaged", {})


@cache
def good() -> bytes:
    return book(row(1, *HEADER) + "".join(row(n, str(n), "Kari") for n in range(2, 400)))


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
DAMAGED: dict[str, Callable[[], bytes]] = {
    "its end is cut off": lambda: good()[:-30],
    "its half is cut off": lambda: good()[: len(good()) // 2],
    "its beginning is left": lambda: good()[:100],
    "its first bytes are left": lambda: b"PK\x03\x04",
    "a text that is not there": lambda: book('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'),
    "a text before the first": lambda: book('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
    "a place without a column": lambda: book('<row r="1"><c r="1" t="str"><v>7</v></c></row>'),
    "a place far away": lambda: book('<row r="1"><c r="AAAAAAAAAAAAAAAAAAAA1" t="str"><v>7</v></c></row>'),
    "rows in disorder": lambda: book('<row r="9"/><row r="1"/>'),
    "a row below the last": lambda: book('<row r="1048577"/>'),
    "an open tag": lambda: book("<row>"),
    "an entity": lambda: book("", more={"xl/worksheets/sheet1.xml": ENTITY}),
    "a document type": lambda: book("", more={"xl/workbook.xml": "<!DOCTYPE x><workbook/>"}),
    "no XML": lambda: book("", more={"xl/workbook.xml": "no xml"}),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_it_refuses_a_damaged_workbook(damage: str) -> None:
    assert refusal(DAMAGED[damage]()) == ("file_damaged", {})


def test_it_survives_any_broken_byte() -> None:
    for at in range(0, len(good()), 7):
        broken = bytearray(good())
        broken[at] ^= 0x55
        with suppress(FileRefused):
            table(bytes(broken))


def test_it_gives_the_same_rows_however_it_is_cut_and_says_how_far_it_is() -> None:
    heads = (Column("CustomerID"), Column("FirstName"))
    rows = pl.DataFrame({"id": [str(n) for n in range(500)], "name": ["Kari" * 20] * 500})
    data = b"".join(workbook([(Sheet("S", heads), [rows])]))
    source = reader.open_source(data, known=KNOWN.__contains__, pace=Pace(workbook_rows=7))
    blocks = list(source.blocks())
    done = [block.done for block in blocks]
    assert done == sorted(done)
    assert done[-1] * 100 // source.size > 50
    assert max(block.cells.height for block in blocks) == 7
    assert pl.concat([block.cells for block in blocks]).equals(table(data).cells)
