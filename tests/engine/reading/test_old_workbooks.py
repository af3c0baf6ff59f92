"""Old workbooks (.xls) and OpenDocument spreadsheets (.ods) are read as exactly as .xlsx."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from zipfile import ZipFile

import pytest

from kundekort.engine import frames
from kundekort.engine.reading.reader import open_source
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import DialectOverrides
from tests.engine.reading.old_workbooks import book, container, label, number, record, text
from tests.engine.reading.test_workbook import HEADER, cells, refusal, table

FILES = Path(__file__).parent / "files"  # saved by LibreOffice from one and the same document
HEADERS = label(0, 0, HEADER[0]) + label(0, 1, HEADER[1])

VALUES = [
    "Åse & Øystein",
    "a  b\nsecond",
    "0150",
    "4791234567",
    "0.1",
    "-1234.5",
    "1990-04-03",
    "1990-04-03 18:30:00",
    "18:05:00",
    "TRUE",
    "#N/A",
    "2",
    "",
]


@pytest.mark.parametrize("name", ["kunder.ods", "kunder.xls"])
def test_what_libreoffice_saves_is_read_exactly(name: str) -> None:
    data = (FILES / name).read_bytes()
    found = table(data)
    assert [second for _, second in cells(found)][: len(VALUES)] == VALUES
    assert [second for _, second in cells(found)][14:] == ["123456789012345", ""]
    assert (found.dialect.sheet, found.sheets, found.dialect.header_row) == ("Kunder", ("Les meg", "Kunder"), 1)
    assert found.problems.is_empty()
    source = open_source(data, known=HEADER.__contains__, overrides=DialectOverrides(visible_only=True))
    blocks = list(source.blocks())
    assert "4791234567" not in [text for block in blocks for text in block.cells["c1"]]
    assert sum(block.hidden_rows for block in blocks) == 1
    assert table(data, overrides=DialectOverrides(sheet="Skjult"), as_is=True).headers == tuple(HEADER)


def formats(*codes: str, from_1904: int = 0) -> bytes:
    own = b"".join(record(0x041E, struct.pack("<H", 164 + n) + text(code)) for n, code in enumerate(codes))
    numbers = [0, *range(164, 164 + len(codes)), 14]
    return (
        record(0x0022, struct.pack("<H", from_1904))
        + own
        + b"".join(record(0x00E0, struct.pack("<HH", 0, n) + bytes(16)) for n in numbers)
    )


def rk(row: int, column: int, value: int) -> bytes:
    return record(0x027E, struct.pack("<HHHL", row, column, 0, value))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (number(1, 1, 150.0, 1), "0150"),
        (number(1, 1, 33000.75, 2), "1990-05-07 18:00:00"),
        (number(1, 1, 33000.0, 3), "1990-05-07"),
        (number(1, 1, 4791234567.0), "4791234567"),
        (number(1, 1, 1.1), "1.1"),
        (number(1, 1, 1e300), "1" + "0" * 300),
        (number(1, 1, 150.0, 99), "150"),
        (rk(1, 1, (7 << 2) | 2), "7"),
        (rk(1, 1, ((-7 << 2) & 0xFFFFFFFF) | 2), "-7"),
        (rk(1, 1, (12345 << 2) | 3), "123.45"),
        (rk(1, 1, struct.unpack("<Q", struct.pack("<d", 0.5))[0] >> 32), "0.5"),
        (record(0x00BD, struct.pack("<HHHLHLH", 1, 1, 0, (8 << 2) | 2, 0, (9 << 2) | 2, 2)), "8"),
        (record(0x0205, struct.pack("<HHHBB", 1, 1, 0, 1, 0)), "TRUE"),
        (record(0x0205, struct.pack("<HHHBB", 1, 1, 0, 0, 0)), "FALSE"),
        (record(0x0205, struct.pack("<HHHBB", 1, 1, 0, 42, 1)), "#N/A"),
        (record(0x0006, struct.pack("<HHHd", 1, 1, 0, 2.0) + bytes(6)), "2"),
        (record(0x0006, struct.pack("<HHHBxBxxxH", 1, 1, 0, 1, 1, 0xFFFF) + bytes(6)), "TRUE"),
        (record(0x0006, struct.pack("<HHHBxBxxxH", 1, 1, 0, 2, 7, 0xFFFF) + bytes(6)), "#DIV/0!"),
        (
            record(0x0006, struct.pack("<HHHBxBxxxH", 1, 1, 0, 0, 0, 0xFFFF) + bytes(6))
            + record(0x0207, text("Åse Ж")),
            "Åse Ж",
        ),
        (record(0x0006, struct.pack("<HHHBxBxxxH", 1, 1, 0, 3, 0, 0xFFFF) + bytes(6)), ""),
        (record(0x0201, struct.pack("<HHH", 1, 1, 0)), ""),
        (label(1, 1, "Ж 😀"[:1] + "å"), "Жå"),
    ],
)
def test_a_cell_of_an_old_workbook_is_read_exactly(cell: bytes, value: str) -> None:
    shared = formats("0000", "dd.mm.yyyy hh:mm")
    found = table(book(HEADERS, number(1, 0, 1.0), cell, more=shared))
    assert found.cells["c1"][0] == value


def test_days_of_an_old_workbook_may_be_counted_from_1904() -> None:
    shared = formats(from_1904=1)
    assert cells(table(book(HEADERS, number(1, 0, 1.0), number(1, 1, 31538.0, 1), more=shared))) == [
        ("1", "1990-05-07")
    ]


def test_shared_strings_go_on_in_further_records() -> None:
    first, rich = text("CustomerID") + text("FirstName"), "ØЖ" * 10
    begun = struct.pack("<HB", 40, 8) + struct.pack("<H", 1) + b"a" * 20  # of one byte a character, then of two
    more = b"\x01" + rich.encode("utf-16-le") + bytes(4) + text("last")
    sst = record(0x00FC, struct.pack("<LL", 4, 4) + first + begun) + record(0x003C, more)
    places = [(0, 0, 0), (0, 1, 1), (1, 0, 3), (1, 1, 2)]
    shown = [record(0x00FD, struct.pack("<HHHL", row, column, 0, n)) for row, column, n in places]
    assert cells(table(book(*shown, more=sst))) == [("last", "a" * 20 + rich)]


def test_a_workbook_of_excel_95_is_read_by_its_code_page() -> None:
    def old(row: int, column: int, value: str) -> bytes:
        letters = value.encode("cp1250")
        return record(0x0204, struct.pack("<HHHH", row, column, 0, len(letters)) + letters)

    rows = [old(0, 0, "CustomerID"), old(0, 1, "FirstName"), old(1, 0, "7"), old(1, 1, "Łucja")]
    page = record(0x0042, struct.pack("<H", 1250))
    data = book(*rows, more=page, version=0x0500, name="Book", title=b"\x04Lody")
    assert (cells(table(data)), table(data).dialect.sheet) == ([("7", "Łucja")], "Lody")


def test_formulas_of_a_library_that_does_not_calculate_are_problems() -> None:
    formula = record(0x0006, struct.pack("<HHHBxBxxxH", 1, 1, 0, 3, 0, 0xFFFF) + bytes(6))
    found = table(book(HEADERS, number(1, 0, 1.0), formula, more=record(0x005C, b"None".ljust(112))))
    assert found.problems.select(frames.LINE, "field", "code").rows() == [(2, "c1", "formula_uncalculated")]


def test_old_workbooks_that_cannot_be_read_are_refused_with_a_word() -> None:
    locked = record(0x002F, bytes(54))
    assert refusal(book(HEADERS, more=locked)) == ("file_encrypted", {})
    assert refusal(container(b"x", name="EncryptedPackage")) == ("file_encrypted", {})
    assert refusal(container(b"x", name="WordDocument")) == ("file_binary", {"kind": "doc"})
    assert refusal(book(label(1, 0, "x"), HEADERS)) == ("file_damaged", {})  # rows in disorder
    assert refusal(book(record(0x00FD, struct.pack("<HHHL", 0, 0, 0, 7)))) == ("file_damaged", {})
    far = record(0x0204, struct.pack("<HHH", 1, 300, 0) + text("x"))
    assert refusal(book(HEADERS, far)) == ("too_many_columns", {"columns": 301, "limit": 200})
    many = record(0x00FC, struct.pack("<LL", 500, 500) + text("x" * 8) * 500)
    assert refusal(book(HEADERS, more=many), limits=Limits(expanded=20_000)) == ("file_expands", {"limit": 10_000})


def document(*rows: str, before: str = "", manifest: str = "<manifest/>") -> bytes:
    """An OpenDocument spreadsheet of one sheet."""
    spaces = "".join(f' xmlns:{p}="urn:{p}"' for p in ("office", "table", "text", "style", "calcext"))
    header = "<table:table-row>" + "".join(cell(name) for name in HEADER) + "</table:table-row>"
    content = (
        f"<office:document-content{spaces}>{before}<office:body><office:spreadsheet>"
        f'<table:table table:name="Kunder">{header}{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def cell(shown: str, given: str = 'office:value-type="string"', name: str = "table-cell") -> str:
    return f"<table:{name} {given}><text:p>{shown}</text:p></table:{name}>"


def odf(*cells_: str, given: str = "") -> str:
    return f"<table:table-row {given}>{''.join(cells_)}</table:table-row>"


ONE = cell("1")
NOTE = "<office:annotation><text:p>no</text:p></office:annotation>"


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (cell("4,79E+09", 'office:value-type="float" office:value="4.791234567E+9"'), "4791234567"),
        (cell("1,1", 'office:value-type="float" office:value="1.1000000000000001"'), "1.1"),
        (cell("25 %", 'office:value-type="percentage" office:value="0.25"'), "0.25"),
        (cell("36:00:00", 'office:value-type="time" office:time-value="PT36H00M00.000000000S"'), "36:00:00"),
        (cell("x", 'office:value-type="date" office:date-value="1990-04-03T00:00:00.000000000"'), "1990-04-03"),
        (cell("x", 'office:value-type="date" office:date-value="1990-04-03T12:30:00.5"'), "1990-04-03 12:30:00"),
        (cell("NEI", 'office:value-type="boolean" office:boolean-value="false"'), "FALSE"),
        (cell("a<text:span>b</text:span><text:tab/>c<text:line-break/>d<text:s/>"), "ab\tc\nd "),
        (cell("see", 'office:value-type="string" office:string-value="said"'), "said"),
        (
            f"<table:table-cell><office:annotation>{cell('no')}<text:p>no</text:p></office:annotation></table:table-cell>",
            "",
        ),
        (cell("under", name="covered-table-cell"), "under"),
        ('<table:table-cell table:number-columns-repeated="16384"/>', ""),
    ],
)
def test_a_cell_of_an_opendocument_is_read_exactly(xml: str, value: str) -> None:
    found = table(document(odf(ONE, xml)))
    assert (cells(found), found.problems.height) == ([("1", value)], 0)


def test_rows_of_an_opendocument_repeat_and_hide() -> None:
    blank = odf("<table:table-cell/>", given='table:number-rows-repeated="3"')
    twice = odf(ONE, given='table:number-rows-repeated="2" table:visibility="collapse"')
    rest = odf("<table:table-cell/>", given='table:number-rows-repeated="1048000"')
    data = document(blank, twice, odf(cell("2")), rest)
    assert table(data).cells.select(frames.LINE, "c0").rows() == [(5, "1"), (6, "1"), (7, "2")]
    assert cells(table(data, overrides=DialectOverrides(visible_only=True))) == [("2", "")]


def test_a_formula_of_an_opendocument_without_a_result_is_a_problem() -> None:
    found = table(document(odf(ONE, '<table:table-cell table:formula="of:=A1"/>')))
    assert found.problems.select("field", "code").rows() == [("c1", "formula_uncalculated")]


def test_opendocuments_that_cannot_be_read_are_refused_with_a_word() -> None:
    assert refusal(document(manifest="<m><encryption-data/></m>")) == ("file_encrypted", {})
    blanks = '<text:s text:c="32767"/>' * 3
    assert refusal(document(odf(cell(blanks))))[0] == "cell_too_long"
    wide = cell("x", 'office:value-type="string" table:number-columns-repeated="16384"')
    assert refusal(document(odf(wide))) == ("too_many_columns", {"columns": 16384, "limit": 200})
    far = odf(ONE, given='table:number-rows-repeated="1048576"')
    assert refusal(document(odf(ONE), far))[0] == "file_damaged"
    tall = odf(ONE, given='table:number-rows-repeated="1000000"')
    assert refusal(document(tall), limits=Limits(rows=1_000)) == ("too_many_rows", {"limit": 1_000})
