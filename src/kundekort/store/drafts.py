"""What a plan can be made again from after other decisions, kept beside it: its draft, and the file's rows as read.

All of it can be made again from the file itself: nothing waits for the disk, what is damaged counts as not there, and
what a full disk has no room for is not kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from kundekort.engine import draft, frames
from kundekort.engine.decisions import Decisions
from kundekort.engine.draft import Draft
from kundekort.engine.frames import STATUS
from kundekort.engine.reading.table import Block, Source
from kundekort.engine.replanning import Previous
from kundekort.engine.schema import Schema
from kundekort.store import plans

_ABOUT: Final = "about.json"
_CELLS: Final = "cells.parquet"
_BROKEN: Final = "broken.parquet"
_UNWRITTEN: Final = (OSError, pl.exceptions.PolarsError)
"""What is raised where the disk is full."""


def fingerprint(*facts: object) -> str:
    """A name for all that a draft or the rows of a file hang on: values that print alike in every process."""
    return hashlib.sha256(repr((*facts, pl.__version__)).encode()).hexdigest()


def write(
    made: Draft, folder: Path, *, task: str, decisions: Decisions, previous: tuple[Path, Draft] | None = None
) -> None:
    """Keep the draft of the plan in a folder, with what it was made by: decisions, and `task`, a name for all else.

    Parts that are those of the `previous` draft are shared with its folder.
    """
    target = folder / plans.DRAFT
    try:
        _write(made, target, task=task, decisions=decisions, previous=previous)
    except _UNWRITTEN:
        shutil.rmtree(target, ignore_errors=True)


def _write(made: Draft, target: Path, *, task: str, decisions: Decisions, previous: tuple[Path, Draft] | None) -> None:
    target.mkdir()
    for name, part in made.parts.items():
        path = target / f"{name}.parquet"
        if previous is not None and previous[1].parts[name] is part:
            plans.share(previous[0] / plans.DRAFT / path.name, path)
        else:
            plans.write_part(_beside_plan(part, made) if name == draft.INDEX else part, path)
    about = {"task": task, "blank_rows": made.blank_rows, "dated": made.dated, "decisions": decisions.to_json()}
    (target / _ABOUT).write_text(json.dumps(about | {"digest": plans.digest(target)}))


def _beside_plan(index: pl.DataFrame, made: Draft) -> pl.DataFrame:
    """What the index of a plan does not have already."""
    return index.drop(set(frames.index(made.fields)) - {STATUS})


def read(folder: Path, *, task: str, schema: Schema, cells: Path, new: Path) -> Previous | None:
    """What the plan in a folder can be made again from; None where that is not there, or was made by another task.

    The folder bears the digest of its plan. `cells` has the rows of the file; the next plan goes into the folder `new`.
    """
    try:
        about, _ = _about(folder / plans.DRAFT), _about(cells)
        if about["task"] != task or plans.digest(folder) != folder.name:
            return None
        index = pl.read_parquet(folder / plans.INDEX).drop(STATUS)
        parts = {path.stem: pl.read_parquet(path) for path in (folder / plans.DRAFT).glob("*.parquet")}
        parts[draft.INDEX] = pl.concat([index, parts[draft.INDEX]], how="horizontal")
        keys = [name.removeprefix(frames.CHANGED) for name in index.columns if name.startswith(frames.CHANGED)]
        made = Draft(
            fields=tuple(schema[key] for key in keys),
            parts=parts,
            values=plans.values(folder),
            blank_rows=about["blank_rows"],
            dated=about["dated"],
        )
        return Previous(
            draft=made,
            decisions=Decisions.from_json(about["decisions"]),
            cells=pl.scan_parquet(cells / _CELLS),
            broken=pl.read_parquet(cells / _BROKEN),
            sink=lambda rows: plans.PatchedRows(folder, new, rows),
        )
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        return None


def _about(folder: Path) -> dict[str, Any]:
    """What is said of the files in a folder. ValueError where they are not the ones that it is said of."""
    about: dict[str, Any] = json.loads((folder / _ABOUT).read_text())
    if about["digest"] != plans.digest(folder):
        raise ValueError(folder)
    return about


def kept(source: Source, cells: Path, *, scratch: Path) -> Source:
    """A source whose rows are kept in the folder `cells` whenever all of them are read."""
    return replace(source, blocks=lambda: _keep(source.blocks(), cells, scratch))


def _keep(blocks: Iterator[Block], cells: Path, scratch: Path) -> Iterator[Block]:
    """The blocks as they come; once all have come, they are kept."""
    unfinished = scratch / cells.name
    writer: _Cells | None = _Cells(unfinished)
    for block in blocks:
        try:
            if writer is not None:
                writer.add(block)
        except _UNWRITTEN:
            writer = None
            shutil.rmtree(unfinished, ignore_errors=True)  # others need the room
        yield block
    with suppress(*_UNWRITTEN):
        if writer is not None:
            writer.finish(cells)
    shutil.rmtree(unfinished, ignore_errors=True)


class _Cells:
    """The rows of a file as they are written to a folder, and in the end kept in another."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._broken = folder, [pl.DataFrame(schema=frames.PROBLEMS)]
        self._writer: pq.ParquetWriter | None = None

    def add(self, block: Block) -> None:
        """Write the rows of one more block."""
        table: pa.Table = block.cells.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._folder.mkdir(exist_ok=True)
            file = self._folder / _CELLS
            self._writer = pq.ParquetWriter(file, table.schema, compression="zstd", compression_level=1)
        self._writer.write_table(table, row_group_size=plans.GROUP)
        self._broken.append(block.problems)

    def finish(self, cells: Path) -> None:
        """Keep all that was written in the folder `cells`, unless another process has kept it meanwhile."""
        if self._writer is None:
            return
        self._writer.close()
        plans.write_part(pl.concat(self._broken), self._folder / _BROKEN)
        (self._folder / _ABOUT).write_text(json.dumps({"digest": plans.digest(self._folder)}))
        shutil.rmtree(cells.parent, ignore_errors=True)
        cells.parent.mkdir(exist_ok=True)
        self._folder.rename(cells)
