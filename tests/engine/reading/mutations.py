"""Workbooks changed at random, in their bytes and in the XML of their parts: to be read, or refused with words."""

from __future__ import annotations

import io
import random
import re
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from kundekort import wording
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import reader
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import DialectOverrides
from tests.engine.reading import old_workbooks
from tests.engine.reading.test_old_workbooks import HEADERS, cell, document, formats, odf
from tests.engine.reading.test_tables_named_xls import BOOK, page
from tests.engine.reading.test_workbook import FORMATS, HEADER, book, row

LIMITS = Limits(bytes=1 << 22, rows=20_000, columns=50, expanded=1 << 23)
"""What such a file may have: little, so that whatever takes too much is seen."""
FILES = Path(__file__).parent / "files"
PIECES = [
    *(
        "",
        "0",
        "-1",
        "1",
        "9" * 30,
        "1e309",
        "NaN",
        "A1048577",
        "XFD1",
        "ZZZZ9",
        "true",
        "s",
        "inlineStr",
        "str",
        "e",
        "d",
    ),
    *("<c>", "</c>", "<row>", "</row>", "<v>", "</v>", "<is>", "<f/>", "<t>", "<rPh>", "<x:c>", "</table:table-row>"),
    *('r="7"', 't="s"', 's="99"', 'hidden="1"', 'table:number-rows-repeated="9999999"', 'rowspan="999"', "&#0;", "&a;"),
    *("<!--", "]]>", "<![CDATA[", "<!DOCTYPE a>", "<?xml encoding='x'?>", "\0", "Å", "\ud7ff", "_xD800_", "../", "\\"),
]
NUMBERS = [
    b"\0\0",
    b"\xff\xff",
    b"\xff\x7f",
    b"\1\0",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xfe\xff\xff\xff",
    b"\0\0\0\x80",
]


@cache
def files() -> dict[str, bytes]:
    """A small file of each kind."""
    rows = row(1, *HEADER) + row(3, "1", "Kari") + '<row r="4" hidden="1"><c r="A4" s="1"><v>33000</v></c></row>'
    rows += '<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5"><f>A5</f></c></row>'
    styles = FORMATS.format('<xf numFmtId="0"/><xf numFmtId="14"/>')
    shared = old_workbooks.record(0x00FC, b"\2\0\0\0" * 2 + old_workbooks.text("Kari") + old_workbooks.text("Ж"))
    cells = [old_workbooks.number(1, 0, 1.0), old_workbooks.record(0x00FD, bytes([1, 0, 1, 0, 0, 0, 1, 0, 0, 0]))]
    return {
        "xlsx": book(rows, row(1, "x"), strings="<si><t>a</t></si>", styles=styles),
        "ods": document(odf(cell("1"), cell("Kari")), odf(cell("2"), given='table:number-rows-repeated="2"')),
        "xls": old_workbooks.book(HEADERS, *cells, more=formats("0000") + shared),
        "saved.ods": (FILES / "kunder.ods").read_bytes(),
        "saved.xls": (FILES / "kunder.xls").read_bytes(),
        "html": page('<tr><td rowspan="2">1</td><td>a</td></tr><tr><td colspan=2>b&amp;c<br>d</td></tr>'),
        "xml": BOOK.format('<Row><Cell><Data ss:Type="Number">1</Data></Cell></Row>').encode(),
    }


def mutated(kind: str, seed: int) -> bytes:
    """A file of a kind with some random changes."""
    chance = random.Random(f"{kind} {seed}")
    data = files()[kind]
    if data.startswith(b"PK") and chance.random() < 0.7:
        return _of_parts(data, chance)
    if kind in ("html", "xml"):
        return _of_text(data, chance)
    return _of_bytes(data, chance)


def read(data: bytes, overrides: DialectOverrides | None = None) -> int | str:
    """How many rows a file has, or the code of its refusal, for which there have to be words."""
    try:
        known = HEADER.__contains__
        return reader.read(data, known=known, overrides=overrides or DialectOverrides(), limits=LIMITS).cells.height
    except FileRefused as refused:
        code, words = refused.code, wording.refusal(refused.code, refused.params)
    assert len(words) > 20
    return code


def _of_parts(data: bytes, chance: random.Random) -> bytes:
    """A zip with a member changed, renamed, left out or twice."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old:
        names = old.namelist()
        wanted = chance.choice(names)
        how = chance.choice(["text"] * 6 + ["name", "gone", "twice", "bytes"])
        with ZipFile(out, "w", chance.choice([ZIP_DEFLATED, ZIP_STORED])) as new:
            for name in names:
                content = old.read(name)
                if name == wanted and how in ("text", "bytes"):
                    content = _of_text(content, chance) if how == "text" else _of_bytes(content, chance)
                if name == wanted and how == "name":
                    name = chance.choice([name.upper(), name.replace("/", "\\"), "/" + name, name + "x"])
                if not (name == wanted and how == "gone"):
                    new.writestr(ZipInfo(name), content)
                if name == wanted and how == "twice":
                    new.writestr(ZipInfo(name + "2"), content)
    return out.getvalue()


def _of_text(data: bytes, chance: random.Random) -> bytes:
    """Tokens left out, repeated, put elsewhere, or others in their place."""
    tokens = re.findall(r'<[^>]*>|"[^"]*"|[^<"]+|.', data.decode("utf-8", "replace"), re.DOTALL)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens) + 1)
        match chance.choice(["piece", "gone", "again", "often", "inside"]):
            case "piece":
                tokens.insert(at, chance.choice(PIECES))
            case "gone":
                del tokens[at : at + chance.randint(1, 3)]
            case "again":
                tokens[at:at] = tokens[at : at + chance.randint(1, 8)]
            case "often":
                tokens[at:at] = tokens[at : at + chance.randint(1, 4)] * chance.choice([50, 1_000])
            case "inside" if at < len(tokens):
                words = re.split(r'(=|"|\d+|\s)', tokens[at])
                words[chance.randrange(len(words))] = chance.choice(PIECES)
                tokens[at] = "".join(words)
    return "".join(tokens).encode(chance.choice(["utf-8"] * 8 + ["utf-16"]), "replace")


def _of_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut off, repeated, or numbers in their place."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(max(1, len(changed)))
        match chance.choice(["flip", "number", "number", "gone", "again", "cut"]):
            case "flip" if changed:
                changed[at] ^= 1 << chance.randrange(8)
            case "number":
                number = chance.choice(NUMBERS)
                changed[at : at + len(number)] = number
            case "gone":
                del changed[at : at + chance.choice([1, 4, 64])]
            case "again":
                changed[at:at] = changed[at : at + chance.choice([1, 4, 512])]
            case "cut" if chance.random() < 0.2:
                del changed[at:]
    return bytes(changed)
