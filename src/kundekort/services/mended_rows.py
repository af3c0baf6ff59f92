"""Rows that cannot be imported as they are, as a file to be mended elsewhere, and the same file when it comes back.

Each row says in its last column which line of the import it is, and what is wrong with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Final

import polars as pl
from django.conf import settings

from kundekort import wording
from kundekort.engine import frames
from kundekort.engine.decisions import Action
from kundekort.engine.errors import FileRefused
from kundekort.engine.frames import LINE, ROW, Status
from kundekort.engine.mapping import fold
from kundekort.engine.problem import Problem
from kundekort.engine.reading.encoding import Buffer
from kundekort.engine.reading.reader import open_source
from kundekort.engine.reading.table import Source
from kundekort.engine.recipe import DialectOverrides, Recipe
from kundekort.engine.writing import csv, xlsx
from kundekort.services import imports
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import CannotImport, NotWaiting, PlanDamaged, RowsUnknown
from kundekort.store import packages, plans
from kundekort.store.models import Import

PROBLEM: Final = "Problem"
"""The header of the column that says which line a row is, and what is wrong with it."""
_STATUSES: Final = (int(Status.ERROR), int(Status.LEFT_OUT))


def read(imp: Import) -> Mapping[str, pl.DataFrame]:
    """The mended rows of each file that a decision about an import names."""
    names = [step.value for step in imp.decisions.of(Action.MEND)]
    return {name: pl.read_parquet(packages.mended_file(imp.pk, name)) for name in names}


def stream(import_id: int, *, form: FileFormat, actor: Actor) -> Iterator[bytes]:
    """The rows with errors and those that are left out, as the file has them, with a column that says what is wrong.

    Raises NotWaiting for an import that has no preview, or no file.
    """
    imp = imports.get(import_id, actor=actor)
    if imp.state != Import.State.PREVIEW or imp.recipe is None:
        raise NotWaiting(state=imp.state)
    headers = [column.header for column in imp.recipe.columns]
    if form is FileFormat.XLSX:
        columns = (
            *(xlsx.Column(header) for header in headers),
            xlsx.Column(PROBLEM, width=60, style=xlsx.Style.WRAPPED),
        )
        return xlsx.workbook([(xlsx.Sheet(PROBLEM, columns), _rows(imp, imp.recipe))])
    plain = csv.PLAIN if form is FileFormat.PLAIN else csv.SPREADSHEET
    return csv.write(_rows(imp, imp.recipe), headers=[*headers, PROBLEM], form=plain)


def receive(import_id: int, stream: BinaryIO, *, actor: Actor) -> tuple[str, int]:
    """Keep a file of mended rows of an import; its name for a decision, and how many rows of the import it has.

    Raises CannotImport for a file that cannot be read, RowsUnknown for one without rows of this import.
    """
    imp = imports.get(import_id, actor=actor)
    if imp.state != Import.State.PREVIEW or imp.recipe is None:
        raise NotWaiting(state=imp.state)
    data = stream.read(settings.KUNDEKORT_MAX_BYTES + 1)
    if len(data) > settings.KUNDEKORT_MAX_BYTES:
        raise CannotImport(FileRefused("file_too_large", limit=settings.KUNDEKORT_MAX_BYTES))
    headers = [column.header for column in imp.recipe.columns]
    try:
        source = _open(data, [*headers, PROBLEM], DialectOverrides())
        mended = _mended(source, headers, _index(imp))
    except FileRefused as refused:
        raise CannotImport(refused) from refused
    if mended.is_empty():
        raise RowsUnknown
    content = io.BytesIO()
    mended.write_parquet(content)
    return packages.keep_mended(imp.pk, content.getvalue()), mended.height


def _open(data: Buffer, headers: list[str], overrides: DialectOverrides) -> Source:
    known = {fold(header) for header in headers} - {""}
    return open_source(data, known=lambda h: fold(h) in known, overrides=overrides, limits=imports.limits())


def _mended(source: Source, headers: list[str], index: pl.DataFrame) -> pl.DataFrame:
    """The rows of a file that name a line of the import: ROW, and c0 … for each of its columns that it has."""
    given = _numbered(source.headers)
    problem = max((n for n, (header, _) in enumerate(given) if header == fold(PROBLEM)), default=None)
    if problem is None:
        raise RowsUnknown
    line = f"c{problem}"  # the last one: the import may have been of mended rows itself
    there = {header: f"c{n}" for n, header in enumerate(given) if n != problem}
    place = {f"c{n}": there[header] for n, header in enumerate(_numbered(headers)) if header in there}
    parts = []
    for block in source.blocks():
        sound = block.cells.join(block.problems, on=ROW, how="anti", maintain_order="left")
        number = pl.col(line).str.extract(r"(\d+)").cast(pl.UInt32, strict=False)
        parts.append(sound.select(number.alias(LINE), *(pl.col(there).alias(name) for name, there in place.items())))
    rows = pl.concat(parts).unique(LINE, keep="last", maintain_order=True)
    return rows.join(index.select(ROW, LINE), on=LINE, how="inner").drop(LINE).sort(ROW)


def _numbered(headers: Sequence[str]) -> list[tuple[str, int]]:
    """The headers without case and diacritics, each with how many before it say the same."""
    folded = [fold(header) for header in headers]
    return [(header, folded[:n].count(header)) for n, header in enumerate(folded)]


def _rows(imp: Import, recipe: Recipe) -> Iterator[pl.DataFrame]:
    """The rows that are not imported, block by block: their cells, mended as they came back, and what is wrong."""
    folder = packages.plan_folder(imp.pk, imp.digest)
    wanted = _index(imp).filter(pl.col(frames.STATUS).is_in(_STATUSES))
    told = _told(wanted, pl.scan_parquet(folder / plans.PROBLEMS).collect())
    names = [f"c{n}" for n in range(len(recipe.columns))]
    with imports.source(imp.pk) as data:
        overrides = imp.answers.dialect
        source = _open(data, [column.header for column in recipe.columns], overrides)
        for block in source.blocks():
            cells = block.cells
            for rows in read(imp).values():
                cells = cells.update(rows, on=ROW, how="left")
            part = cells.join(told, on=ROW, how="inner", maintain_order="left").select(*names, "told")
            if part.height:
                yield part


def _told(wanted: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """What is wrong with each of some rows, after the line that it is: ROW and `told`."""
    words: dict[int, list[str]] = {}
    for row in problems.join(wanted, on=ROW, how="semi").iter_rows(named=True):
        found = Problem.from_row(row)
        label = wording.field(found.field) if found.field else ""
        words.setdefault(row[ROW], []).append(wording.problem(found.code, found.params, found.value, label))
    rows = [(row, f"{line}: {' '.join(words.get(row, []))}".strip()) for row, line in wanted.select(ROW, LINE).rows()]
    return pl.DataFrame(rows, schema={ROW: pl.UInt32, "told": pl.String}, orient="row")


def _index(imp: Import) -> pl.DataFrame:
    try:
        return pl.read_parquet(packages.plan_folder(imp.pk, imp.digest) / plans.INDEX)
    except FileNotFoundError as error:
        raise PlanDamaged from error
