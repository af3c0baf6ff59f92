"""Workbooks that other programs write in ways of their own, and which spreadsheets open all the same."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from kundekort.engine import frames
from kundekort.engine.facts import Preamble, TextLine
from kundekort.engine.reading.reader import open_source
from kundekort.engine.reading.table import Table
from kundekort.engine.recipe import DialectOverrides
from tests.engine.reading.test_workbook import FORMATS, HEADER, OFFICE, book, cell, cells, refusal, row, table, value

DATES = FORMATS.format('<xf numFmtId="14"/>')
DATE = '<c r="B2" s="0"><v>31538</v></c>'


def renamed(data: bytes, names: dict[str, str]) -> bytes:
    """A package whose members have other names; '' takes one away."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(out, "w") as new:
        for member in old.infolist():
            if name := names.get(member.filename, member.filename):
                new.writestr(name, old.read(member))
    return out.getvalue()


def problems(found: Table) -> list[tuple[int, str | None, str]]:
    return found.problems.select(frames.LINE, "field", "code").rows()


@pytest.mark.parametrize("again", ['<x15:workbookPr chartTrackingRefBase="1"/>', '<mx:workbookPr xmlns:mx="m"/>'])
def test_days_are_from_1904_whatever_an_extension_repeats(again: str) -> None:
    ext = f'<extLst><ext xmlns:x15="x">{again}</ext></extLst>'
    options = {"styles": DATES, "properties": f'<workbookPr date1904="1"/>{ext}'}
    assert value(DATE, **options) == "1990-05-07"
    assert value(DATE, styles=DATES, properties=f"<workbookPr/>{ext}") == "1986-05-06"


FORMULA = '<c r="B2"{kind}><f>A2&amp;"@example.no"</f>{stored}</c>'


@pytest.mark.parametrize(
    ("kind", "stored"), [("", ""), ("", "<v></v>"), ("", "<v/>"), (' t="str"', ""), (' t="n"', "<v></v>")]
)
def test_a_formula_without_a_result_is_a_problem_of_its_cell(kind: str, stored: str) -> None:
    formula = FORMULA.format(kind=kind, stored=stored)
    found = table(book(row(1, *HEADER) + f'<row r="2">{cell("A2", "1")}{formula}</row>' + row(3, "2", "Kari")))
    assert cells(found) == [("1", ""), ("2", "Kari")]
    assert problems(found) == [(2, "c1", "formula_uncalculated")]


def test_rows_of_nothing_but_such_formulas_are_rows() -> None:
    formulas = "".join(f'<row r="{n}"><c r="A{n}"><f>X{n}</f></c><c r="B{n}"><f>Y{n}</f></c></row>' for n in (2, 3))
    found = table(book(row(1, *HEADER) + formulas))
    assert [line for line, _, _ in problems(found)] == [2, 2, 3, 3]


@pytest.mark.parametrize("stored", ["<v>Kari</v>", "<v></v>"])
def test_a_formula_with_a_result_is_none(stored: str) -> None:
    formula = FORMULA.format(kind=' t="str"', stored=stored)
    found = table(book(row(1, *HEADER) + f'<row r="2">{cell("A2", "1")}{formula}</row>'))
    assert not problems(found)


def test_a_zero_is_no_result_where_the_writer_leaves_calculating_to_others() -> None:
    formula = '<c r="B2"><f>A2</f><v>0</v></c>'
    rows = row(1, *HEADER) + f'<row r="2">{cell("A2", "1")}{formula}</row>'
    later = table(book(rows, properties='<calcPr fullCalcOnLoad="1"/>'))
    assert (problems(later), cells(later)) == ([(2, "c1", "formula_uncalculated")], [("1", "")])
    assert cells(table(book(rows))) == [("1", "0")]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("encoding", ["klingon", "utf-7", "shift_jis"])
def test_an_unknown_encoding_is_refused_by_name(part: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a/>'
    data = book(row(1, *HEADER) + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>', more={part: text})
    assert refusal(data) == ("file_undecodable", {"encoding": encoding})


def test_an_encoding_that_is_known_is_read() -> None:
    text = '<?xml version="1.0" encoding="windows-1252"?><sst><si><t>Åse €</t></si></sst>'.encode("cp1252")
    data = book(row(1, *HEADER) + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == "xl/sharedStrings.xml" else old.read(name))
    assert cells(table(out.getvalue())) == [("Åse €", "")]


def test_members_are_found_in_other_case_and_with_the_other_slash() -> None:
    data = book(row(1, *HEADER) + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>', strings="<si><t>7</t></si>")
    names = ZipFile(io.BytesIO(data)).namelist()
    assert cells(table(renamed(data, {name: name.upper() for name in names}))) == [("7", "")]
    assert cells(table(renamed(data, {name: name.replace("/", "\\") for name in names}))) == [("7", "")]


def test_relations_to_parts_that_are_not_there_are_none() -> None:
    data = book(row(1, *HEADER) + row(2, "1", "Kari"))
    assert cells(table(renamed(data, {"xl/sharedStrings.xml": "", "xl/styles.xml": ""}))) == [("1", "Kari")]


def test_relations_may_have_the_other_slash() -> None:
    main = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="XL\\Workbook.xml"/>'
    arrow = f"<Relationships>{main}</Relationships>"
    assert cells(table(book(row(1, *HEADER) + row(2, "1", "Kari"), more={"_rels/.rels": arrow}))) == [("1", "Kari")]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="B2" t="inlineStr"><v>Kari</v><is><t>Kari</t></is></c>', "Kari"),
        ('<c r="B2" t="inlineStr"><is><t>Ka</t><t>ri</t></is><v>x</v></c>', "Kari"),
        ('<c r="B2" t="inlineStr"><v>Kari</v></c>', "Kari"),
        ('<c r="B2" t="str"><v>Kari</v><is><t>Ola</t></is></c>', "Kari"),
        ('<c r="B2"><v>7</v><is><t>Ola</t></is></c>', "7"),
        ('<c r="B2"><is><t>Ola</t></is></c>', "Ola"),
    ],
)
def test_a_cell_with_two_texts_is_read_once(xml: str, text: str) -> None:
    assert value(xml) == text


def hidden_row(line: int, *texts: str, hidden: str = "1") -> str:
    return row(line, *texts).replace("<row ", f'<row hidden="{hidden}" ')


def counted(data: bytes, **options: object) -> tuple[list[object], int]:
    source = open_source(data, known=HEADER.__contains__, overrides=DialectOverrides(**options))  # type: ignore[arg-type]
    blocks = list(source.blocks())
    return [text for block in blocks for text in block.cells["c0"]], sum(block.hidden_rows for block in blocks)


def test_hidden_rows_are_counted_and_left_out_where_somebody_wants_that() -> None:
    rows = row(1, *HEADER) + row(2, "1") + hidden_row(3, "2") + hidden_row(4) + hidden_row(5, "3", hidden="true")
    data = book(rows + hidden_row(6, "4", hidden="0"))
    assert counted(data) == (["1", "2", "3", "4"], 2)
    assert counted(data, visible_only=True) == (["1", "4"], 2)
    found = table(data, overrides=DialectOverrides(visible_only=True))
    assert (found.blank_rows, found.dialect.visible_only, list(found.cells[frames.ROW])) == (1, True, [0, 1])


def test_the_sheet_that_names_most_fields_is_taken() -> None:
    cover = row(1, "FirstName", "City") + row(2, "Kari", "Voss")
    both = book(cover, row(1, *HEADER, "City") + row(2, "1", "Ola", "Oslo"), names=("Les meg", "Kunder"))
    assert table(both).dialect.sheet == "Kunder"
    without = book(row(1, *HEADER, "City"), cover)
    assert table(without).dialect.sheet == "Ark2"  # no rows in the first


def test_sheets_that_look_alike_are_told_and_refusals_name_theirs() -> None:
    town, notes = row(1, *HEADER) + row(2, "1", "Ola"), row(1, "Notes") + row(2, "x")
    data = book(town, notes, town, names=("Oslo", "Notat", "Bergen"))
    assert open_source(data, known=HEADER.__contains__).similar == ("Bergen",)
    alone = book(row(1, *HEADER), notes, names=("Oslo", "Notat"))
    code, params = refusal(alone, overrides=DialectOverrides(sheet="Oslo"))
    assert (code, params) == ("header_only", {"sheet": "Oslo", "other_sheets": ["Notat"]})


def test_where_no_sheet_names_a_field_choices_for_the_cells_of_another_are_no_list() -> None:
    words = row(1, "rød") + row(2, "blå")
    found = table(book(row(1, "Farge", "Antall"), words, words), known=lambda header: False, as_is=True)
    assert (found.dialect.sheet, found.headers) == ("Ark1", ("Farge", "Antall"))


def test_rows_above_the_header_are_told() -> None:
    above = row(1, "Kundeliste", "", "1. mai") + row(3, " ", "Sal A")
    data = book(above + row(4, *HEADER) + row(5, "1", "Ola"))
    told = Preamble((TextLine(1, "Kundeliste | 1. mai"), TextLine(3, "Sal A")), 2)
    assert open_source(data, known=HEADER.__contains__).preamble == told
    assert table(data, overrides=DialectOverrides(header_row=4)).preamble == told
    assert table(book(row(1, *HEADER) + row(2, "1", "Ola"))).preamble == Preamble()
