"""The package of an .xlsx: its sheets, its shared strings, and what its number formats show. Never runs anything.

A workbook comes from strangers: nothing is unpacked before its sizes are known to be within the limits, XML with a
document type, the one kind that can grow on its own, is refused, and so is, while it is parsed, what no spreadsheet
writes and would take memory out of all proportion. May not know rows or fields.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from kundekort.engine.errors import FileRefused
from kundekort.engine.reading.archive import Archive, unbroken
from kundekort.engine.reading.book import LONGEST, Row, Sheet
from kundekort.engine.reading.number_format import Shown, shown
from kundekort.engine.reading.sheet import rows
from kundekort.engine.reading.xml_parts import DEEPEST, LONGEST_ESCAPED, Names, parsed, plain_parser, unescaped

_MOST_FORMATS: Final = 65_536  # of cells, and as many of numbers
_LONGEST_FORMAT: Final = 1_000  # characters; spreadsheets take 255
_LONGEST_NAME: Final = 255  # characters of a sheet's; spreadsheets take 31
_ENTRY: Final = 8  # bytes of a place in a list
_TRUE: Final = ("1", "true", "on")
_SECTIONS: Final = frozenset({"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
_OTHERS: Final = (("word/", "docx"), ("ppt/", "pptx"), ("meta-inf/manifest.xml", "odf"))


class _Relation(NamedTuple):
    """An arrow from one part of the package to another."""

    identity: str
    kind: str
    part: str


class Workbook:
    """An opened package. FileRefused (file_damaged, file_binary, file_undecodable) where it is none.

    Its shared strings may take half as many bytes of memory as all of it may have when unpacked. `recalculates`: it was
    written by a program that leaves calculating to whoever opens it.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        with unbroken():
            main = next((r.part for r in self._related("") if r.kind == "officeDocument"), "")
            if not main.lower().endswith(".xml"):
                raise FileRefused("file_binary", kind="xlsb" if main.endswith(".bin") else _kind(archive.names))
            self._parts = {r.kind: r.part for r in self._related(main) if r.part in archive}
            self._read_main(main)
            if not self.sheets:
                raise FileRefused("file_binary", kind=_kind(archive.names))

    def size(self, sheet: Sheet) -> int:
        """Bytes of the sheet's XML."""
        return self._archive.size(sheet.part)

    def rows(self, sheet: Sheet, *, most: int) -> Iterator[Row]:
        """The rows of a sheet, as `sheet.rows` says."""
        with self._archive.open(sheet.part) as stream:
            yield from rows(
                stream, strings=self.strings, formats=self.formats, most=most, recalculates=self.recalculates
            )

    def tables(self, *, most: int) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """All sheets, each with its rows."""
        return ((sheet, self.rows(sheet, most=most)) for sheet in self.sheets)

    @cached_property
    def strings(self) -> list[str]:
        """The strings that cells share. FileRefused (string_too_long, file_expands) for what is beyond the limits."""
        return list(self._strings()) if "sharedStrings" in self._parts else []

    @cached_property
    def formats(self) -> list[Shown]:
        """How each cell format shows a number."""
        codes: dict[str, str] = {}
        found: list[Shown] = []
        section = ""
        for name, given in self._starts(self._parts["styles"]) if "styles" in self._parts else ():
            section = name if name in _SECTIONS else section
            code = given.get("formatCode", "")
            if len(code) > _LONGEST_FORMAT or max(len(codes), len(found)) > _MOST_FORMATS:
                raise FileRefused("file_damaged")
            if name == "numFmt" and section == "":
                codes[given.get("numFmtId", "")] = code
            elif name == "xf" and section == "cellXfs":
                number = given.get("numFmtId", "0")
                found.append(shown(number, codes.get(number), from_1904=self._from_1904))
        return found

    def _read_main(self, main: str) -> None:
        """Find the sheets in their order, whether days are counted from 1904, and whether anything was calculated."""
        parts = {relation.identity: relation.part for relation in self._related(main) if relation.kind == "worksheet"}
        sheets: dict[str, Sheet] = {}
        self._from_1904 = self.recalculates = False
        for name, given in self._starts(main):
            if name == "workbookPr":  # an extension may have one of its own, which says nothing about days
                self._from_1904 |= given.get("date1904") in _TRUE
            elif name == "calcPr":
                self.recalculates = given.get("fullCalcOnLoad") in _TRUE
            elif name == "sheet":
                part = parts.get(next((value for key, value in given.items() if key.endswith(":id")), ""), "")
                if part in self._archive:  # the others are charts
                    title = given.get("name", "")
                    if part in sheets or len(title) > _LONGEST_NAME:  # one part as many sheets would be read as often
                        raise FileRefused("file_damaged")
                    sheets[part] = Sheet(title, part, given.get("state", "visible") != "visible")
        self.sheets = tuple(sheets.values())

    def _related(self, part: str) -> Iterator[_Relation]:
        """What a part, or the package itself (''), points to."""
        folder, _, name = part.rpartition("/")
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        for name, given in self._starts(relations) if relations in self._archive else ():
            if name == "Relationship":
                target = given.get("Target", "").replace("\\", "/")
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                yield _Relation(given.get("Id", ""), given.get("Type", "").rpartition("/")[2], target)

    def _starts(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The elements of a part as they begin: name and attributes."""
        names = Names()
        found: list[tuple[str, dict[str, str]]] = []
        parser = plain_parser()
        depth = 0

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > DEEPEST:
                raise FileRefused("file_damaged")
            found.append((names[name], given))

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end
        with self._archive.open_small(part) as stream:
            for _ in parsed(stream, parser):
                yield from found
                found.clear()

    def _strings(self) -> Iterator[str]:
        names = Names()
        found: list[str] = []
        texts: list[str] = []
        parser = plain_parser()
        aloud = True  # phonetic hints are no part of a text
        depth = 0
        taken, limit = 0, self._archive.expanded // 2  # bytes of memory

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal aloud, depth
            depth += 1
            if depth > DEEPEST:
                raise FileRefused("file_damaged")
            name = names[name]
            if name == "t" and aloud:
                parser.CharacterDataHandler = texts.append
            elif name == "rPh":
                aloud = False

        def end(name: str) -> None:
            nonlocal aloud, depth, taken
            depth -= 1
            name = names[name]
            if name == "t":
                parser.CharacterDataHandler = None
            elif name == "rPh":
                aloud = True
            elif name == "si":
                text = unescaped("".join(texts))
                texts.clear()
                taken += sys.getsizeof(text) + _ENTRY
                if len(text) > LONGEST:
                    raise FileRefused("string_too_long", limit=LONGEST)
                if taken > limit:
                    raise FileRefused("file_expands", limit=limit)
                found.append(text)

        parser.StartElementHandler, parser.EndElementHandler = start, end
        with self._archive.open(self._parts["sharedStrings"]) as stream:
            for _ in parsed(stream, parser):
                if texts and sum(map(len, texts)) > LONGEST_ESCAPED:
                    raise FileRefused("string_too_long", limit=LONGEST)
                yield from found
                found.clear()


def _kind(members: list[str]) -> str:
    return next((kind for start, kind in _OTHERS if any(m.startswith(start) for m in members)), "zip")
