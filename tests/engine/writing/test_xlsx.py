"""Workbooks as they are written: what stands in them, and that it comes back."""

from __future__ import annotations

import io
import re
from xml.dom import minidom
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.reading import reader
from kundekort.engine.recipe import DialectOverrides
from kundekort.engine.writing import xlsx
from kundekort.engine.writing.xlsx import Column, Sheet, Style, TooLarge, workbook

SHEET = Sheet("Kunder", (Column("CustomerID", style=Style.LOCKED), Column("FirstName")))
ROWS = pl.DataFrame({"id": ["1", "2", "3"], "name": ["Kari", None, "=1+1"]})

anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
awkward = st.sampled_from(
    [
        "_x0041_",
        "_x005F_",
        "_x005F_x0041_",
        "_x_x0041__x0041_",
        "\r\n",
        "\r",
        "\t",
        "\n",
        "<&>\"'",
        "]]>",
        " a ",
        "\ufffe",
        "\x1f",
        "",
        "😀",
    ]
)


def written(*frames: pl.DataFrame, sheet: Sheet = SHEET) -> bytes:
    return b"".join(workbook([(sheet, frames)]))


def part(data: bytes, name: str) -> str:
    with ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def back(data: bytes, **options: object) -> list[tuple[str, ...]]:
    found = reader.read(data, known=lambda h: h == "CustomerID", **options)  # type: ignore[arg-type]
    return found.cells.drop("_row", "_line").rows()


def test_it_comes_back() -> None:
    assert back(written(ROWS)) == [("1", "Kari"), ("2", ""), ("3", "=1+1")]
    assert back(written(ROWS.head(1), ROWS.clear(), ROWS.tail(2))) == back(written(ROWS))
    assert reader.read(written(ROWS), known=bool).headers == ("CustomerID", "FirstName")


@given(st.lists(st.lists(st.one_of(anything, awkward), min_size=3, max_size=3).map(tuple), min_size=1, max_size=5))
def test_it_comes_back_whatever_it_is(cells: list[tuple[str, ...]]) -> None:
    rows = [(str(n), *row) for n, row in enumerate(cells)]
    columns = tuple(Column(name) for name in ("CustomerID", "a", "b", "c"))
    assert back(written(pl.DataFrame(rows, orient="row"), sheet=Sheet("S", columns))) == rows


def test_it_writes_texts_only_and_the_columns_below_them_as_text_too() -> None:
    data = written(ROWS)
    sheet = minidom.parseString(part(data, "xl/worksheets/sheet1.xml"))
    cells = sheet.getElementsByTagName("c")
    assert {cell.getAttribute("t") for cell in cells} == {"inlineStr"}
    assert [cell.getAttribute("r") for cell in cells] == ["A1", "B1", "A2", "B2", "A3", "A4", "B4"]
    assert [c.getAttribute("style") for c in sheet.getElementsByTagName("col")] == ["2", "1"]
    styles = minidom.parseString(part(data, "xl/styles.xml")).getElementsByTagName("cellXfs")[0]
    formats = [xf.getAttribute("numFmtId") for xf in styles.getElementsByTagName("xf")]
    assert formats[1:] == ["49"] * len(Style)


def test_it_writes_the_parts_of_a_sheet_in_the_order_that_the_standard_demands() -> None:
    columns = (Column("CustomerID"), Column("Gender", offers=("0", "1", "2")), Column("Odd", offers=("a,b",)))
    data = written(pl.DataFrame([["1"], ["2"], [""]]), sheet=Sheet("O'Neill & Co", columns))
    sheet = minidom.parseString(part(data, "xl/worksheets/sheet1.xml")).documentElement
    assert [node.nodeName for node in sheet.childNodes] == [
        *("sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "dataValidations", "ignoredErrors")
    ]
    assert sheet.getElementsByTagName("autoFilter")[0].getAttribute("ref") == "A1:C2"
    assert sheet.getElementsByTagName("pane")[0].getAttribute("state") == "frozen"
    (listed,) = sheet.getElementsByTagName("dataValidation")
    assert listed.getAttribute("sqref") == "B2:B1048576"
    assert listed.getElementsByTagName("formula1")[0].firstChild.data == '"0,1,2"'
    names = minidom.parseString(part(data, "xl/workbook.xml")).getElementsByTagName("definedName")
    assert names[0].firstChild.data == "'O''Neill & Co'!$A$1:$C$2"


def test_it_points_at_every_part_it_has() -> None:
    data = b"".join(workbook([(SHEET, [ROWS]), (Sheet("Om", (Column("x"),)), [])]))
    names = set(ZipFile(io.BytesIO(data)).namelist())
    types = re.findall('PartName="/([^"]+)"', part(data, "[Content_Types].xml"))
    targets = re.findall('Target="([^"]+)"', part(data, "xl/_rels/workbook.xml.rels"))
    assert set(types) == {"xl/workbook.xml", *(f"xl/{target}" for target in targets)}
    assert names == {*types, "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"}
    assert back(data, overrides=DialectOverrides(sheet="Om"), as_is=True) == []


def test_it_writes_the_same_rows_as_the_same_bytes() -> None:
    assert written(ROWS) == written(ROWS)


def test_it_names_columns_beyond_z() -> None:
    names = [f"n{n}" for n in range(703)]
    sheet = Sheet("S", tuple(Column(name) for name in names))
    xml = part(written(pl.DataFrame([["x"]] * 703, schema=names), sheet=sheet), "xl/worksheets/sheet1.xml")
    places = re.findall('<c r="([A-Z]+)2"', xml)
    assert [places[n] for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@pytest.mark.parametrize(("limit", "most"), [("MOST_BYTES", 900), ("LAST_LINE", 3)])
def test_it_stops_where_no_workbook_could_go_on(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, limit, most)
    with pytest.raises(TooLarge):
        written(ROWS)


def test_it_gives_pieces_while_it_is_written() -> None:
    many = pl.DataFrame({"id": [str(n) for n in range(5000)], "name": ["Kari"] * 5000})
    pieces = [len(piece) for piece in workbook([(SHEET, (many for _ in range(5)))])]
    assert len([size for size in pieces if size > 10_000]) >= 4
