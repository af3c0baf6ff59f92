"""The rows of a file as they were read, for whoever has to look at some of them again.

Of a text it is kept where its blocks begin, and the file is read again from there; of a workbook, which one has to read
from its beginning, all cells are kept. Nothing waits for the disk, and what a full disk has no room for is not kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.frames import ROW
from kundekort.engine.reading.table import Block, Place, Source
from kundekort.store import plans

ABOUT: Final = "about.json"
UNWRITTEN: Final = (OSError, pl.exceptions.PolarsError)
"""What is raised where the disk is full."""
_CELLS: Final = "cells.parquet"
_BROKEN: Final = "broken.parquet"
_PLACES: Final = "places.parquet"


@dataclass(frozen=True, slots=True)
class KeptCells:
    """All cells of a file and the problems of its rows, in a folder (a `replanning.Cells`)."""

    folder: Path

    def block(self, rows: pl.Series) -> Block:
        """Some rows by their numbers."""
        there = pl.col(ROW).is_in(rows.implode())
        cells = pl.scan_parquet(self.folder / _CELLS).filter(there).collect()
        return Block(cells, pl.read_parquet(self.folder / _BROKEN).filter(there), 0, 0)

    def column(self, name: str) -> pl.DataFrame | None:
        """ROW and the cells of a column of all rows; None where there is no such column."""
        cells = pl.scan_parquet(self.folder / _CELLS)
        return cells.select(ROW, name).collect() if name in cells.collect_schema() else None


@dataclass(frozen=True, slots=True)
class FileCells:
    """The same of a text that is read again where it stands; `places` are where its blocks begin."""

    source: Source
    places: tuple[Place, ...]

    def block(self, rows: pl.Series) -> Block:
        """Some rows by their numbers."""
        assert self.source.blocks_from is not None
        cells, problems = [pl.DataFrame(schema=frames.NUMBERING)], [pl.DataFrame(schema=frames.PROBLEMS)]
        there = pl.col(ROW).is_in(rows.implode())
        ends = [place.row for place in self.places[1:]]
        for place, end in zip(self.places, [*ends, None], strict=True):
            if not ((rows >= place.row) & (True if end is None else rows < end)).any():
                continue
            for block in self.source.blocks_from(place):
                last = pl.lit(value=True) if end is None else pl.col(ROW) < end
                cells.append(block.cells.filter(there, last))
                problems.append(block.problems.filter(there, last))
                if end is not None and block.cells.height and block.cells[ROW][-1] >= end - 1:
                    break
        return Block(pl.concat(cells, how="diagonal"), pl.concat(problems), 0, 0)

    def column(self, name: str) -> pl.DataFrame | None:
        """ROW and the cells of a column of all rows; None where there is no such column."""
        found = [block.cells.select(ROW, name) for block in self.source.blocks() if name in block.cells.columns]
        return pl.concat(found) if found else None


def read(folder: Path, source: Callable[[], Source]) -> KeptCells | FileCells:
    """The rows that `kept` has kept in a folder. OSError or ValueError where they are not there, or damaged.

    `source` opens the file itself again.
    """
    about(folder)
    if (folder / _PLACES).exists():
        places = pl.read_parquet(folder / _PLACES).iter_rows()
        return FileCells(source(), tuple(Place(*place) for place in places))
    return KeptCells(folder)


def about(folder: Path) -> dict[str, Any]:
    """What is said of the files in a folder. ValueError where they are not the ones that it is said of."""
    said: dict[str, Any] = json.loads((folder / ABOUT).read_text())
    if said["digest"] != plans.digest(folder):
        raise ValueError(folder)
    return said


def kept(source: Source, folder: Path, *, scratch: Path) -> Source:
    """A source of which, whenever all of it is read, what it takes to read rows again is kept in a folder."""
    return replace(source, blocks=lambda: _keep(source.blocks(), folder, scratch))


def _keep(blocks: Iterator[Block], folder: Path, scratch: Path) -> Iterator[Block]:
    """The blocks as they come; once all have come, they are kept."""
    unfinished = scratch / folder.name
    writer: _Cells | None = _Cells(unfinished)
    for block in blocks:
        try:
            if writer is not None:
                writer.add(block)
        except UNWRITTEN:
            writer = None
            shutil.rmtree(unfinished, ignore_errors=True)  # others need the room
        yield block
    with suppress(*UNWRITTEN):
        if writer is not None:
            writer.finish(folder)
    shutil.rmtree(unfinished, ignore_errors=True)


class _Cells:
    """What is kept of a file, as it is written to a folder and in the end kept in another."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._broken = folder, [pl.DataFrame(schema=frames.PROBLEMS)]
        self._places: list[Place] = []
        self._cells = plans.ParquetFile(folder / _CELLS)

    def add(self, block: Block) -> None:
        """Take one more block."""
        if block.place is not None:
            self._places.append(block.place)
        else:
            self._cells.add(block.cells)
            self._broken.append(block.problems)

    def finish(self, folder: Path) -> None:
        """Keep all that was taken in a folder, unless another process has kept it meanwhile."""
        self._folder.mkdir(exist_ok=True)
        if self._places:
            plans.write_part(
                pl.DataFrame(self._places, schema=list(Place._fields), orient="row"), self._folder / _PLACES
            )
        else:
            self._cells.finish()
            plans.write_part(pl.concat(self._broken), self._folder / _BROKEN)
        (self._folder / ABOUT).write_text(json.dumps({"digest": plans.digest(self._folder)}))
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        self._folder.rename(folder)
