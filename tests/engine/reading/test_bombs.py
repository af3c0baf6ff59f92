"""Small files that would take all memory there is: refused where they begin, in memory that the reader has anyway."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from kundekort.engine.reading import records
from kundekort.engine.reading.book import LONGEST
from kundekort.engine.reading.table import Limits
from tests.engine.reading import test_old_workbooks, test_reader, test_workbook
from tests.engine.reading.test_workbook import HEADER, book, cell, row, table

LARGE = 96 << 20
FEW_THREADS = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""Each thread takes address space of its own, on a large machine more than any file."""
# What is loaded for long files takes room once, whatever is in them, and counts with what the reader has already.
READ = """
import mmap, resource, sys
import pyarrow.csv
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import reader, rfc4180
with open(sys.argv[1], "rb") as file:
    data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[2]),) * 2)
try:
    reader.read(data, known=lambda header: header in ("CustomerID", "FirstName"))
except FileRefused as refused:
    print(refused.code, refused.params.get("line", ""))
else:
    print("read")
"""

Pieces = Iterable[bytes]


def many(piece: bytes) -> Pieces:
    """A piece again and again, until it is large."""
    block = piece * ((1 << 20) // len(piece))
    return [block] * (LARGE // len(block))


def sheet(*parts: bytes | Pieces) -> Pieces:
    yield b"<worksheet><sheetData>" + row(1, *HEADER).encode()
    for part in parts:
        yield from [part] if isinstance(part, bytes) else part
    yield b"</sheetData></worksheet>"


def strings(*parts: bytes | Pieces) -> Pieces:
    yield b"<sst>"
    for part in parts:
        yield from [part] if isinstance(part, bytes) else part
    yield b"</sst>"


def numbered(form: str) -> Pieces:
    """As many different names as would be large."""
    return ["".join(form % n for n in range(first, first + 20_000)).encode() for first in range(0, 1_200_000, 20_000)]


SHARED = b'<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>'
BOMBS: dict[str, tuple[str, Callable[[], Pieces], str]] = {
    "inline text": ("sheet1", lambda: sheet(b'<row r="7"><c t="inlineStr"><is><t>', many(b"a"), b"</t></is></c></row>"),
                    "cell_too_long 7"),
    "text in pieces": ("sheet1", lambda: sheet(b'<row r="7"><c t="inlineStr"><is>', many(b"<t>a</t>"),
                                               b"</is></c></row>"), "cell_too_long 7"),
    "number": ("sheet1", lambda: sheet(b'<row r="7"><c><v>', many(b"1"), b"</v></c></row>"), "cell_too_long 7"),
    "formula": ("sheet1", lambda: sheet(b'<row r="7"><c><f>', many(b"1"), b"</f><v>1</v></c></row>"), "read"),
    "attribute": ("sheet1", lambda: sheet(b'<row r="7" x="', many(b"a"), b'"/>'), "file_damaged "),
    "comment": ("sheet1", lambda: sheet(b"<!--", many(b"a"), b"-->"), "file_damaged "),
    "elements in elements": ("sheet1", lambda: sheet(many(b"<a>"), many(b"</a>")), "file_damaged "),
    "names": ("sheet1", lambda: sheet(numbered("<n%d/>")), "file_damaged "),
    "names of attributes": ("sheet1", lambda: sheet(numbered('<a n%d=""/>')), "file_damaged "),
    "cells without end": ("sheet1", lambda: sheet(b'<row r="7">', many(b"<c/>"), b"</row>"), "file_damaged "),
    "a shared string": ("strings", lambda: strings(b"<si><t>", many(b"a"), b"</t></si>"), "string_too_long "),
    "a shared string in pieces": ("strings", lambda: strings(b"<si>", many(b"<t>a</t>"), b"</si>"), "string_too_long "),
    "elements in strings": ("strings", lambda: strings(many(b"<r>")), "file_damaged "),
    "formats": ("styles", lambda: strings(b"<cellXfs>", many(b"<xf/>"), b"</cellXfs>"), "file_expands "),
}  # fmt: skip


def packed(part: str, pieces: Pieces) -> bytes:
    """A workbook in which one part is made of pieces."""
    place = {"sheet1": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}[part]
    out = io.BytesIO()
    with ZipFile(io.BytesIO(book(row(1, *HEADER) + SHARED.decode()))) as plain, ZipFile(out, "w") as package:
        for name in plain.namelist():
            if name != place:
                package.writestr(name, plain.read(name))
        package.compression, package.compresslevel = ZIP_DEFLATED, 1
        with package.open(place, "w") as into:
            for piece in pieces:
                into.write(piece)
    return out.getvalue()


def read_in_little(file: Path, *, beyond: int) -> str:
    """What the reader says of a file when it may take so many bytes beyond what it has already."""
    command = [sys.executable, "-c", READ, str(file), str(beyond)]
    done = subprocess.run(command, env=os.environ | FEW_THREADS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix("\n")


@pytest.mark.parametrize(("part", "pieces", "said"), BOMBS.values(), ids=BOMBS)
def test_it_takes_little_memory_for_a_workbook_that_wants_much(
    part: str, pieces: Callable[[], Pieces], said: str, tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb.xlsx"
    bomb.write_bytes(packed(part, pieces()))
    assert bomb.stat().st_size < LARGE / 10
    assert read_in_little(bomb, beyond=LARGE // 2) == said


def content(*parts: bytes | Pieces) -> Pieces:
    yield b'<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
    yield b'<office:spreadsheet><table:table table:name="A">'
    for part in parts:
        yield from [part] if isinstance(part, bytes) else part
    yield b"</table:table></office:spreadsheet></office:document-content>"


CONTENTS: dict[str, tuple[Callable[[], Pieces], str]] = {
    "a text": (lambda: content(b"<table:table-row><table:table-cell><text:p>", many(b"a"),
                               b"</text:p></table:table-cell></table:table-row>"), "cell_too_long 1"),
    "paragraphs": (lambda: content(b"<table:table-row><table:table-cell>", many(b"<text:p>a</text:p>"),
                                   b"</table:table-cell></table:table-row>"), "cell_too_long 1"),
    "empty paragraphs": (lambda: content(b"<table:table-row><table:table-cell>", many(b"<text:p/>"),
                                         b"</table:table-cell></table:table-row>"), "cell_too_long 1"),
    "cells": (lambda: content(b"<table:table-row>", many(b"<table:table-cell/>"),
                              b"</table:table-row>"), "file_empty "),
    "rows": (lambda: content(many(b'<table:table-row table:number-rows-repeated="1048576"/>')), "file_empty "),
}  # fmt: skip


@pytest.mark.parametrize(("pieces", "said"), CONTENTS.values(), ids=CONTENTS)
def test_it_takes_little_memory_for_an_opendocument(pieces: Callable[[], Pieces], said: str, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.ods"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        with package.open("content.xml", "w") as part:
            for piece in pieces():
                part.write(piece)
    assert read_in_little(bomb, beyond=LARGE // 2) == said


def test_a_paragraph_of_many_blanks_is_no_empty_paragraph() -> None:
    blanks = test_old_workbooks.odf(test_old_workbooks.cell('<text:s text:c="32767"/>' * 9_999))
    assert test_workbook.refusal(test_old_workbooks.document(blanks))[0] == "cell_too_long"


TEXTS: dict[str, tuple[Pieces, str]] = {
    "one line": ([*many(b"a")], "cell_too_long 1"),
    "one cell": ([b"CustomerID;FirstName\n1;Kari\n2;", *many(b"a"), b"\n"], "cell_too_long 3"),
    "one quoted cell": ([b'CustomerID;FirstName\n1;Kari\n2;"', *many(b"a"), b'"\n'], "cell_too_long 3"),
    "one cell of many lines": (
        [b'CustomerID;FirstName\n1;Kari\n2;"', *many(b"a b c\n"), b'"\n'],
        "cell_too_long 3",
    ),
    "quotes": ([*many(b'"')], "cell_too_long 1"),
    "separators": ([b"CustomerID;FirstName\n1;Kari\n", *many(b";")], "row_too_wide 3"),
    "quoted separators": ([b"CustomerID;FirstName\n1;Kari\n", *many(b'"";')], "row_too_wide 3"),
    "line ends": ([b"CustomerID;FirstName\n1;Kari\n", *many(b"\n")], "read"),
}


@pytest.mark.parametrize(("pieces", "said"), TEXTS.values(), ids=TEXTS)
def test_it_takes_no_more_memory_than_a_text_has_bytes(pieces: Pieces, said: str, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.csv"
    with bomb.open("wb") as file:
        file.writelines(pieces)
    assert read_in_little(bomb, beyond=LARGE + LARGE // 2) == said


def test_it_makes_no_room_for_the_empty_cells_of_many_short_rows(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.csv"
    bomb.write_bytes(b"CustomerID" + b";" * 199 + b"\n" + b"1\n" * 3_000_000)
    assert read_in_little(bomb, beyond=1 << 30).startswith("too_many_rows")


def test_it_reads_the_longest_cell_a_workbook_can_have() -> None:
    longest = "_x000D_" * LONGEST
    found = table(book(row(1, *HEADER) + row(2, "1", "a" * LONGEST) + row(3, "2", longest)))
    assert found.cells["c1"].to_list() == ["a" * LONGEST, "\r" * LONGEST]
    shared = book(row(1, *HEADER) + SHARED.decode(), strings=f"<si><t>{longest}</t></si>")
    assert table(shared).cells["c1"].to_list() == ["\r" * LONGEST]


@pytest.mark.parametrize("text", ["a" * (LONGEST + 1), "_x000D_" * LONGEST + "a"])
def test_it_refuses_one_character_more(text: str) -> None:
    told = ("cell_too_long", {"line": 2, "limit": LONGEST})
    assert test_workbook.refusal(book(row(1, *HEADER) + row(2, "1", text))) == told
    shared = book(row(1, *HEADER) + SHARED.decode(), strings=f"<si><t>{text}</t></si>")
    assert test_workbook.refusal(shared) == ("string_too_long", {"limit": LONGEST})


def test_it_refuses_more_shared_text_than_the_workbook_may_have() -> None:
    many = "".join(f"<si><t>string {n}</t></si>" for n in range(1_000))
    data = book(row(1, *HEADER) + SHARED.decode(), strings=many)
    assert table(data, limits=Limits(expanded=200_000)).cells.height == 1
    assert test_workbook.refusal(data, limits=Limits(expanded=100_000)) == ("file_expands", {"limit": 50_000})


@pytest.mark.parametrize(
    ("rows", "styles"),
    [
        ('<row r="1000000000">' + cell("A2", "1") + "</row>", ""),
        ('<row r="2"><c r="A2" t="s"><v>' + "9" * 6_000 + "</v></c></row>", ""),
        ('<row r="2"><c r="A2" s="0"><v>1</v></c></row>', '<numFmts><numFmt numFmtId="200" formatCode="'
         + "[" * 100_000 + '"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'),
    ],
    ids=["row", "string", "format"],
)  # fmt: skip
def test_it_refuses_numbers_beyond_all_measure(rows: str, styles: str) -> None:
    assert test_workbook.refusal(book(row(1, *HEADER) + rows, styles=styles)) == ("file_damaged", {})


def test_it_refuses_a_part_that_is_many_sheets() -> None:
    again = '<sheets><sheet name="B" sheetId="9" r:id="rId1"/></sheets>'
    assert test_workbook.refusal(book(row(1, *HEADER) + row(2, "1", "Kari"), properties=again))[0] == "file_damaged"


def test_it_refuses_a_part_that_is_larger_than_it_says() -> None:
    data = bytearray(book(row(1, *HEADER) + row(2, "1", "Kari") + row(3, "2", "a" * 30_000)))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24  # of its entry in the directory
    struct.pack_into("<L", data, at, 300)
    assert test_workbook.refusal(bytes(data))[0] == "file_damaged"


def test_it_refuses_a_directory_whose_size_only_its_large_form_tells() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as package:
        for n in range(20_000):
            package.writestr(f"{n:060}", b"")
    data = out.getvalue()
    end = struct.unpack("<4s4H2LH", data[-22:])
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 20_000, 20_000, end[5], end[6])
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(data) - 22, 1)
    small = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20_000, 20_000, 46, end[6], 0)
    assert test_workbook.refusal(data[:-22] + large + locator + small) == ("file_binary", {"kind": "zip"})


def test_a_row_that_is_too_wide_or_long_does_not_hide_what_a_lost_quote_costs() -> None:
    text = 'CustomerID;FirstName\n1;"Kari\n' + "".join(f"{n};Ola\n" for n in range(2, 50)) + '50;"Per"\n'
    found = test_reader.table(text, limits=Limits(cell=100))
    assert found.cells.height == 50
    assert found.problems["code"].to_list() == ["unclosed_quote"]


def test_it_tells_no_more_cells_apart_than_anybody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "WIDEST", 5)
    grammar = records.Grammar(b";", longest=3)
    found = [r for _, r in records.records(b'1;2;3\n"";"";"";"";"";"";""\na\n', 0, 1, grammar)]
    assert [(r.cells, r.fault) for r in found] == [
        ([b"1", b"2", b"3"], None),
        ([b""] * 5, "row_too_wide"),
        ([b"a"], None),
    ]
