"""The parts of a workbook besides its rows: the list of its sheets, how cells look, and how parts find each other.

XML as spreadsheets write it, in their order; nothing here knows a row or a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final
from xml.sax.saxutils import escape, quoteattr

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Style(IntEnum):
    """How the cells of a column look; the number is the place of the format in `_STYLES`."""

    TEXT = 1
    LOCKED = 2
    HEADER = 3
    WRAPPED = 4


def contents(sheets: Sequence[tuple[str, str]]) -> str:
    """The list of the sheets: their names, and what their filters range over (`A1:T100`)."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in enumerate(sheets, 1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">'
        f"{escape(_absolute(name, area))}</definedName>"
        for n, (name, area) in enumerate(sheets)
    )
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets><definedNames>{filters}</definedNames></workbook>"
    )


def _absolute(name: str, area: str) -> str:
    """An area as formulas name it from other sheets: `'Kunder'!$A$1:$T$100`."""
    return "'" + name.replace("'", "''") + "'!" + re.sub("([A-Z]+)([0-9]+)", r"$\1$\2", area)


def framework(sheets: int) -> Iterator[tuple[str, str]]:
    """The parts of the package that are the same for all workbooks with so many sheets, by name."""
    numbers = range(1, sheets + 1)
    overrides = {
        "xl/workbook.xml": "sheet.main",
        "xl/styles.xml": "styles",
        **{f"xl/worksheets/sheet{n}.xml": "worksheet" for n in numbers},
    }
    types = "".join(f'<Override PartName="/{part}" ContentType="{_TYPE}.{t}+xml"/>' for part, t in overrides.items())
    yield (
        "[Content_Types].xml",
        f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    worksheets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*worksheets, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    arrows = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{arrows}</Relationships>'


_FONT: Final = '<sz val="11"/><color rgb="FF{}"/><name val="Calibri"/><family val="2"/>'
_STYLES: Final = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="3">'
    f"<font>{_FONT.format('000000')}</font><font>{_FONT.format('6B7280')}</font>"
    f"<font><b/>{_FONT.format('FFFFFF')}</font></fonts>"
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF1F3F5"/><bgColor indexed="64"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FF1F4E79"/><bgColor indexed="64"/></patternFill></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="49" fontId="2" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""The formats of cells; those of `cellXfs` are counted from 0."""
